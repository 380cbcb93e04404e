"""What is exported and imported again changes nothing, whatever the format and the system."""

from pathlib import Path

import pytest

from tests.exported import (
    FORMATS,
    ODD,
    PLAIN,
    back_again,
    exported,
    imported_diff,
    of_each_kind,
    sample,
    stored,
)
from zones.crs.transform import parse_crs
from zones.export.export_options import ExportFormat
from zones.model import JSON, Feature
from zones.store.sql.store import SqlStore

DEGREES_ONLY = {known.key for known in ExportFormat if known.degrees_only}
IN_METRES = [name for name in FORMATS if name not in DEGREES_ONLY]
TABULAR = [name for name in FORMATS if name not in ("geojson", "geojsonl", "kml")]


def crs_option(format_: str, crs: str) -> dict[str, str]:
    """Return what the importing person must say: nothing, unless the file cannot."""
    shifted = parse_crs(crs).is_shifted
    silent = format_ in ("csv", "geojsonl")
    says_so = format_ in ("geojson", "kml")
    return {"crs": crs} if silent or (shifted and not says_so) else {}


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("crs", ["CRS84", "EPSG:4490"])
def test_in_degrees_the_diff_is_empty_to_the_last_bit(
    format_: str, crs: str, empty_store: SqlStore, tmp_path: Path
) -> None:
    store = stored(empty_store, sample(format_), "polygon")
    path = exported(tmp_path, sample(format_), format_, crs=crs)
    report = back_again(store, path, **crs_option(format_, crs))
    assert report.state == "ready", [problem.code for problem in report.problems]
    assert report.difference is not None
    assert report.difference.is_empty, report.difference
    assert len(report.difference.unchanged) == len(PLAIN)


@pytest.mark.parametrize(
    ("format_", "crs"),
    [(name, crs) for name in IN_METRES for crs in ("EPSG:4550", "EPSG:4529")]
    + [(name, crs) for name in FORMATS for crs in ("gcj02", "bd09")],
)
def test_in_another_system_nothing_moves_by_a_tenth_of_a_millimetre(
    format_: str, crs: str, empty_store: SqlStore, tmp_path: Path
) -> None:
    store = stored(empty_store, sample(format_), "polygon")
    path = exported(tmp_path, sample(format_), format_, crs=crs)
    difference = imported_diff(store, path, **crs_option(format_, crs))
    assert (difference.added, difference.removed) == ((), ())
    for change in difference.changes():
        assert change.fields == ()
        assert change.moved_m is not None
        assert change.moved_m < 1e-4


@pytest.mark.parametrize("format_", FORMATS)
def test_points_keep_their_last_bit(format_: str, empty_store: SqlStore, tmp_path: Path) -> None:
    points = of_each_kind()[:1]
    store = stored(empty_store, points, "point")
    path = exported(tmp_path, points, format_, crs="CRS84")
    difference = imported_diff(store, path, **crs_option(format_, "CRS84"))
    assert len(difference) == 0
    (found,) = store.features("plots")
    assert found.geometry is not None
    assert found.geometry.coords[0] == (ODD, 41.75)


@pytest.mark.parametrize("format_", [name for name in FORMATS if name != "shp"])
def test_every_kind_of_geometry_and_none_come_back(
    format_: str, empty_store: SqlStore, tmp_path: Path
) -> None:
    features = of_each_kind()
    store = stored(empty_store, features)
    path = exported(tmp_path, features, format_, crs="CRS84")
    assert len(imported_diff(store, path, **crs_option(format_, "CRS84"))) == 0


def test_a_kml_brings_every_shape_id_and_attribute_back(
    empty_store: SqlStore, tmp_path: Path
) -> None:
    features = of_each_kind() + PLAIN
    store = stored(empty_store, features)
    difference = imported_diff(store, exported(tmp_path, features, "kml"))
    assert (difference.added, difference.removed) == ((), ())
    for change in difference.changes():  # what a feature lacks comes back as null
        assert [field.new for field in change.fields if field.old != field.new] == []
        assert change.moved_m in (0, None)


