"""Whether each feature of the seed is whole: id, properties, coordinates, geometry, accuracy."""

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from zones.model import JSON, CollectionInfo, Problem

DECIMALS = 7

# All of Shenyang and then some: a coordinate beyond is a slip of the axes or of the datum.
_PLAUSIBLE = shapely.box(122.0, 41.0, 124.0, 42.5)

_COMMON = (
    "name",
    "name_en",
    "plan_ref",
    "plan_chapter",
    "plan_section",
    "plan_line",
    "planned_area_km2",
    "planned_length_km",
    "basis",
    "basis_en",
    "accuracy_m",
    "source",
    "status",
    "status_en",
)
_OWN: Mapping[str, str] = {
    "zones": "order subdistricts bounds_text disputes borders",
    "subdistricts": "code zone split_note",
    "axes": "order parts traced_m inferred_m schematic_m",
    "belts": "order corridor_rule corridor_rule_en planned_north_bank_km planned_south_bank_km",
    "belt_lines": "belt role length_m",
    "disputes": "conflict claims resolution resolution_en kind",
    "borders": "follows follows_en method method_en between role length_m",
    "sites": "category site_status element element_basis aliases quantity_text quantity note "
    "mention_lines same_as located_by",
    "district": "code official_area_km2",
    "basemap": "kind",
}
_WORDS = ("name", "name_en", "basis", "basis_en", "source", "status", "status_en")

# Lines that bound or measure something; an axis or a street may well cross itself.
_SIMPLE = ("borders", "belt_lines")

_KIND_OF = {
    "Point": "point",
    "MultiPoint": "point",
    "LineString": "line",
    "MultiLineString": "line",
    "Polygon": "polygon",
    "MultiPolygon": "polygon",
}


def check_features(seed_dir: Path, info: CollectionInfo) -> Iterator[Problem]:
    """Yield what is wrong with the features of one file, looked at one by one.

    A file that cannot be read, or a feature that is none, is ``check-unreadable``.
    """
    path = seed_dir / f"{info.id}.geojson"
    try:
        features = orjson.loads(path.read_bytes())["features"]
        geometries = [f["geometry"] and shape(f["geometry"]) for f in features]
        properties = [dict(f["properties"]) for f in features]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
        yield Problem("check-unreadable", {"path": path.name, "fault": repr(fault)})
        return
    ids = Counter(str(feature.get("id")) for feature in features)
    for number, feature in enumerate(features, start=1):
        named: dict[str, JSON] = {
            "collection": info.id,
            "fid": str(feature.get("id")),
            "number": number,
        }
        members, geometry = properties[number - 1], geometries[number - 1]
        found = [
            *_check_id(feature.get("id"), ids),
            *_check_properties(members, info.id),
            *_check_accuracy(members.get("accuracy_m"), geometry),
        ]
        if geometry is not None:
            found += [*_check_coordinates(feature["geometry"]), *_check_geometry(geometry, info)]
        yield from (Problem(code, {**named, **params}, feature=number) for code, params in found)


_Found = tuple[str, dict[str, Any]]


def _check_id(fid: Any, ids: Mapping[str, int]) -> Iterator[_Found]:
    if not isinstance(fid, str) or not fid:
        yield "check-id-missing", {}
    elif ids[fid] > 1:
        yield "check-id-twice", {}


def _check_properties(members: Mapping[str, Any], collection_id: str) -> Iterator[_Found]:
    for key in (*_COMMON, *_OWN[collection_id].split()):
        if key not in members:
            yield "check-property-missing", {"property": key}
        elif key in _WORDS and not (isinstance(members[key], str) and members[key].strip()):
            yield "check-property-empty", {"property": key}


def _check_accuracy(accuracy: Any, geometry: BaseGeometry | None) -> Iterator[_Found]:
    stated = isinstance(accuracy, int | float) and accuracy > 0
    if stated != (geometry is not None):
        yield "check-accuracy", {"accuracy": str(accuracy)}


def _check_coordinates(geometry: Mapping[str, Any]) -> Iterator[_Found]:
    """Check the coordinates as written: shapely closes rings by itself and would hide one."""
    rings: list[list[Any]] = []
    if geometry["type"] == "Polygon":
        rings = geometry["coordinates"]
    elif geometry["type"] == "MultiPolygon":
        rings = [ring for polygon in geometry["coordinates"] for ring in polygon]
    if any(ring[0] != ring[-1] for ring in rings):
        yield "check-ring-open", {}
    numbers = _numbers(geometry["coordinates"])
    if any(-_exponent(number) > DECIMALS for number in numbers):
        yield "check-decimals", {"decimals": DECIMALS}


def _numbers(coordinates: Any) -> Iterator[float]:
    if isinstance(coordinates, list):
        for each in coordinates:
            yield from _numbers(each)
    else:
        yield coordinates


def _exponent(number: float) -> int:
    exponent = Decimal(repr(number)).as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _check_geometry(geometry: BaseGeometry, info: CollectionInfo) -> Iterator[_Found]:
    if info.kinds and _KIND_OF.get(geometry.geom_type) not in info.kinds:
        yield "check-kind", {"kind": geometry.geom_type}
    if geometry.is_empty or geometry.has_z:
        yield "check-not-plane", {}
    elif not geometry.is_valid:
        yield "check-invalid", {"reason": shapely.is_valid_reason(geometry)}
    elif info.id in _SIMPLE and not geometry.is_simple:
        yield "check-not-simple", {}
    elif not _PLAUSIBLE.covers(geometry):
        yield "check-elsewhere", {}
    if _wrongly_turned(geometry):
        yield "check-ring-direction", {}


def _wrongly_turned(geometry: BaseGeometry) -> bool:
    """Return whether an exterior runs clockwise or a hole does not (RFC 7946, section 3.1.6)."""
    polygons = [part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon"]
    return any(
        not polygon.exterior.is_ccw or any(hole.is_ccw for hole in polygon.interiors)
        for polygon in polygons
    )
