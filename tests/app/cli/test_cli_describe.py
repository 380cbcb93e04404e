"""A collection described on the command line."""

from pathlib import Path

from typer.testing import CliRunner, Result

from app.cli.main import cli
from zones.drawing.staff_layer_style import Symbology, symbology_of
from zones.errors import ZonesError
from zones.model import Change, CollectionInfo, Feature, RevisionNote
from zones.store.open_store import open_store
from zones.store.sql.store import SqlStore


def describe(store: str, *words: str, collection: str = "sites") -> Result:
    return CliRunner().invoke(cli, ["describe", collection, *words, "--store", store])


def test_the_naming_field_is_chosen_and_taken_back(seeded_file: Path, tmp_path: Path) -> None:
    copy = tmp_path / "zones.sqlite"
    copy.write_bytes(seeded_file.read_bytes())
    url = f"sqlite:///{copy}"
    told = describe(url, "--title-field", "basis", "--title", "地点", "--hidden")
    assert "revision 2" in told.stdout, told
    assert "nothing changed" in describe(url, "--title-field", "basis").stdout
    opened = open_store(url)
    (info,) = (each for each in opened.collections() if each.id == "sites")
    assert (info.title_field, info.title, info.visible) == ("basis", "地点", False)
    opened.close()
    assert "revision 3" in describe(url, "--title-field", "").stdout


def test_a_field_that_is_not_there_is_told_with_those_that_are(
    seeded_file: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "zones.sqlite"
    copy.write_bytes(seeded_file.read_bytes())
    told = describe(f"sqlite:///{copy}", "--title-field", "none")
    assert isinstance(told.exception, ZonesError)
    assert told.exception.code == "title-field-unknown"
    assert told.exit_code != 0


def test_a_style_is_set_and_taken_back(seeded_file: Path, tmp_path: Path) -> None:
    copy = tmp_path / "zones.sqlite"
    copy.write_bytes(seeded_file.read_bytes())
    url = f"sqlite:///{copy}"
    store = open_store(url)
    info = CollectionInfo("parcels", "地块", "Parcels")
    lots = [Feature("1", None, {"用途": "R"})]
    store.apply([Change("parcels", lots, collection=info)], RevisionNote("test", "set up"))
    by_use = '{"property": "用途", "categories": [{"values": ["R"], "fill": "#ffdd55"}]}'
    assert "revision 3" in describe(url, "--style", by_use, collection="parcels").stdout
    assert style_of(store).classes[0].style.fill == "#ffdd55"
    wrong = describe(url, "--style", '{"fill": "yellow"}', collection="parcels")
    assert isinstance(wrong.exception, ZonesError)
    broken = describe(url, "--style", "{", collection="parcels")
    assert isinstance(broken.exception, ZonesError)
    assert "revision 4" in describe(url, "--style", "", collection="parcels").stdout
    assert style_of(store).kind == "single"
    store.close()


def style_of(store: SqlStore) -> Symbology:
    """Return how the parcels are drawn."""
    return symbology_of(next(each for each in store.collections() if each.id == "parcels"))
