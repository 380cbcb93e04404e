"""The check finds nothing in the seed, and finds every way in which a copy of it was broken."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from zones.plan.seed_check import CheckReport, check_seed, problem_message

Features = list[dict[str, Any]]


@pytest.fixture
def copy(seed_dir: Path, tmp_path: Path) -> Path:
    """Return a copy of the seed that may be broken."""
    return shutil.copytree(seed_dir, tmp_path / "seed")


def _break(seed: Path, collection_id: str, change: Callable[[Features], None]) -> CheckReport:
    """Return what the check finds after a file of the seed was changed."""
    path = seed / f"{collection_id}.geojson"
    told = orjson.loads(path.read_bytes())
    change(told["features"])
    path.write_bytes(orjson.dumps(told))
    return check_seed(seed)


def _codes(report: CheckReport) -> set[str]:
    return {problem.code for problem in report.problems}


def test_seed_is_in_order(seed_dir: Path) -> None:
    report = check_seed(seed_dir)
    # One witness contradicts a border, and the disputed area there says so.
    assert [(p.code, p.severity) for p in report.problems] == [("check-witness-against", "note")]
    assert "中山社区" in problem_message(report.problems[0])
    assert report.ok
    assert [row.order for row in report.areas] == list(range(1, 10))
    assert (report.counts["zones"], report.counts["sites"]) == (6, 224)


def _move_a_vertex(features: Features) -> None:
    features[0]["geometry"]["coordinates"][0][3][0] += 0.0005


def _open_a_ring(features: Features) -> None:
    features[0]["geometry"]["coordinates"][0].pop()


def _turn_a_ring(features: Features) -> None:
    features[0]["geometry"]["coordinates"][0].reverse()


def _cross_a_ring(features: Features) -> None:
    ring = features[0]["geometry"]["coordinates"][0]
    ring[2], ring[len(ring) // 2] = ring[len(ring) // 2], ring[2]


def _swap_the_axes(features: Features) -> None:
    ring = features[0]["geometry"]["coordinates"][0]
    features[0]["geometry"]["coordinates"][0] = [[y, x] for x, y in ring]


def _write_more_decimals(features: Features) -> None:
    features[0]["geometry"]["coordinates"][0][3][0] += 1e-9


def _add_heights(features: Features) -> None:
    for pair in features[0]["geometry"]["coordinates"][0]:
        pair.append(40.0)


def _make_it_a_point(features: Features) -> None:
    features[0]["geometry"] = {"type": "Point", "coordinates": [123.4, 41.8]}


def _set(key: str, value: Any) -> Callable[[Features], None]:
    def change(features: Features) -> None:
        features[0]["properties"][key] = value

    return change


def _lack(key: str) -> Callable[[Features], None]:
    def change(features: Features) -> None:
        del features[0]["properties"][key]

    return change


def _same_id_twice(features: Features) -> None:
    features[1]["id"] = features[0]["id"]


def _other_id(features: Features) -> None:
    features[0]["id"] = "somewhere-else"


def _remove_one(features: Features) -> None:
    features.pop()


def _remove_the_fourth(features: Features) -> None:
    del features[3]


def _describe_a_part_less(features: Features) -> None:
    features[0]["properties"]["parts"].pop()


def _place_a_site_without_accuracy(features: Features) -> None:
    site = next(f for f in features if f["geometry"] is None)
    site["geometry"] = {"type": "Point", "coordinates": [123.4, 41.8]}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("collection_id", "change", "code"),
    [
        ("zones", _move_a_vertex, "check-edge-undrawn"),
        ("subdistricts", _move_a_vertex, "check-district"),
        ("subdistricts", _set("zone", "zone-manrong"), "check-zone-beyond"),
        ("district", _move_a_vertex, "check-district"),
        ("zones", _open_a_ring, "check-ring-open"),
        ("zones", _turn_a_ring, "check-ring-direction"),
        ("zones", _cross_a_ring, "check-invalid"),
        ("zones", _swap_the_axes, "check-elsewhere"),
        ("zones", _write_more_decimals, "check-decimals"),
        ("zones", _add_heights, "check-not-plane"),
        ("zones", _make_it_a_point, "check-kind"),
        ("zones", _lack("bounds_text"), "check-property-missing"),
        ("zones", _lack("status_en"), "check-property-missing"),
        ("borders", _set("basis", " "), "check-property-empty"),
        ("zones", _set("accuracy_m", None), "check-accuracy"),
        ("sites", _place_a_site_without_accuracy, "check-accuracy"),
        ("zones", _same_id_twice, "check-id-twice"),
        ("zones", _set("planned_area_km2", 2.7), "check-not-as-planned"),
        ("zones", _set("subdistricts", []), "check-not-as-planned"),
        ("subdistricts", _set("zone", "zone-manrong"), "check-not-as-planned"),
        ("zones", _set("borders", ["border-x"]), "check-reference"),
        ("disputes", _set("conflict", "c99"), "check-reference"),
        ("disputes", _set("claims", ["zone-x"]), "check-reference"),
        ("borders", _set("between", ["zone-x", "outside"]), "check-reference"),
        ("sites", _set("element", "zone-x"), "check-reference"),
        ("sites", _set("category", "castle"), "check-reference"),
        ("zones", _other_id, "check-not-drawn"),
        ("zones", _other_id, "check-not-in-plan"),
        ("borders", _remove_one, "check-edge-undrawn"),
        ("zones", _remove_one, "check-not-drawn"),
        ("zones", _remove_the_fourth, "check-edge-idle"),
        ("borders", _set("length_m", 5.0), "check-length"),
        ("borders", _set("role", "subdistrict"), "check-role"),
        ("axes", _describe_a_part_less, "check-parts"),
        ("axes", _set("traced_m", 1.0), "check-length"),
    ],
)
def test_broken_copy_is_found_out(
    copy: Path, collection_id: str, change: Callable[[Features], None], code: str
) -> None:
    report = _break(copy, collection_id, change)
    assert code in _codes(report)
    assert not report.ok


def test_overlapping_zones_are_named_with_the_ground_they_share(copy: Path) -> None:
    def cover(features: Features) -> None:
        features[1]["geometry"] = features[0]["geometry"]

    report = _break(copy, "zones", cover)
    overlap = next(p for p in report.problems if p.code == "check-overlap")
    assert overlap.params["other"] == "zone-nanshichang"
    assert overlap.params["area_m2"] == pytest.approx(2.21e6, rel=1e-2)


def test_moved_vertex_is_shown_on_the_map(copy: Path) -> None:
    report = _break(copy, "zones", _move_a_vertex)
    problem = next(p for p in report.problems if p.code == "check-edge-undrawn")
    assert problem.lon == pytest.approx(123.4, abs=0.1)
    assert problem.lat == pytest.approx(41.8, abs=0.1)


def test_id_that_is_not_text_cannot_be_read(copy: Path) -> None:
    def number(features: Features) -> None:
        features[0]["id"] = 1

    assert _codes(_break(copy, "zones", number)) >= {"check-id-missing", "check-unreadable"}


@pytest.mark.parametrize("name", ["zones.geojson", "plan.json"])
@pytest.mark.parametrize("content", [None, b"", b"{}", b'{"features": [1]}'])
def test_unreadable_file_is_a_problem_and_no_crash(
    copy: Path, name: str, content: bytes | None
) -> None:
    if content is None:
        (copy / name).unlink()
    else:
        (copy / name).write_bytes(content)
    report = check_seed(copy)
    assert "check-unreadable" in _codes(report)
    assert report.areas == ()
    assert name in problem_message(report.problems[0], "en")


def test_every_problem_of_several_is_reported(copy: Path) -> None:
    _break(copy, "zones", _turn_a_ring)
    _break(copy, "sites", _set("category", "castle"))
    report = _break(copy, "axes", _describe_a_part_less)
    assert _codes(report) >= {"check-ring-direction", "check-reference", "check-parts"}


def test_file_that_is_not_the_one_the_readme_describes_is_a_warning(
    copy: Path, seed_dir: Path
) -> None:
    shutil.copy(seed_dir.parent / "README.md", copy.parent / "README.md")
    (copy / "zones.geojson").write_bytes((copy / "zones.geojson").read_bytes() + b"\n")
    report = check_seed(copy)
    assert [(p.code, p.severity) for p in report.problems] == [
        ("check-checksum", "warning"),
        ("check-witness-against", "note"),
    ]
    assert report.ok


def test_report_is_json_in_both_languages(copy: Path) -> None:
    report = _break(copy, "zones", _turn_a_ring)
    for lang, words in (("zh", "逆时针"), ("en", "counter-clockwise")):
        told = orjson.loads(orjson.dumps(report.as_json(lang)))
        assert words in told["problems"][0]["message"]
        assert not told["ok"]
        assert len(told["areas"]) == 9
