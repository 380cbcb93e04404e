"""Whether a JSON text is one of Esri's, by its members, which no other JSON has together."""

import re
from typing import Final

_GEOMETRY_TYPE: Final = re.compile(r'"geometryType"\s*:\s*"esriGeometry')
_ATTRIBUTES: Final = re.compile(r'"attributes"\s*:\s*[{n]')
_SHAPE: Final = re.compile(r'"(?:rings|paths|points|curveRings|curvePaths|x|xmin)"\s*:\s*[\[\dn"-]')
_REFERENCE: Final = re.compile(r'"spatialReference"\s*:\s*\{')
_GEOJSON: Final = re.compile(r'"type"\s*:\s*"(?:Feature|FeatureCollection|Topology)"')
_FAULT: Final = re.compile(r'\s*\{\s*"error"\s*:\s*\{\s*"(?:code|extendedCode|message)"\s*:')


def is_esrijson(start: str) -> bool:
    """Return whether a text that begins so is EsriJSON, or the fault that a service answers.

    Examples
    --------
    >>> is_esrijson('{"features": [{"attributes": {}, "geometry": {"x": 1, "y": 2}}]}')
    True
    >>> is_esrijson('{"type": "FeatureCollection", "features": []}')
    False
    """
    if not start.lstrip().startswith("{"):
        return False
    if _FAULT.match(start):
        return True
    if _GEOJSON.search(start):
        return False
    signs = (_GEOMETRY_TYPE, _ATTRIBUTES, _SHAPE, _REFERENCE)
    found = [bool(sign.search(start)) for sign in signs]
    return found[0] or (found[1] and (found[2] or found[3])) or (found[2] and found[3])
