"""What stands in a placemark's geometry, or as an attribute, that nobody reads.

OGC KML 2.3 says what may stand in a geometry; programs put areas, accuracies and units there.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

_LONGEST_NAME: Final = 40
_SHAPES: Final = frozenset({"Point", "LineString", "LinearRing", "Polygon", "Track", "MultiTrack"})
_DRAWING: Final = frozenset(
    {"extrude", "tessellate", "altitudeMode", "altitudeOffset", "drawOrder", "interpolate"}
)
_RING: Final = frozenset({"LinearRing"})
_OF_GEOMETRY: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        **dict.fromkeys(("Point", "LineString", "LinearRing"), _DRAWING | {"coordinates"}),
        "Polygon": _DRAWING | {"outerBoundaryIs", "innerBoundaryIs"},
        "outerBoundaryIs": _RING,
        "innerBoundaryIs": _RING,
        "MultiGeometry": _DRAWING | _SHAPES | {"MultiGeometry", "Model"},
        "MultiTrack": _DRAWING | {"Track"},
        "Track": _DRAWING | {"when", "coord"},
    }
)
_READ: Final = frozenset({"id", "targetId", "name", "schemaUrl", "kind", "maxLines", "xmlns"})
_OF_XML: Final = ("xml:", "xmlns:", "xsi:")


def unread_in(parent: str, local: str, name: str, attributes: Mapping[str, str]) -> Iterator[str]:
    """Yield the names of what is not read: an element in a geometry, its attributes.

    Parameters
    ----------
    parent, local
        The element in which it stands and its own name, both without prefixes.
    name
        As it is written.
    """
    allowed = _OF_GEOMETRY.get(parent)
    if allowed is not None and local not in allowed:
        yield f"{parent}/{name[:_LONGEST_NAME]}"
    if attributes and not attributes.keys() <= _READ:
        for each in attributes:
            if each not in _READ and not each.startswith(_OF_XML):
                yield f"{local[:_LONGEST_NAME]}@{each[:_LONGEST_NAME]}"
