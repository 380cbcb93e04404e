"""A file of several layers on the command line: one collection for each."""

import json
from pathlib import Path

from typer.testing import CliRunner

from app.cli.main import cli
from tests.app.imports.test_decisions import folders_kml
from zones.store.open_store import open_store


def test_each_layer_becomes_a_collection_of_its_own(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/zones.sqlite"
    file = tmp_path / "图.kml"
    file.write_bytes(folders_kml(("甲", (123.40, 41.78)), ("GHFQ", (123.41, 41.79))))
    words = [str(file), "--collection", "plan", "--create", "--each", "--json", "--store", url]
    result = CliRunner().invoke(cli, ["import", *words])
    assert result.exit_code == 0, result.output
    assert [told["collection"] for told in json.loads(result.stdout)] == ["plan_jia", "plan_ghfq"]
    store = open_store(url)
    titles = {info.id: info.title for info in store.collections()}
    store.close()
    assert titles == {"plan_jia": "甲", "plan_ghfq": "规划分区"}
