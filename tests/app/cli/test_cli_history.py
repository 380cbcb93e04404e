"""The commands about what was, run as a person runs them."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pyogrio
import pytest
from typer.testing import CliRunner, Result

from app.cli.main import cli
from tests.contract.stores import NOTE, make, plot
from zones.model import Change
from zones.store.open_store import open_store

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Return a function that runs a command over a store of two revisions."""
    url = f"sqlite:///{tmp_path}/zones.sqlite"
    store = open_store(url)
    make(store, plot("a"), plot("b", n=1))
    store.apply([Change("plots", [plot("b", x=123.41, n=2), plot("c")], ["a"])], NOTE)
    store.close()

    def run(*words: object) -> Result:
        return CliRunner().invoke(cli, [*map(str, words), "--store", url])

    return run


def test_revisions_are_listed_newest_first_with_counts(run: Run) -> None:
    newest, first = json.loads(run("revisions", "plots", "--json").stdout)
    assert (newest["number"], newest["counts"]) == (2, {"added": 1, "changed": 1, "removed": 1})
    assert first["counts"]["added"] == 2
    assert "tester" in run("revisions", "plots").stdout


def test_a_diff_tells_each_change(run: Run) -> None:
    told = run("diff", "plots", 1, 2).stdout
    assert "added 1" in told
    assert re.search(r"^~  b .*moved 83[0-9]\.\d+ m.*n: 1 → 2$", told, re.MULTILINE)
    changes = json.loads(run("diff", "plots", 1, "--json").stdout)
    assert [(change["id"], change["change"]) for change in changes] == [
        ("c", "added"),
        ("b", "changed"),
        ("a", "removed"),
    ]


def test_a_restore_makes_a_revision_and_a_second_one_nothing(run: Run) -> None:
    assert "revision 3" in run("restore", "plots", 1).stdout
    assert "nothing changed" in run("restore", "plots", 1).stdout
    assert json.loads(run("diff", "plots", 1, 3, "--json").stdout) == []


def test_a_collection_is_exported_by_the_file_s_suffix(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "地块.gpkg"
    assert run("export", "plots", file, "--crs", "EPSG:4550").exit_code == 0
    info = pyogrio.read_info(file)
    assert (info["features"], info["crs"]) == (2, "EPSG:4550")
    assert run("export", "plots", file, "--revision", 1, "--force").exit_code == 0
    assert pyogrio.read_info(file)["crs"] == "EPSG:4490"
    assert {path.name for path in tmp_path.iterdir()} == {"地块.gpkg", "zones.sqlite"} | {
        path.name for path in tmp_path.glob("zones.sqlite*")
    }


def test_a_file_that_is_there_is_not_overwritten_unasked(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "plots.geojson"
    file.write_text("mine")
    assert run("export", "plots", file).exception is not None
    assert file.read_text() == "mine"
    assert run("export", "plots", tmp_path / "x.dwg").exception is not None


def test_a_backup_is_made_and_put_back(run: Run, tmp_path: Path) -> None:
    made = json.loads(run("backup", "--json").stdout)
    assert made["revision"] == 2
    assert Path(made["path"]).parent == tmp_path / "backups"
    run("restore", "plots", 1)
    put_back = run("restore-backup", made["path"])
    assert "revision 2" in put_back.stdout
    assert json.loads(run("revisions", "plots", "--json").stdout)[0]["number"] == 2


def test_a_backup_is_encrypted_and_verified(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = json.loads(CliRunner().invoke(cli, ["backup", "key", "--json"]).stdout)
    monkeypatch.setenv("ZONES_BACKUP_KEY", f" {pair['public']}\n")
    made = json.loads(run("backup", tmp_path / "verify", "--json").stdout)
    assert made["encrypted"]
    monkeypatch.setenv("ZONES_BACKUP_KEY", pair["secret"])
    verified = CliRunner().invoke(cli, ["backup", "verify", made["path"]])
    assert "revision 2" in verified.stdout
    assert "encrypted" in verified.stdout
    assert "revision 2" in run("backup", "restore", made["path"]).stdout
    Path(made["path"]).write_bytes(b"")
    assert CliRunner().invoke(cli, ["backup", "verify", made["path"]]).exit_code != 0


def test_a_backup_is_not_put_back_beside_a_service(run: Run, tmp_path: Path) -> None:
    made = json.loads(run("backup", "--json").stdout)
    store = open_store(f"sqlite:///{tmp_path}/zones.sqlite")
    refused = run("restore-backup", made["path"])
    store.close()
    assert "has the store open" in str(refused.exception)
