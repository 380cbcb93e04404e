import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import shapely

from tests.imports import NOTE, codes, fids, imported, imported_by_child, with_collections
from tests.source_files import (
    PRJ_4550,
    feature,
    geojson,
    polygon,
    shapefile,
    square,
    squares,
    write,
    zip_of,
    zipped,
)
from zones.errors import ConflictError, SourceError, UnknownCollectionError
from zones.ingest.run_import import ImportContext, ImportMode, ImportOptions, Limits, ingest
from zones.model import Change, Feature, Revision, RevisionNote
from zones.store.sql.store import SqlStore


@pytest.fixture
def store(empty_store: SqlStore) -> SqlStore:
    return with_collections(empty_store)


def test_a_shapefile_becomes_one_revision_that_tells_its_source(
    store: SqlStore, tmp_path: Path
) -> None:
    ring = [
        (533000.0, 4625000.0),
        (533000.0, 4626000.0),
        (534000.0, 4626000.0),
        (533000.0, 4625000.0),
    ]
    packed = zipped(shapefile([polygon(ring)], [("三好街",)], encoding="gbk", prj=PRJ_4550))
    report = imported_by_child(store, tmp_path, packed, name="规划.zip", note="2026 修编")
    assert (report.state, report.revision, report.counts.added) == ("applied", 2, 1)
    (stored,) = store.features("plots")
    assert stored.properties == {"name": "三好街"}
    assert stored.geometry is not None
    assert stored.geometry.bounds == pytest.approx((123.397, 41.759, 123.409, 41.768), abs=0.001)
    note = store.revisions()[0].note
    assert (note.who, note.why, note.source_name) == ("li", "2026 修编", "规划.zip")
    assert (note.source_sha256, note.source_bytes) == (report.file.sha256, len(packed))


def test_the_same_file_again_makes_no_revision(store: SqlStore, tmp_path: Path) -> None:
    imported(store, tmp_path, geojson(squares(3)))
    report = imported(store, tmp_path, geojson(squares(3)))
    assert (report.state, report.revision, report.counts.unchanged) == ("applied", 2, 3)
    assert codes(report) == ["nothing-changes"]
    assert store.revision() == 2


def test_replace_tells_added_changed_removed_and_unchanged_apart(
    store: SqlStore, tmp_path: Path
) -> None:
    imported(store, tmp_path, geojson(squares(3)))
    one, two, _ = squares(3)
    two["properties"]["name"] = "改名"
    new = feature(polygon(square(5)), fid="new")
    report = imported(store, tmp_path, geojson([one, two, new]))
    diff = report.difference
    assert diff is not None
    assert (diff.added, diff.changed, diff.removed, diff.unchanged) == (
        ("new",),
        ("a1",),
        ("a2",),
        ("a0",),
    )
    assert sorted(fids(store)) == ["a0", "a1", "new"]


def test_a_dry_run_tells_all_and_stores_nothing(store: SqlStore, tmp_path: Path) -> None:
    report = imported(store, tmp_path, geojson(squares(3)), dry_run=True)
    assert (report.state, report.revision, report.counts.added) == ("ready", None, 3)
    assert (store.revision(), fids(store)) == (1, [])


def test_features_without_ids_are_numbered_and_an_append_goes_on_counting(
    store: SqlStore, tmp_path: Path
) -> None:
    imported(store, tmp_path, geojson(squares(2, ids=False)))
    imported(store, tmp_path, geojson(squares(2, ids=False)), mode=ImportMode.APPEND)
    assert fids(store) == ["1", "2", "3", "4"]


def test_an_upsert_by_key_renews_and_adds_and_removes_nothing(
    store: SqlStore, tmp_path: Path
) -> None:
    first = [feature(polygon(square(n)), code=n, name="旧") for n in (1, 2)]
    second = [feature(polygon(square(n)), code=n, name="新") for n in (2, 3)]
    imported(store, tmp_path, geojson(first), key="code")
    report = imported(store, tmp_path, geojson(second), key="code", mode=ImportMode.UPSERT)
    assert (report.counts.added, report.counts.changed, report.counts.removed) == (1, 1, 0)
    assert {item.fid: item.properties["name"] for item in store.features("plots")} == {
        "1": "旧",
        "2": "新",
        "3": "新",
    }


