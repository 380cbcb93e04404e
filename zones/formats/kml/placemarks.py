"""A placemark's element -> what of it is kept until the whole file has been seen.

Schemas and folders that tell how to read it may stand behind it; elements take several times as
much memory.
"""

from dataclasses import dataclass
from typing import Final

from shapely.geometry.base import BaseGeometry

from zones.formats.kml.coordinates import UnreadableCoordinates
from zones.formats.kml.datum import datum_named
from zones.formats.kml.elements import KMLElement, Placemark
from zones.formats.kml.fields import KMLField, fields_of, has_html
from zones.formats.kml.geometry import GeometryRemarks, UnfitGeometry, geometry_of, kinds_of
from zones.model import JSON

_LONGEST_NAME: Final = 80


@dataclass(frozen=True, slots=True)
class GeometryFault:
    """Why the geometry of a placemark could not be built."""

    code: str
    params: dict[str, JSON]


@dataclass(frozen=True, slots=True)
class PlacemarkRecord:
    """A placemark without its elements.

    Attributes
    ----------
    container
        An index of ``Outline.containers``.
    name
        As it is shown to people, ``—`` if it has none.
    datum
        The word that the placemark itself has for it.
    shape
        Its geometry, or the WKB of a plain one.
    """

    container: int
    fid: str | None
    name: str
    kinds: tuple[str, ...]
    datum: str
    fields: list[KMLField]
    shape: BaseGeometry | bytes | None
    remarks: GeometryRemarks
    fault: GeometryFault | None
    is_html: bool


def record_of(placemark: Placemark) -> PlacemarkRecord:
    """Return what is to be kept of a placemark."""
    element = placemark.element
    seen, name = GeometryRemarks(), _name_of(element)
    shape, fault = _shape_of(element, seen, name)
    return PlacemarkRecord(
        placemark.container,
        element.attributes.get("id") or None,
        name,
        kinds_of(element),
        datum_named(element),
        fields_of(element),
        shape,
        seen,
        fault,
        has_html(element),
    )


def _shape_of(
    element: KMLElement, seen: GeometryRemarks, name: str
) -> tuple[BaseGeometry | bytes | None, GeometryFault | None]:
    try:
        return geometry_of(element, seen), None
    except UnreadableCoordinates as fault:
        params: dict[str, JSON] = {"name": name, "place": fault.place, "text": fault.text}
        return None, GeometryFault("kml-coordinates", params)
    except UnfitGeometry as fault:
        return None, GeometryFault("kml-geometry", {"name": name, "reason": fault.reason})


def _name_of(placemark: KMLElement) -> str:
    name = placemark.child("name")
    return (name.text.strip()[:_LONGEST_NAME] if name is not None else "") or "—"
