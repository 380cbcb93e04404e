"""What imports make of the description of a collection's properties."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli.main import cli
from tests.imports import codes, imported, with_collections
from tests.source_files import feature, geojson, polygon, square
from zones.export.export_options import export_options
from zones.export.write_file import write_export
from zones.model import CollectionInfo
from zones.plan_text import Plan
from zones.search.find_by_name import build_name_index
from zones.snapshot.current_snapshot import SnapshotFollower
from zones.store.open_store import open_store
from zones.store.sql.store import SqlStore

PLACES = ("曾家", "重工街", "朝阳街")


@pytest.fixture
def store(empty_store: SqlStore) -> SqlStore:
    return with_collections(empty_store)


def _places(heading: str = "名称", **more: Any) -> bytes:
    return geojson(
        [
            feature(polygon(square(n)), fid=f"a{n}", code=f"00{n}", **{heading: name}, **more)
            for n, name in enumerate(PLACES)
        ]
    )


def _info(store: SqlStore, collection: str = "plots") -> CollectionInfo:
    return next(info for info in store.collections() if info.id == collection)


def _hits(store: SqlStore, plan: Plan, query: str) -> list[str]:
    snapshot = SnapshotFollower(store, plan).current()
    return [hit.name for hit in snapshot.derived(build_name_index).search(query)]


@pytest.mark.parametrize("heading", ["名称", "NAME", "MC", "XZQMC", "地块名称", "name"])
def test_search_finds_names_under_their_usual_headings(
    store: SqlStore, tmp_path: Path, plan: Plan, heading: str
) -> None:
    report = imported(store, tmp_path, _places(heading), into="new", create=True)
    assert report.title_field == heading
    for query in ("曾家", "zengjia", "zj"):
        assert _hits(store, plan, query) == ["曾家"]
    for query in ("重工", "zhonggongjie"):
        assert _hits(store, plan, query) == ["重工街"]


def test_a_person_names_the_field_by_either_of_its_names(store: SqlStore, tmp_path: Path) -> None:
    mapping = {"mapping": None}
    for wanted in ("编 号", "code"):
        content = _places(**{"编 号": "甲"})
        report = imported(store, tmp_path, content, title_field=wanted, **mapping)
        assert report.title_field == _info(store).title_field == wanted


def test_a_field_that_is_not_there_cannot_name_features(store: SqlStore, tmp_path: Path) -> None:
    report = imported(store, tmp_path, _places(), title_field="MC")
    assert (report.state, codes(report)) == ("rejected", ["title-field-unknown"])
    assert report.problems[0].params["known"] == "code, 名称"


def test_the_choice_stays_until_a_file_is_without_it(store: SqlStore, tmp_path: Path) -> None:
    imported(store, tmp_path, _places(DKMC="甲"), title_field="code")
    imported(store, tmp_path, _places())
    assert _info(store).title_field == "code"
    report = imported(store, tmp_path, geojson([feature(polygon(square(0)), 名称="曾家")]))
    assert _info(store).title_field == "名称"
    assert codes(report)[0] == "title-field-gone"


def test_what_is_added_does_not_rename_what_is_there(store: SqlStore, tmp_path: Path) -> None:
    imported(store, tmp_path, _places("名称"))
    more = geojson([feature(polygon(square(9)), fid="b", NAME="新")])
    imported(store, tmp_path, more, mode="append")
    imported(store, tmp_path, more, mode="upsert")
    assert _info(store).title_field == "名称"


def test_what_is_added_to_nothing_names_it(store: SqlStore, tmp_path: Path) -> None:
    imported(store, tmp_path, _places("MC"), mode="append")
    assert _info(store).title_field == "MC"


def test_a_new_choice_alone_is_a_revision_and_the_same_one_is_none(
    store: SqlStore, tmp_path: Path
) -> None:
    imported(store, tmp_path, _places())
    before = store.revision()
    report = imported(store, tmp_path, _places(), title_field="code")
    assert (report.revision, _info(store).title_field) == (before + 1, "code")
    assert imported(store, tmp_path, _places(), title_field="code").revision == before + 1


def test_a_dry_run_tells_the_field_and_stores_nothing(store: SqlStore, tmp_path: Path) -> None:
    report = imported(store, tmp_path, _places(), dry_run=True)
    assert (report.state, report.title_field) == ("ready", "名称")
    assert _info(store).title_field is None
    assert "名称" in report.as_text("zh")
    assert report.as_json("en")["title_field"] == "名称"


def test_kml_names_placemarks_by_it(store: SqlStore, tmp_path: Path) -> None:
    imported(store, tmp_path, _places())
    path = tmp_path / "out.kml"
    options = export_options("kml")
    write_export(path, _info(store), store.features("plots"), options=options)
    assert "<name>重工街</name>" in path.read_text()
    again = imported(store, tmp_path, path.read_bytes(), name="out.kml")
    assert (again.title_field, again.counts.unchanged) == ("名称", 3)


def test_the_command_line_chooses_the_field_and_says_which_it_is(tmp_path: Path) -> None:
    file = tmp_path / "places.geojson"
    file.write_bytes(_places(note="[旧]"))
    url = f"sqlite:///{tmp_path}/zones.sqlite"
    command = ["import", str(file), "--collection", "places", "--create", "--store", url]
    done = CliRunner().invoke(cli, [*command, "--title-field", "code"])
    assert done.exit_code == 0, done.output
    assert "要素以属性“code”为名" in done.output
    store = open_store(url)
    assert _info(store, "places").title_field == "code"
    store.close()


def test_a_title_given_later_renames_the_collection(store: SqlStore, tmp_path: Path) -> None:
    imported(store, tmp_path, _places(), into="new", create=True, title="地块")
    assert (_info(store, "new").title, _info(store, "new").title_en) == ("地块", "地块")
    imported(store, tmp_path, _places(), into="new", title="新地块")
    assert (_info(store, "new").title, _info(store, "new").title_en) == ("新地块", "新地块")
    imported(store, tmp_path, _places(), into="new", title_en="Parcels")
    imported(store, tmp_path, _places(), into="new", title="第三季度")
    assert (_info(store, "new").title, _info(store, "new").title_en) == ("第三季度", "Parcels")
