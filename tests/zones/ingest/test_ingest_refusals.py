from pathlib import Path

import pytest
import shapely

from tests.imports import codes, fids, imported, imported_by_child, with_collections
from tests.source_files import (
    bomb_zip,
    feature,
    geojson,
    link_zip,
    point,
    polygon,
    square,
    squares,
    zip_of,
)
from zones.errors import SourceError, SourceLimitError
from zones.ingest.run_import import ImportMode, Limits
from zones.store.sql.store import SqlStore


@pytest.fixture
def store(empty_store: SqlStore) -> SqlStore:
    return with_collections(empty_store)


def test_an_append_of_known_ids_is_rejected(store: SqlStore, tmp_path: Path) -> None:
    imported(store, tmp_path, geojson(squares(2)))
    report = imported(store, tmp_path, geojson(squares(3)), mode=ImportMode.APPEND)
    assert [(item.code, item.feature) for item in report.problems] == [
        ("id-exists", 1),
        ("id-exists", 2),
    ]
    assert (report.state, store.revision()) == ("rejected", 2)


def test_an_upsert_without_ids_is_rejected_feature_by_feature(
    store: SqlStore, tmp_path: Path
) -> None:
    report = imported(store, tmp_path, geojson(squares(2, ids=False)), mode=ImportMode.UPSERT)
    assert (report.state, codes(report)) == ("rejected", ["id-missing", "id-missing"])


def test_a_key_given_twice_or_nowhere_is_told(store: SqlStore, tmp_path: Path) -> None:
    twice = [feature(polygon(square(n)), code="x") for n in (1, 2)]
    assert codes(imported(store, tmp_path, geojson(twice), key="code")) == ["id-twice"]
    with pytest.raises(SourceError, match="code"):
        imported(store, tmp_path, geojson(twice), key="nr")


def test_every_problem_is_told_and_nothing_is_stored(store: SqlStore, tmp_path: Path) -> None:
    bow_tie = polygon(
        [(123.40, 41.70), (123.42, 41.72), (123.42, 41.70), (123.40, 41.72), (123.40, 41.70)]
    )
    swapped = polygon([(y, x) for x, y in square()])
    bad = [feature(bow_tie), feature(point(123.4, 41.7)), feature(swapped), feature(None)]
    report = imported_by_child(store, tmp_path, geojson([*squares(1), *bad]))
    assert report.state == "rejected"
    assert [(item.feature, item.code) for item in report.problems if item.severity == "error"] == [
        (4, "coordinate-swapped"),
        (2, "invalid-self-intersection"),
        (3, "geometry-kind"),
    ]
    assert (store.revision(), fids(store)) == (1, [])


def test_the_list_of_problems_is_cut_and_their_number_is_not(
    store: SqlStore, tmp_path: Path
) -> None:
    report = imported(store, tmp_path, geojson([feature(point(200.0, 0.0))] * 1500), into="spots")
    assert (len(report.problems), report.errors) == (1000, 1500)
    assert "500" in report.as_text("en").splitlines()[-1]


def test_polygons_where_points_are_asked_are_rejected(store: SqlStore, tmp_path: Path) -> None:
    report = imported(store, tmp_path, geojson(squares(2)), into="spots")
    assert (report.state, codes(report)) == ("rejected", ["geometry-kind"] * 2)
    assert report.problems[0].params == {"found": "Polygon", "kinds": "point"}


def test_repair_stores_the_mended_shape_and_lists_it(store: SqlStore, tmp_path: Path) -> None:
    bow_tie = polygon(
        [(123.40, 41.70), (123.42, 41.72), (123.42, 41.70), (123.40, 41.72), (123.40, 41.70)]
    )
    report = imported(store, tmp_path, geojson([feature(bow_tie)]), repair=True)
    assert (report.state, codes(report)) == ("applied", ["geometry-repaired"])
    assert report.findings.geometry.repaired == 1
    assert shapely.is_valid(store.features("plots")[0].geometry)
    assert "自相交" in report.as_json("zh")["problems"][0]["message"]


