"""Features as GML elements, each written once for a system and a version, then remembered."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from xml.sax.saxutils import escape

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.crs.transform import CRS, geometry_authority_order
from zones.gml.property_types import FeatureType, GMLProperty
from zones.gml.write_geometry import GeometryStyle, Version, geometry_gml, numbers
from zones.gml.xml_names import PREFIX, feature_id
from zones.memory.work_in_slices import sliced
from zones.model import JSON
from zones.snapshot.collection import Collection

_ALLOWED: Final = frozenset("\t\n\r")
_NONCHARACTERS: Final = frozenset("\ufffe\uffff")


@dataclass(frozen=True, slots=True)
class SRS:
    """A reference system as it is written.

    ``name`` stands in ``srsName``; coordinates have the order of the authority where that is an
    OGC URN or URI, and the east first where it is ``EPSG:4490`` or the like.
    """

    crs: CRS
    name: str
    is_authority_order: bool


def feature_members(
    collection: Collection,
    indices: Sequence[int],
    *,
    srs: SRS,
    version: Version,
    fields: Sequence[GMLProperty] | None = None,
    member: bytes = b"%b",
) -> list[bytes]:
    """Return features as elements of their type.

    Parameters
    ----------
    fields
        Which properties; all by default. The geometry is always there.
    member
        What stands around each, ``%b`` in its place.
    """
    every = collection.derived(FeatureType).fields
    chosen = every if fields is None else fields

    def encode(positions: list[int]) -> list[bytes]:
        return [member % each for each in _written(positions, collection, srs, version, chosen)]

    if fields is not None:
        return encode(list(indices))
    return collection.texts(("gml", version, srs, member), indices, encode)


def _written(
    indices: list[int],
    collection: Collection,
    srs: SRS,
    version: Version,
    fields: Sequence[GMLProperty],
) -> list[bytes]:
    geometries = collection.published(indices, srs.crs)
    if srs.is_authority_order:
        geometries = sliced(partial(geometry_authority_order, crs=srs.crs), geometries)
    kind = collection.derived(FeatureType)
    style = GeometryStyle(srs.name, version == "3.2", kind.geometry.startswith("Multi"))
    write = partial(_feature, collection, kind, style=style, fields=fields)
    boxes = shapely.bounds(geometries)
    return [*map(write, indices, geometries, boxes)]


def _feature(
    collection: Collection,
    kind: FeatureType,
    index: int,
    geometry: BaseGeometry | None,
    box: NDArray[np.float64],
    *,
    style: GeometryStyle,
    fields: Sequence[GMLProperty],
) -> bytes:
    id_ = feature_id(collection.info.id, collection.fids[index])
    name = f"{PREFIX}:{kind.name}".encode()
    parts = [b'<%b gml:id="%b">' % (name, id_.encode())]
    if geometry is not None and not geometry.is_empty:
        element = f"{PREFIX}:{kind.geometry_element}".encode()
        written = geometry_gml(geometry, f"{id_}.geom", style)
        parts += [_bounded_by(box, style.srs_name), b"<%b>%b</%b>" % (element, written, element)]
    properties = collection.properties[index]
    parts += [property_element(field, properties.get(field.name)) for field in fields]
    return b"".join([*parts, b"</%b>" % name])


def _bounded_by(box: NDArray[np.float64], srs_name: str) -> bytes:
    return b"<gml:boundedBy>%b</gml:boundedBy>" % envelope(box, srs_name)


def envelope(box: NDArray[np.float64], srs_name: str) -> bytes:
    """Return bounds as an element; the two corners in the order to be written."""
    return (
        b'<gml:Envelope srsName="%b"><gml:lowerCorner>%b</gml:lowerCorner>'
        b"<gml:upperCorner>%b</gml:upperCorner></gml:Envelope>"
        % (srs_name.encode(), numbers(box[:2]), numbers(box[2:]))
    )


def property_element(field: GMLProperty, value: JSON) -> bytes:
    """Return a property as an element; nothing for null, which the schema allows."""
    if value is None:
        return b""
    name = f"{PREFIX}:{field.element}"
    return f"<{name}>{value_text(value)}</{name}>".encode()


def value_text(value: JSON) -> str:
    """Return a value as XML Schema writes it, lists and objects as JSON.

    Control characters, which XML cannot hold in any way, become U+FFFD.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return escape(_of_xml(value))
    return escape(_of_xml(_json(value)))


def _json(value: Any) -> str:
    return str(value) if isinstance(value, int) else orjson.dumps(value).decode()


def _of_xml(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(map(_character, text))


def _character(one: str) -> str:
    is_fine = (one >= " " or one in _ALLOWED) and one not in _NONCHARACTERS
    return one if is_fine else "\ufffd"
