"""A long WKT in a table is written as the csv module writes it."""

import csv
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
import shapely

from zones.export import csv_table
from zones.export.export_options import export_options
from zones.export.write_file import write_export
from zones.model import CollectionInfo, Feature


@pytest.mark.parametrize("properties", [{}, {"name": '说"明", 甲', "n": 5}])
def test_a_long_cell_is_written_as_a_short_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, properties: dict[str, object]
) -> None:
    ring = np.random.default_rng(5).uniform(123, 124, (40, 2))
    features = [Feature('a,"b', shapely.LineString(ring), properties)]  # type: ignore[arg-type]  # values of one type
    info, options = CollectionInfo("a", "a", "a"), export_options("csv", encoding="utf-8")
    write_export(tmp_path / "short.csv", info, features, options=options)
    monkeypatch.setattr(csv_table, "_LONG", 100)
    write_export(tmp_path / "long.csv", info, features, options=options)
    written = (tmp_path / "long.csv").read_bytes()
    assert written == (tmp_path / "short.csv").read_bytes()
    _, row = csv.reader(StringIO(written.decode(), newline=""))
    assert len(row[1]) > 1000
