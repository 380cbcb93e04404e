"""A toy district whose answers can be worked out on paper.

Four unit squares wide and two high; a unit is 1/64 of a degree, so that every corner is an exact
binary number and a point can be exactly on a border. (0, 0) is 123.375 E, 41.75 N.

::

    2 +------+------+------+------+
      | sd-1 | sd-2 |     sd-3    |      by administration: sd-1, sd-2 in zone-a, sd-3 in zone-b
      |    zone-a   | river|zone-b|      by bounds: zone-a 0-2, zone-b 3-4, the river in none
    0 +------+------+------+------+
      0      1      2      3      4

Lines: x=2 between zone-a and the river is known to 300 m, x=1 between sd-1 and sd-2 to 50 m, all
others to 20 m. Disputes: c04 is [1,2]x[0,1] (an overlap), c06 [0,0.5]x[1.5,2] (a handover), c17
the river (a gap). The axis runs along y=1, traced to x=2 and schematic beyond. The belt is
[2.25,2.75]x[-1,3], wider than the district; its centre line is x=2.5.
"""

from collections.abc import Iterable, Mapping, Sequence

from shapely import LineString, MultiLineString, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from zones.model import JSON, CollectionInfo, Feature
from zones.plan_text import (
    Element,
    ElementType,
    Plan,
    PlanConflict,
    PlanDistrict,
    PlanSource,
    PlanSubdistrict,
)
from zones.plan_text import Reference as Ref
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot

UNIT = 1 / 64
WEST, SOUTH = 123.375, 41.75

XY = tuple[float, float]


def at(x: float, y: float) -> XY:
    """Return longitude and latitude of a place in units."""
    return WEST + x * UNIT, SOUTH + y * UNIT


def ring(*corners: XY) -> Polygon:
    """Return a polygon of corners in units."""
    return Polygon([at(*corner) for corner in corners])


def line(*corners: XY) -> LineString:
    """Return a line of corners in units."""
    return LineString([at(*corner) for corner in corners])


def square(west: float, south: float, east: float, north: float) -> Polygon:
    """Return a rectangle in units."""
    return box(*at(west, south), *at(east, north))


def feature(fid: str, geometry: BaseGeometry | None, **properties: JSON) -> Feature:
    """Return a feature named after its id."""
    return Feature(fid, geometry, {"name": fid, **properties})


def collection(collection_id: str, features: Iterable[Feature], order: int = 1) -> Collection:
    """Return a collection of revision 1."""
    info = CollectionInfo(collection_id, collection_id, collection_id, order=order)
    return Collection(info, 1, features)


