import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.opened_sources import Read, read
from zones.crs.reference_systems import CRS
from zones.crs.transform import geometry_to_storage
from zones.errors import SourceError
from zones.formats.supported_formats import recognise

RING = [(123.40, 41.78), (123.41, 41.78), (123.41, 41.79), (123.40, 41.78)]


def item(kind: int, at: list[tuple[float, float]], *, shifted: int = 0) -> Any:
    flat = [number for lon, lat in at for number in (lat, lon)]
    detail = {"Latlng": flat, "Gcj02": shifted}
    return {"Type": kind, "Object": {"Name": "和平区", "Comment": "", "ObjectDetail": detail}}


def group(name: str, *items: Any) -> Any:
    return {"Type": 30, "Object": {"Name": name, "ObjectDetail": {"ObjChildren": list(items)}}}


def ovjsn(*items: Any) -> bytes:
    told = {"Version": "V10.6.2", "Type": 1, "ObjItems": list(items)}
    return json.dumps(told, ensure_ascii=False).encode("utf-8-sig")


def read_ov(folder: Path, *items: Any, **request: Any) -> Read:
    return read(folder, ovjsn(*items), "ovjsn", **request)


def test_points_lines_and_areas_are_read_latitude_first(tmp_path: Path) -> None:
    found = read_ov(tmp_path, item(7, RING[:1]), item(8, RING[:2]), item(13, RING[:3]))
    assert (found.errors, found.findings.crs.key) == (0, "EPSG:4490")
    point, line, area = (shapely.from_wkb(row["wkb"]) for row in found.rows)
    assert (point, line) == (shapely.Point(RING[0]), shapely.LineString(RING[:2]))
    assert area == shapely.Polygon(RING)
    assert found.rows[0]["properties"] == {"name": "和平区", "comment": None}


def test_the_kind_may_stand_within_the_object(tmp_path: Path) -> None:
    within = item(13, RING[:3])
    within["Object"]["Type"] = within.pop("Type")
    found = read_ov(tmp_path, within)
    assert [shapely.from_wkb(row["wkb"]) for row in found.rows] == [shapely.Polygon(RING)]


def test_shifted_positions_are_set_right(tmp_path: Path) -> None:
    found = read_ov(tmp_path, item(13, RING, shifted=1))
    assert found.findings.crs.key == "gcj02"
    meant = geometry_to_storage(np.array([shapely.Polygon(RING)]), CRS.GCJ02)[0]
    assert shapely.from_wkb(found.rows[0]["wkb"]) == meant


def test_a_file_of_both_has_each_set_right_and_is_told(tmp_path: Path) -> None:
    found = read_ov(tmp_path, item(13, RING, shifted=1), item(13, RING))
    assert "kml-datum-mixed" in found.codes
    meant = geometry_to_storage(np.array([shapely.Polygon(RING)]), CRS.GCJ02)[0]
    assert [shapely.from_wkb(row["wkb"]) for row in found.rows] == [meant, shapely.Polygon(RING)]


def test_groups_become_a_property(tmp_path: Path) -> None:
    inner = group("内", item(7, RING[:1]))
    found = read_ov(tmp_path, group("外", inner), item(7, RING[:1]))
    assert [row["properties"]["folder"] for row in found.rows] == ["外/内", ""]


def test_positions_that_are_incomplete_are_told_by_feature(tmp_path: Path) -> None:
    odd = item(13, RING)
    odd["Object"]["ObjectDetail"]["Latlng"].pop()
    found = read_ov(tmp_path, odd, item(8, RING[:1]), item(7, RING[:1]))
    told = [(p.code, p.feature) for p in found.problems if p.severity == "error"]
    assert told == [("ovjsn-positions", 1), ("ovjsn-positions", 2)]


def test_other_objects_are_counted(tmp_path: Path) -> None:
    found = read_ov(tmp_path, item(7, RING[:1]), {"Type": 99, "Object": {}})
    (problem,) = (each for each in found.problems if each.code == "ovjsn-not-read")
    assert problem.params == {"kinds": "99 × 1"}


def test_a_file_that_breaks_off_and_one_of_nothing_are_refused(tmp_path: Path) -> None:
    for content, code in ((ovjsn(item(7, RING[:1]))[:-9], "ovjsn-invalid"), (ovjsn(), "no-layers")):
        with pytest.raises(SourceError) as caught:
            read(tmp_path, content, "ovjsn")
        assert caught.value.code == code


def test_it_is_known_by_how_it_begins() -> None:
    assert recognise("a.json", ovjsn(item(7, RING[:1]))).name == "ovjsn"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("a.ovobj", "ovobj-closed"),
        ("a.UDB", "supermap-closed"),
        ("a.mpj", "mapgis-file"),
    ],
)
def test_closed_files_are_met_with_the_way_out(name: str, code: str) -> None:
    with pytest.raises(SourceError) as caught:
        recognise(name)
    assert caught.value.code == code


_DEGREES = st.tuples(st.floats(122.5, 124), st.floats(41, 43))


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.lists(_DEGREES, min_size=1, max_size=6), min_size=1, max_size=4))
def test_any_points_come_back_as_they_were_written(
    tmp_path: Path, groups: list[list[tuple[float, float]]]
) -> None:
    items = [group(str(n), *(item(7, [at]) for at in at)) for n, at in enumerate(groups)]
    found = read_ov(tmp_path, *items)
    assert found.errors == 0
    told = [(row["properties"]["folder"], shapely.from_wkb(row["wkb"])) for row in found.rows]
    meant = [(str(n), shapely.Point(at)) for n, listed in enumerate(groups) for at in listed]
    assert told == meant