def test_a_file_without_features_empties_a_collection_only_on_purpose(
    store: SqlStore, tmp_path: Path
) -> None:
    imported(store, tmp_path, geojson(squares(2)))
    report = imported(store, tmp_path, geojson([]))
    assert (report.state, codes(report)) == ("rejected", ["no-features"])
    report = imported(store, tmp_path, geojson([]), allow_empty=True)
    assert (report.state, codes(report)) == ("applied", ["collection-shrinks"])
    assert fids(store) == []


def test_a_collection_that_shrinks_by_more_than_half_is_remarked_upon(
    store: SqlStore, tmp_path: Path
) -> None:
    imported(store, tmp_path, geojson(squares(4)))
    assert codes(imported(store, tmp_path, geojson(squares(2)))) == []
    assert codes(imported(store, tmp_path, geojson([feature(polygon(square()), fid="z")]))) == []
    imported(store, tmp_path, geojson(squares(4)))
    report = imported(store, tmp_path, geojson(squares(1)))
    assert codes(report) == ["collection-shrinks"]
    assert report.problems[0].params == {"before": 4, "after": 1}


def test_features_far_from_the_district_are_stored_with_a_warning(
    store: SqlStore, tmp_path: Path
) -> None:
    beijing = feature(point(116.4, 39.9))
    report = imported(
        store, tmp_path, geojson([feature(point(123.4, 41.7)), beijing]), into="spots"
    )
    assert [(item.code, item.feature, item.lon) for item in report.problems] == [
        ("far-away", 2, 116.4)
    ]
    assert report.state == "applied"


@pytest.mark.slow
def test_limits_of_the_reading_process_end_the_import_and_change_nothing(
    store: SqlStore, tmp_path: Path
) -> None:
    with pytest.raises(SourceLimitError):
        imported_by_child(store, tmp_path, geojson(squares(3)), limits=Limits(max_features=2))
    assert store.revision() == 1


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.geojson", "source-empty"),
        (b"", "a.zip", "source-empty"),
        (b"no zip", "a.zip", "not-a-zip"),
        (bomb_zip(), "a.zip", "zip-ratio"),
        (link_zip(), "a.zip", "zip-not-a-file"),
        (zip_of({"../../etc/cron.d/x.shp": b"x"}), "a.zip", "zip-name"),
        (zip_of({"readme.pdf": b"x"}), "a.zip", "zip-no-shp"),
        (zip_of({"readme.txt": b"x"}), "a.zip", "csv-no-place"),
        (b'{"type": "FeatureCollection", "features": [', "a.json", "json-truncated"),
        (b"[" * 1000, "a.json", "json-too-deep"),
    ],
)
def test_hostile_and_hopeless_files_are_refused_with_a_way_out(
    store: SqlStore, tmp_path: Path, content: bytes, name: str, code: str
) -> None:
    with pytest.raises(SourceError) as caught:
        imported(store, tmp_path, content, name=name)
    assert caught.value.code == code
    assert caught.value.text("zh").message
    assert store.revision() == 1


def test_the_report_says_everything_in_both_languages(store: SqlStore, tmp_path: Path) -> None:
    report = imported(store, tmp_path, geojson([feature(point(200.0, 0.0))]), into="spots")
    for lang in ("zh", "en"):
        told = report.as_json(lang)
        assert told["problems"][0]["message"]
        assert told["problems"][0]["loc"] == ["feature", 1]
        assert told["findings"]["crs"]["key"] == "CRS84"
    assert "没有" in report.as_text("zh") or "未导入" in report.as_text("zh")
    assert "feature 1" in report.as_text("en")


def test_a_sender_cannot_choose_a_path_or_break_a_line_by_the_files_name(
    store: SqlStore, tmp_path: Path
) -> None:
    name = "C:\\temp\\..\\x\r\ny.geojson"
    assert imported(store, tmp_path, geojson(squares(1)), name=name).file.name == "xy.geojson"
