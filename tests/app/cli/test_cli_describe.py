"""A collection described on the command line."""

from pathlib import Path

from typer.testing import CliRunner, Result

from app.cli.main import cli
from zones.errors import ZonesError
from zones.store.opening import open_store


def describe(store: str, *words: str) -> Result:
    return CliRunner().invoke(cli, ["describe", "sites", *words, "--store", store])


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
