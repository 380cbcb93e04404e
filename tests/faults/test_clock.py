"""A clock that jumps, back and ahead: revisions keep their order, which is by number."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import pytest

from tests.contract.stores import BACKENDS, fids, make, plot, put
from tests.postgres_cluster import Cluster
from zones.plan_text import Plan
from zones.snapshot.current_snapshot import SnapshotFollower
from zones.store.open_store import open_store
from zones.store.sql import write_revision
from zones.store.sql.prune import PrunePolicy
from zones.store.sql.store import SqlStore

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
JUMPS = (timedelta(0), timedelta(days=-400), timedelta(days=4_000), timedelta(seconds=-1))


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    url = f"sqlite:///{tmp_path}/zones.sqlite"
    if request.param == "postgres":
        cluster: Cluster = request.getfixturevalue("cluster")
        url = cluster.emptied_store()
    opened = open_store(url)
    yield opened
    opened.close()


def test_revisions_of_a_jumping_clock_are_in_order_and_seen(
    store: SqlStore, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    follower = SnapshotFollower(store, plan)
    for number, jump in enumerate(JUMPS, 1):
        moment = NOW + jump

        class Clock(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None, at: datetime = moment) -> "Clock":
                return cls.fromtimestamp(at.timestamp(), tz)

        monkeypatch.setattr(write_revision, "datetime", Clock)
        if number == 1:
            make(store, plot("p1"))
        else:
            put(store, plot(f"p{number}"))
        seen = follower.current()
        assert seen.revision == number
        assert len(seen.collections["plots"]) == number
    assert [made.at - NOW for made in reversed(store.revisions())] == list(JUMPS)
    policy = PrunePolicy(before=NOW - timedelta(days=200))
    assert store.pruning.preview(policy).versions == 0, "the first is younger, come what may"
    for number in range(1, len(JUMPS) + 1):
        assert fids(store, revision=number) == [f"p{each}" for each in range(1, number + 1)]
