"""Features of a file are those that are stored, whatever their order and whoever numbers them."""

import random
from pathlib import Path
from typing import Any

import pytest

from tests.imports import codes, fids, imported, with_collections
from tests.source_files import PRJ_4550, feature, geojson, polygon, shapefile, square, zipped
from zones.ingest.field_mapping import FieldMapping
from zones.ingest.import_options import Match
from zones.ingest.run_import import ImportReport
from zones.model import CollectionInfo
from zones.store.sql.store import SqlStore

COUNT = 12


@pytest.fixture
def store(empty_store: SqlStore) -> SqlStore:
    return with_collections(empty_store)


def _parcels(*, without: str = "", **changed: Any) -> list[dict[str, Any]]:
    """Return features without ids; 地块编号 tells them apart, 用途 does not."""
    told = [
        feature(polygon(square(n)), **{"地块编号": f"HP-{n:02d}", "用途": f"R{n % 3}", **changed})
        for n in range(COUNT)
    ]
    for each in told:
        each["properties"].pop(without, None)
    return told


def _shuffled(features: list[dict[str, Any]]) -> bytes:
    others = list(features)
    random.Random(7).shuffle(others)  # noqa: S311 - an order, no secret
    return geojson(others)


def _counts(report: ImportReport) -> tuple[int, int, int, int]:
    counts = report.counts
    return counts.added, counts.changed, counts.removed, counts.unchanged


def _key(store: SqlStore) -> CollectionInfo:
    return next(info for info in store.collections() if info.id == "plots")


def test_a_delivery_in_another_order_changes_nothing(store: SqlStore, tmp_path: Path) -> None:
    first = imported(store, tmp_path, geojson(_parcels()))
    assert first.identity is not None
    assert (first.identity.basis, first.identity.field) == ("name", "地块编号")
    report = imported(store, tmp_path, _shuffled(_parcels()))
    assert _counts(report) == (0, 0, 0, COUNT)
    assert report.identity is not None
    assert (report.identity.basis, store.revision()) == ("last", 2)


def test_without_any_number_features_are_known_by_content_and_place(
    store: SqlStore, tmp_path: Path
) -> None:
    imported(store, tmp_path, geojson(_parcels(without="地块编号")))
    later = _parcels(without="地块编号")
    later[3]["properties"]["用途"] = "G1"
    report = imported(store, tmp_path, _shuffled(later))
    assert _counts(report) == (0, 1, 0, COUNT - 1)
    assert report.difference is not None
    assert report.difference.changed == ("4",)
    assert report.identity is not None
    assert report.identity.basis == "content"


def test_a_border_that_moved_and_a_use_that_changed_are_one_changed_feature(
    store: SqlStore, tmp_path: Path
) -> None:
    imported(store, tmp_path, geojson(_parcels(without="地块编号")))
    later = _parcels(without="地块编号")
    ring = later[5]["geometry"]["coordinates"][0]
    later[5]["geometry"]["coordinates"][0] = [
        [x + (x == max(p[0] for p in ring)) * 0.0001, y] for x, y in ring
    ]
    later[5]["properties"]["用途"] = "G1"
    report = imported(store, tmp_path, _shuffled(later))
    assert report.difference is not None
    assert (report.difference.changed, report.difference.added) == (("6",), ())


def test_numbered_features_keep_their_ids_when_a_key_is_named_later(
    store: SqlStore, tmp_path: Path
) -> None:
    imported(store, tmp_path, geojson(_parcels()), match=Match.CONTENT)
    assert fids(store) == [str(n + 1) for n in range(COUNT)]
    more = [*_parcels(), feature(polygon(square(COUNT)), 地块编号="HP-99", 用途="R1")]
    report = imported(store, tmp_path, _shuffled(more), key="地块编号")
    assert _counts(report) == (1, 0, 0, COUNT)
    assert report.difference is not None
    assert report.difference.added == (str(COUNT + 1),)
    assert _key(store).key == "地块编号"