def test_geojson_keeps_lists_objects_and_what_is_not_there(
    empty_store: SqlStore, tmp_path: Path
) -> None:
    shape = PLAIN[0].geometry
    features = [
        Feature("a", shape, {"list": [1, {"x": None}], "object": {"y": [2.5]}, "": "blank"}),
        Feature("b", shape, {"other": ""}),
    ]
    store = stored(empty_store, features)
    for format_ in ("geojson", "geojsonl"):
        report = back_again(store, exported(tmp_path, features, format_))
        assert report.difference is not None
        assert report.difference.unchanged == ("b",)  # an attribute without a name gets one
        assert report.difference.changed == ("a",)


@pytest.mark.parametrize("format_", TABULAR)
def test_ids_come_back_and_are_no_attribute(
    format_: str, empty_store: SqlStore, tmp_path: Path
) -> None:
    store = stored(empty_store, sample(format_), "polygon")
    path = exported(tmp_path, sample(format_), format_, crs="CRS84")
    report = back_again(store, path, key="zones_fid", **crs_option(format_, "CRS84"))
    assert report.difference is not None
    assert report.difference.is_empty
    assert "zones_fid" not in [field.name for field in report.findings.fields]


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_a_shapefile_in_either_encoding_comes_back(
    encoding: str, empty_store: SqlStore, tmp_path: Path
) -> None:
    store = stored(empty_store, PLAIN, "polygon")
    report = back_again(store, exported(tmp_path, PLAIN, "shp", encoding=encoding))
    assert report.difference is not None
    assert report.difference.is_empty


@pytest.mark.slow
@pytest.mark.parametrize("format_", FORMATS)
def test_whole_numbers_of_18_and_19_digits_come_back(
    format_: str, empty_store: SqlStore, tmp_path: Path
) -> None:
    numbers = (210102001001000001, -210102001001000001, 9210102001001000001, 2**63 - 1, 2**53 + 1)
    shape = PLAIN[0].geometry
    features = [Feature(str(n), shape, {"code": number}) for n, number in enumerate(numbers)]
    store = stored(empty_store, features, "polygon")
    imported_diff(store, exported(tmp_path, features, format_), **crs_option(format_, "CRS84"))
    found = [feature.properties["code"] for feature in store.features("plots")]
    # Without a type of so many digits, codes are texts that are equal to the last one.
    assert found == [str(n) if format_ in ("kml", "csv") else n for n in numbers]


@pytest.mark.slow
@pytest.mark.parametrize("format_", [*TABULAR, "kml", "xlsx"])
def test_texts_like_escapes_and_features_without_values_come_back(
    format_: str, empty_store: SqlStore, tmp_path: Path
) -> None:
    texts: list[JSON] = ["_x000D_", "a_x4E2D_b_x005f_", "_x005F_x0041_", None]
    rows = [Feature(str(at), PLAIN[0].geometry, {"t": text}) for at, text in enumerate(texts)]
    store = stored(empty_store, rows)
    path = exported(tmp_path, rows, format_, crs="CRS84")
    difference = imported_diff(store, path, crs="CRS84" if format_ in ("csv", "xlsx") else None)
    assert len(difference.added) + len(difference.removed) == 0
    assert [change.fields for change in difference.changes()] == []


@pytest.mark.parametrize("format_", [*TABULAR, "kml", "xlsx"])
def test_days_before_1900_many_digits_marks_and_line_breaks_come_back(
    format_: str, empty_store: SqlStore, tmp_path: Path
) -> None:
    rows: list[dict[str, JSON]] = [
        {"day": "1899-12-31", "f": 0.1234567890123456, "t": "'+86", "w": "1\r\n2"},
        {"day": "1900-02-28", "f": 2 / 3, "t": "''=1+1", "w": "3\r4"},
        {"day": "2026-11-29", "f": 1.5e-7, "t": "-5 m", "w": "5\n6"},
    ]
    features = [Feature(str(at), PLAIN[0].geometry, row) for at, row in enumerate(rows)]
    store = stored(empty_store, features)
    path = exported(tmp_path, features, format_, crs="CRS84")
    difference = imported_diff(store, path, crs="CRS84" if format_ in ("csv", "xlsx") else None)
    assert len(difference.added) + len(difference.removed) == 0
    assert [change.fields for change in difference.changes()] == []
