"""Whether a JSON text is an answer of AMap or Baidu, by members that no other JSON has."""

import re
from typing import Final

_AMAP: Final = re.compile(r'"infocode"\s*:|"polyline"\s*:\s*"\s*\d{2,3}\.\d+,\s*\d{1,2}\.\d')
_BAIDU: Final = re.compile(
    r'"boundaries"\s*:\s*\[\s*"\s*\d{2,3}\.\d+,\s*\d{1,2}\.\d'
    r'|"location"\s*:\s*\{\s*"(?:lng|lat)"\s*:\s*\d'
)
_GEOJSON: Final = re.compile(r'"type"\s*:\s*"(?:Feature|FeatureCollection|Topology)"')


def is_map_answer(start: str) -> bool:
    """Return whether a text that begins so is an answer of AMap or Baidu.

    Examples
    --------
    >>> is_map_answer('{"boundaries": ["123.40, 41.78;123.41, 41.78;123.41, 41.79"]}')
    True
    >>> is_map_answer('{"type": "FeatureCollection", "features": []}')
    False
    """
    if not start.lstrip().startswith("{") or _GEOJSON.search(start):
        return False
    return bool(_AMAP.search(start) or _BAIDU.search(start))