def test_another_numbering_of_the_same_parcels_is_no_rewrite(
    store: SqlStore, tmp_path: Path
) -> None:
    imported(store, tmp_path, geojson(_parcels(without="地块编号")))
    report = imported(store, tmp_path, _shuffled(_parcels()))
    assert _counts(report) == (0, COUNT, 0, 0)
    assert report.identity is not None
    assert report.identity.basis == "content"


def test_a_key_that_fails_in_a_file_is_told_and_features_found_otherwise(
    store: SqlStore, tmp_path: Path
) -> None:
    imported(store, tmp_path, geojson(_parcels()))
    later = _parcels()
    later[1]["properties"]["地块编号"] = "HP-00"
    report = imported(store, tmp_path, _shuffled(later))
    assert "key-not-unique" in codes(report)
    assert _counts(report) == (0, 1, 0, COUNT - 1)


def test_an_update_takes_the_key_of_last_time(store: SqlStore, tmp_path: Path) -> None:
    imported(store, tmp_path, geojson(_parcels()))
    report = imported(store, tmp_path, geojson(_parcels(用途="G1")[:2]), mode="upsert")
    assert _counts(report) == (0, 2, 0, 0)


def test_an_update_without_any_id_is_refused_by_place(store: SqlStore, tmp_path: Path) -> None:
    told = geojson(_parcels(without="地块编号"))
    report = imported(store, tmp_path, told, mode="upsert")
    assert (report.state, codes(report)) == ("rejected", ["id-missing"] * COUNT)
    assert [problem.feature for problem in report.problems] == list(range(1, COUNT + 1))


def test_what_was_added_before_is_not_added_again(store: SqlStore, tmp_path: Path) -> None:
    imported(store, tmp_path, geojson(_parcels()))
    report = imported(store, tmp_path, geojson(_parcels()[:1]), mode="append")
    assert codes(report) == ["id-exists"]


@pytest.mark.parametrize(
    ("names", "likely"),
    [
        (("OBJECTID", "BSM"), "BSM"),
        (("编号", "DKBH"), "DKBH"),
        (("parcel_id", "mc"), "parcel_id"),
        (("OBJECTID", "FID"), None),
        (("DLBM", "名称"), None),
        (("citycode", "adcode"), "adcode"),
    ],
)
def test_the_likely_key_goes_by_its_name(
    store: SqlStore, tmp_path: Path, names: tuple[str, str], likely: str | None
) -> None:
    told = [feature(polygon(square(n)), **dict.fromkeys(names, f"{n + 1}")) for n in range(3)]
    report = imported(store, tmp_path, geojson(told), dry_run=True)
    assert report.identity is not None
    assert report.identity.field == likely
    assert {each.field.label for each in report.identity.candidates} == set(names)


def test_a_mapped_key_is_remembered_by_its_property(store: SqlStore, tmp_path: Path) -> None:
    mapping = FieldMapping({"地块编号": "parcel"})
    imported(store, tmp_path, geojson(_parcels()), mapping=mapping)
    assert _key(store).key == "parcel"
    report = imported(store, tmp_path, _shuffled(_parcels()), mapping=mapping)
    assert _counts(report) == (0, 0, 0, COUNT)


def test_rows_of_a_shapefile_in_another_order_change_nothing(
    store: SqlStore, tmp_path: Path
) -> None:
    def packed(order: list[int]) -> bytes:
        x, y = 533000.0, 4625000.0
        rings = [
            [(x + n * 50, y), (x + n * 50, y + 40), (x + n * 50 + 40, y + 40), (x + n * 50, y)]
            for n in order
        ]
        rows = [(f"P{n}",) for n in order]
        return zipped(shapefile([polygon(r) for r in rings], rows, encoding="gbk", prj=PRJ_4550))

    imported(store, tmp_path, packed([0, 1, 2, 3]), name="a.zip")
    report = imported(store, tmp_path, packed([2, 0, 3, 1]), name="a.zip")
    assert _counts(report) == (0, 0, 0, 4)
