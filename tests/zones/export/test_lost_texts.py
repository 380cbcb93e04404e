"""Texts that were lost before they arrived are told of in every format."""

from pathlib import Path

import pytest
from shapely import box

from tests.exported import FORMATS, back_again, exported, stored
from zones.model import Feature
from zones.store.sqlite.store import SqlStore

TEXTS = ("��河", "和平", "锟斤拷街")


@pytest.mark.parametrize("format_", FORMATS)
def test_lost_texts_are_told_with_count_and_field(
    format_: str, empty_store: SqlStore, tmp_path: Path
) -> None:
    shape = box(123.41, 41.75, 123.42, 41.76)
    features = [Feature(str(n), shape, {"街道": text}) for n, text in enumerate(TEXTS)]
    store = stored(empty_store, features)
    report = back_again(store, exported(tmp_path, features, format_), crs="CRS84")
    lost = [item for item in report.problems if item.code == "text-lost" and item.field == "街道"]
    assert [(item.params["count"], item.feature) for item in lost] == [(2, 1)]
    assert lost[0].severity == "warning"