ZONE_A = ring((0, 0), (1, 0), (2, 0), (2, 2), (1, 2), (0, 2))
ZONE_B = ring((3, 0), (4, 0), (4, 2), (3, 2))
RIVER = ring((2, 0), (3, 0), (3, 2), (2, 2))
SD_1 = ring((0, 0), (1, 0), (1, 2), (0, 2))
SD_2 = ring((1, 0), (2, 0), (2, 2), (1, 2))
SD_3 = ring((2, 0), (3, 0), (4, 0), (4, 2), (3, 2), (2, 2))
DISTRICT = ring((0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (4, 2), (3, 2), (2, 2), (1, 2), (0, 2))


def _border(fid: str, geometry: LineString, accuracy: float, *between: str) -> Feature:
    sides: list[JSON] = list(between)
    return feature(fid, geometry, accuracy_m=accuracy, between=sides, follows=fid)


def _features() -> Mapping[str, Sequence[Feature]]:
    return {
        "zones": [
            feature("zone-a", ZONE_A, order=1, accuracy_m=300),
            feature("zone-b", ZONE_B, order=2, accuracy_m=20),
        ],
        "subdistricts": [
            feature("sd-1", SD_1, code="1", zone="zone-a"),
            feature("sd-2", SD_2, code="2", zone="zone-a"),
            feature("sd-3", SD_3, code="3", zone="zone-b"),
        ],
        "axes": [
            feature(
                "axis-x",
                MultiLineString([line((0, 1), (2, 1)), line((2, 1), (4, 1))]),
                parts=[
                    {"id": "west", "role": "named", "basis": "traced", "accuracy_m": 20},
                    {"id": "east", "role": "connection", "basis": "schematic", "accuracy_m": 1000},
                ],
            )
        ],
        "belts": [feature("belt-r", square(2.25, -1, 2.75, 3), accuracy_m=100)],
        "belt_lines": [
            feature(
                "centre", line((2.5, -1), (2.5, 3)), belt="belt-r", role="centre", accuracy_m=80
            )
        ],
        "disputes": [
            _dispute("dispute-c04", square(1, 0, 2, 1), "c04", "overlap", ["zone-a", "zone-b"]),
            _dispute("dispute-c06", square(0, 1.5, 0.5, 2), "c06", "handover", ["zone-a"]),
            _dispute("dispute-c17", RIVER, "c17", "gap", []),
        ],
        "borders": _borders(),
        "district": [feature("district", DISTRICT)],
        "sites": [
            feature("site-a", Point(at(0.5, 0.5)), element="zone-a", floors=4),
            feature("site-edge", Point(at(1, 0.5)), element="zone-b", floors=2),
            feature("site-river", Point(at(2.5, 0.5)), floors=3),
            feature("site-far", Point(at(9, 9)), floors=None),
            feature("site-nowhere", None, element="zone-a", floors=1),
        ],
    }


def _borders() -> list[Feature]:
    return [
        _border("west", line((0, 2), (0, 0)), 20, "zone-a", "outside"),
        _border("south-a", line((0, 0), (1, 0), (2, 0)), 20, "zone-a", "outside"),
        _border("north-a", line((2, 2), (1, 2), (0, 2)), 20, "zone-a", "outside"),
        _border("bank-a", line((2, 0), (2, 2)), 300, "zone-a", "belt-r"),
        _border("bank-b", line((3, 0), (3, 2)), 20, "zone-b", "belt-r"),
        _border("south-river", line((2, 0), (3, 0)), 20, "zone-b", "outside"),
        _border("north-river", line((3, 2), (2, 2)), 20, "zone-b", "outside"),
        _border("south-b", line((3, 0), (4, 0)), 20, "zone-b", "outside"),
        _border("north-b", line((4, 2), (3, 2)), 20, "zone-b", "outside"),
        _border("east", line((4, 0), (4, 2)), 20, "zone-b", "outside"),
        _border("between-sd", line((1, 0), (1, 2)), 50, "sd-1", "sd-2"),
    ]


def _dispute(
    fid: str, polygon: Polygon, conflict: str, kind: str, claims: Sequence[str]
) -> Feature:
    return feature(fid, polygon, conflict=conflict, kind=kind, claims=list(claims))


def toy_plan() -> Plan:
    """Return the plan of the toy district."""
    return Plan(
        source=PlanSource("toy", "nobody", "2021-01-01"),
        district=PlanDistrict("0", "玩具区", "Toy District", "沈阳市", "辽宁省"),
        slogan="二区一轴一带",
        elements=(
            _element("zone-a", 1, area=8.0, subdistricts=("sd-1", "sd-2")),
            _element("zone-b", 2, area=5.0, subdistricts=("sd-3",)),
            _element("axis-x", 7, length=5.0, subdistricts=("sd-1", "sd-2", "sd-3")),
            _element("belt-r", 9, length=7.0, subdistricts=("sd-1",)),
        ),
        subdistricts=tuple(
            PlanSubdistrict(f"sd-{n}", str(n), f"{n}街道", f"{n}", zone, (n,))
            for n, zone in ((1, "zone-a"), (2, "zone-a"), (3, "zone-b"))
        ),
        conflicts=(PlanConflict("c04", "bounds", "重叠", "overlap", "", (15,), "", ""),),
    )


_TYPES: Mapping[str, ElementType] = {
    "zone-a": "zone",
    "zone-b": "zone",
    "axis-x": "axis",
    "belt-r": "belt",
}


def _element(
    id_: str,
    order: int,
    *,
    area: float | None = None,
    length: float | None = None,
    subdistricts: tuple[str, ...] = (),
) -> Element:
    return Element(
        id=id_,
        type=_TYPES[id_],
        order=order,
        name=f"{id_}名",
        name_en=id_,
        ref=Ref(6, order, f"6.{order}", "", "", 10 * order),
        scope_line=10 * order + 1,
        subdistricts=subdistricts,
        bounds_verbatim="",
        bounds={},
        planned_area_km2=area,
        planned_length_km=length,
        length_approx=False,
        positioning="",
        structure="",
        structure_line=10 * order + 5,
        sub_areas=(),
        goals=(),
        goals_verbatim="",
    )


def toy_snapshot(**replaced: Sequence[Feature]) -> Snapshot:
    """Return the toy district; collections named in ``replaced`` have other features."""
    features = {**_features(), **replaced}
    collections = {id_: collection(id_, features[id_], i) for i, id_ in enumerate(features)}
    return Snapshot(1, collections, toy_plan())
