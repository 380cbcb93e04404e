import shapely

from zones.ingest.diff_with_stored import Difference, ImportMode, change_of, compare
from zones.model import JSON, Feature

SQUARE = shapely.box(0, 0, 1, 1)


def one(
    fid: str = "a", *, geometry: shapely.Geometry | None = SQUARE, **properties: JSON
) -> Feature:
    return Feature(fid, geometry, properties)


def test_equal_features_are_unchanged_whatever_the_order_of_their_properties() -> None:
    assert compare([one(a=1, b=2)], [one(b=2, a=1)], mode=ImportMode.REPLACE).is_empty


def test_the_last_bit_of_a_coordinate_the_type_of_a_number_and_a_null_count() -> None:
    moved = shapely.box(0, 0, 1, 1 + 2**-52)
    for other in (
        one(geometry=moved, n=1),
        one(n=1.0),
        one(n=True),
        one(),
        one(geometry=None, n=1),
    ):
        assert compare([one(n=1)], [other], mode=ImportMode.REPLACE).changed == ("a",)


def test_only_a_replace_removes() -> None:
    for mode in ImportMode:
        removed = compare([one("a"), one("b")], [one("b")], mode=mode).removed
        assert removed == (("a",) if mode is ImportMode.REPLACE else ())


def test_the_change_leaves_alone_what_is_unchanged() -> None:
    incoming = [one("a"), one("b", n=1), one("c")]
    difference = Difference(added=("c",), changed=("b",), removed=("z",), unchanged=("a",))
    change = change_of("plots", incoming, difference)
    assert [feature.fid for feature in change.put] == ["b", "c"]
    assert tuple(change.remove) == ("z",)


def test_a_ring_turned_round_or_begun_elsewhere_changes_nothing() -> None:
    ring = shapely.Polygon([(0, 0), (4, 0), (4, 3)], [[(2, 0.5), (3, 0.5), (3, 1)]])
    turned = shapely.Polygon([(4, 3), (4, 0), (0, 0)], [[(3, 1), (3, 0.5), (2, 0.5)]])
    assert compare([one(geometry=ring)], [one(geometry=turned)], mode=ImportMode.REPLACE).is_empty


def test_a_lone_part_is_no_other_shape_than_the_part_by_itself() -> None:
    for shape in (SQUARE, shapely.LineString([(0, 0), (1, 1)]), shapely.Point(1, 2)):
        multi = shapely.from_wkt(f"MULTI{shape.wkt.replace('(', '((', 1)})")
        assert compare(
            [one(geometry=shape)], [one(geometry=multi)], mode=ImportMode.REPLACE
        ).is_empty


def test_a_line_run_the_other_way_is_another_line() -> None:
    line = shapely.LineString([(0, 0), (1, 1)])
    found = compare([one(geometry=line)], [one(geometry=line.reverse())], mode=ImportMode.REPLACE)
    assert found.changed == ("a",)