def interrupt(store: SqlStore, changes: Sequence[Change], monkeypatch: pytest.MonkeyPatch) -> None:
    """Have somebody else write one of the changes just before each of the next ones."""
    pending, apply = list(changes), store.apply

    def apply_second(mine: Sequence[Change], note: RevisionNote, **given: Any) -> Revision:
        if pending:
            apply([pending.pop(0)], NOTE)
        return apply(mine, note, **given)

    monkeypatch.setattr(store, "apply", apply_second)


def test_a_change_that_comes_between_is_taken_into_account(
    store: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extra = Feature("extra", shapely.box(123.4, 41.7, 123.41, 41.71), {})
    interrupt(store, [Change("plots", [extra])], monkeypatch)
    report = imported(store, tmp_path, geojson(squares(2)))
    assert report.difference is not None
    assert report.difference.removed == ("extra",)
    assert (report.base_revision, report.revision) == (2, 3)
    assert sorted(fids(store)) == ["a0", "a1"]


def test_two_appends_at_once_keep_both_and_repeat_no_number(
    store: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Feature("1", shapely.box(123.4, 41.7, 123.41, 41.71), {})
    interrupt(store, [Change("plots", [other])], monkeypatch)
    imported(store, tmp_path, geojson(squares(1, ids=False)), mode=ImportMode.APPEND)
    assert fids(store) == ["1", "2"]


def restless(collection: str) -> list[Change]:
    return [Change(collection, [Feature("x", None, {"n": number})]) for number in range(9)]


def test_a_collection_that_never_rests_ends_in_a_conflict(
    store: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt(store, restless("plots"), monkeypatch)
    with pytest.raises(ConflictError):
        imported(store, tmp_path, geojson(squares(1)))
    assert fids(store) == ["x"]


def test_changes_of_other_collections_do_not_matter(
    store: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt(store, restless("any"), monkeypatch)
    report = imported(store, tmp_path, geojson(squares(1)))
    assert (report.base_revision, report.revision) == (1, 3)
    assert fids(store) == ["a0"]


def test_an_import_that_was_cancelled_stores_nothing(store: SqlStore, tmp_path: Path) -> None:
    cancelled = threading.Event()
    with pytest.raises(SourceError) as caught:
        ingest(
            write(tmp_path, geojson(squares(2))),
            "plots",
            store,
            file_name="a.geojson",
            options=ImportOptions(),
            limits=Limits(),
            who="li",
            context=ImportContext(
                progress=lambda stage, fraction: cancelled.set(), cancelled=cancelled
            ),
        )
    assert caught.value.code == "import-cancelled"
    assert store.revision() == 1


def test_stages_and_fractions_are_told_in_order(store: SqlStore, tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []
    ingest(
        write(tmp_path, geojson(squares(2))),
        "plots",
        store,
        file_name="a.geojson",
        options=ImportOptions(),
        limits=Limits(),
        who="li",
        context=ImportContext(progress=lambda stage, fraction: told.append((stage, fraction))),
    )
    assert [stage for stage, _ in told] == ["reading", "comparing", "applying"]
    assert [fraction for _, fraction in told] == sorted(fraction for _, fraction in told)


def test_a_collection_that_does_not_exist_is_told_before_the_file_is_read(
    store: SqlStore, tmp_path: Path
) -> None:
    with pytest.raises(UnknownCollectionError):
        imported(store, tmp_path, b"", into="nowhere")


def test_an_odd_but_honest_archive_is_taken(store: SqlStore, tmp_path: Path) -> None:
    hole = list(reversed([(x + 0.002, y + 0.002) for x, y in square(size=0.004)]))
    parts = shapefile([polygon(square(), hole), polygon(square(1))], [("A & B <b>",), ("ไทย",)])
    del parts[".shx"]
    members = {f"成果 2026/Plots{suffix.upper()}": part for suffix, part in parts.items()}
    junk = {"__MACOSX/成果 2026/._Plots.SHP": b"\0", "成果 2026/Plots.sbn": b"\0"}
    report = imported_by_child(store, tmp_path, zip_of({**members, **junk}), name="成果 (1).ZIP")
    assert (report.state, codes(report)) == ("applied", ["shx-restored"])
    assert [item.properties["name"] for item in store.features("plots")] == ["A & B <b>", "ไทย"]
