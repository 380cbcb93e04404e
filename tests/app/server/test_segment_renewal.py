"""What a worker has worked out of segments, and of which it does not."""

import threading
from pathlib import Path
from unittest import mock

import pytest

from app.locate.collections_parameter_cache import MembersCache
from app.server.segment_renewal import SegmentKeeper, SegmentMaker
from app.tiles.recently_requested import TileDemand
from tests.toy import toy_plan
from tests.zones.snapshot.test_mapped_collection import INFO, features_of, mapped
from zones.snapshot.current_snapshot import SnapshotFollower
from zones.snapshot.model import Snapshot
from zones.tiles import WEB_MERCATOR_QUAD


def test_tiles_are_prepared_once_and_not_of_more_features_than_memory_is_meant_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection = mapped(features_of(30), tmp_path / "a")
    demand, maker = TileDemand(), mock.create_autospec(SegmentMaker, instance=True)
    demand.note(INFO.id, WEB_MERCATOR_QUAD)
    follower = mock.create_autospec(SnapshotFollower, instance=True)
    follower.latest = Snapshot(1, {INFO.id: collection}, toy_plan())
    keeper = SegmentKeeper(follower, demand, MembersCache(0), maker, threading.Event())
    monkeypatch.setattr("app.server.segment_renewal.MOST_PREPARED", 29)
    keeper._prepare_tiles()
    maker.make_tiles.assert_not_called()
    monkeypatch.setattr("app.server.segment_renewal.MOST_PREPARED", 30)
    for _ in range(2):
        keeper._prepare_tiles()
    maker.make_tiles.assert_called_once_with(collection, WEB_MERCATOR_QUAD)
