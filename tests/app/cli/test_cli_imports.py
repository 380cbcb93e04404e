"""Choices on the command line: a collection for each layer, the scale of a map."""

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from typer.testing import CliRunner

from app.cli.main import cli
from tests.app.imports.test_decisions import folders_kml
from tests.mapgis_files import mapgis, with_map_head
from zones.crs.reference_systems import CRS
from zones.crs.transform import geometry_to_storage
from zones.store.open_store import open_store


@pytest.mark.slow
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


def test_the_scale_of_a_map_is_taken_from_the_command_line(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/zones.sqlite"
    file = tmp_path / "点.wt"
    point = shapely.Point(533691.6, 4627400)
    content = mapgis([point], {"名称": ["甲"]}, scale=2000)
    file.write_bytes(with_map_head(content, scale=0.0))
    words = [str(file), "--collection", "points", "--create", "--crs", "EPSG:4550", "--store", url]
    result = CliRunner().invoke(cli, ["import", *words, "--map-scale", "2000"])
    assert result.exit_code == 0, result.output
    store = open_store(url)
    (feature,) = store.features("points")
    store.close()
    meant = geometry_to_storage(np.array([point]), CRS.EPSG_4550)[0]
    assert feature.geometry.distance(meant) < 1e-9  # degrees; a tenth of a millimetre
