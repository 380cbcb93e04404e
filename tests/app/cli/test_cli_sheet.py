"""A sheet printed on the command line."""

from pathlib import Path

from typer.testing import CliRunner, Result

from app.cli.main import cli
from zones.errors import ZonesError


def sheet(out: Path, seeded_file: Path, *words: str) -> Result:
    store = f"sqlite:///{seeded_file}"
    return CliRunner().invoke(cli, ["sheet", str(out), *words, "--store", store])


def test_suffix_decides_the_form(seeded_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "满融.pdf"
    told = sheet(out, seeded_file, "--size", "a4", "--element", "zone-manrong", "--lang", "en")
    assert told.exit_code == 0, told
    assert "1:" in told.stdout
    assert out.read_bytes().startswith(b"%PDF-")


def test_fault_leaves_no_file(seeded_file: Path, tmp_path: Path) -> None:
    for name, words in (("a.doc", []), ("a.pdf", ["--size", "a9"]), ("b.pdf", ["--element", "x"])):
        told = sheet(tmp_path / name, seeded_file, *words)
        assert isinstance(told.exception, ZonesError)
    assert list(tmp_path.iterdir()) == []
