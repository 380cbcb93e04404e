"""Old versions are removed by policy; what is, and who did what, stays."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import shake_128

import pytest

from tests.contract.stores import NOTE, TREES, fids, make, plot, put
from tests.paths import SEED_DIR
from zones.errors import PrunedRevisionError
from zones.model import Change
from zones.plan_text import load_plan
from zones.snapshot.current_snapshot import SnapshotFollower
from zones.store.restore_collection import restore
from zones.store.sql.collection_differences import RevisionCounts
from zones.store.sql.prune import PrunePolicy
from zones.store.sql.store import SqlStore


@pytest.fixture
def store(opened: Callable[[], SqlStore]) -> SqlStore:
    """Return a store of six revisions: plots in 1, 3 to 6, trees in 2."""
    store = opened()
    make(store, plot("a"), plot("b", n=1))
    make(store, plot("t"), info=TREES)
    store.apply([Change("plots", [plot("b", n=2), plot("c")], ["a"])], NOTE)
    put(store, plot("b", n=3))
    store.apply([Change("plots", remove=["c"])], NOTE)
    put(store, plot("b", n=4))
    return store


def pruned(store: SqlStore, **policy: object) -> tuple[int, int]:
    report = store.pruning.prune(PrunePolicy(**policy), who="li")  # type: ignore[arg-type]  # as named
    return report.versions, report.rows


def test_a_look_says_what_would_go_and_removes_nothing(store: SqlStore) -> None:
    found = store.pruning.preview(PrunePolicy(keep=2))
    (plots,) = found.collections
    assert (found.oldest, found.current) == (5, 6)
    assert (plots.id, plots.versions, plots.rows) == ("plots", 3, 4)
    assert plots.bytes > 0
    assert fids(store, revision=1) == ["a", "b"]
    assert store.audit.list() == ()


def test_what_is_kept_stays_as_it_was_and_what_went_is_refused_by_name(store: SqlStore) -> None:
    before = [store.features("plots", revision=number) for number in (5, 6)]
    assert pruned(store, keep=2) == (3, 4)
    assert [store.features("plots", revision=number) for number in (5, 6)] == before
    for number in (1, 2, 3, 4):
        with pytest.raises(PrunedRevisionError) as refused:
            store.features("plots", revision=number)
        assert refused.value.params == {"revision": number, "oldest": 5}
    assert store.pruning.oldest() == 5
    assert fids(store, "trees", revision=2) == ["t"], "nothing changed it since"


def test_the_current_revision_is_never_removed(store: SqlStore) -> None:
    before = store.features("plots")
    assert pruned(store, keep=0, before=datetime.now(UTC) + timedelta(days=1)) == (4, 5)
    assert store.features("plots") == store.features("plots", revision=6) == before
    assert (store.revision(), store.ready().ready) == (6, True)
    assert put(store, plot("b", n=5)) == ("plots",)


def test_history_tells_who_when_and_how_much_of_what_was_pruned(store: SqlStore) -> None:
    counts = store.revision_counts("plots", first=1, last=6)
    history = store.revisions("plots")
    pruned(store, keep=1)
    assert store.revision_counts("plots", first=1, last=6) == counts
    assert counts[3] == RevisionCounts(1, 1, 1)
    now = store.revisions("plots")
    assert [replace(each, pruned=frozenset()) for each in now] == history
    assert [each.number for each in now if "plots" in each.pruned] == [5, 4, 3, 1]


def test_a_feature_keeps_the_number_that_other_programs_know_it_by(store: SqlStore) -> None:
    first = store.first_revisions("plots")
    pruned(store, keep=2)
    pruned(store, keep=1)
    assert store.first_revisions("plots") == first == {"a": 1, "b": 1, "c": 3}


def test_neither_a_comparison_nor_a_restore_begins_at_what_was_pruned(store: SqlStore) -> None:
    pruned(store, keep=2)
    for since, to in ((4, 6), (6, 1)):
        with pytest.raises(PrunedRevisionError):
            store.differing("plots", since=since, to=to)
    with pytest.raises(PrunedRevisionError):
        restore(store, "plots", 3, note=NOTE)
    before, after = store.differing("plots", since=5, to=6)
    assert (len(before), len(after)) == (1, 1)
    made, _ = restore(store, "plots", 5, note=NOTE)
    assert made is not None
    assert made.number == 7
    assert store.changes_between("plots", since=1, to=6, most=9) is None


def test_a_policy_by_age_keeps_what_was_current_then(store: SqlStore) -> None:
    third = store.time_of_revision(3)
    assert third is not None
    report = store.pruning.preview(PrunePolicy(before=third))
    assert report.oldest == 3
    assert store.pruning.preview(PrunePolicy(before=third, keep=6)).oldest == 1, "both must pass"
    assert store.pruning.preview(PrunePolicy(before=third - timedelta(days=1))).versions == 0


def test_a_dropped_collection_can_be_restored_unless_it_is_said_to_go(store: SqlStore) -> None:
    store.apply([Change("trees", drop=True)], NOTE)
    put(store, plot("b", n=5))
    report = store.pruning.prune(PrunePolicy(keep=1), who="li")
    assert (report.kept, report.dropped) == ((("trees", 2),), ())
    restore(store, "trees", 6, note=NOTE)
    assert fids(store, "trees") == ["t"]
    store.apply([Change("trees", drop=True)], NOTE)
    report = store.pruning.prune(PrunePolicy(keep=1, dropped_too=True), who="li")
    assert report.dropped == ("trees",)
    with pytest.raises(PrunedRevisionError):
        restore(store, "trees", 6, note=NOTE)


def test_what_somebody_needs_stays(store: SqlStore) -> None:
    report = store.pruning.prune(PrunePolicy(keep=1, needed={("plots", 2)}), who="li")
    assert report.kept == (("plots", 1),)
    assert fids(store, revision=2) == ["a", "b"]
    with pytest.raises(PrunedRevisionError):
        store.features("plots", revision=3)
    assert pruned(store, keep=1) == (1, 2)
    with pytest.raises(PrunedRevisionError):
        store.features("plots", revision=2)


def test_a_follower_that_was_far_behind_begins_again(store: SqlStore) -> None:
    follower = SnapshotFollower(store, load_plan(SEED_DIR))
    assert follower.current().revision == 6
    store.apply([Change("plots", remove=["b"])], NOTE)
    put(store, plot("d"))
    pruned(store, keep=1)
    assert [feature.fid for feature in follower.current().collection("plots")] == ["d"]
    former = follower.at(7)
    assert list(former.collection("trees")), "unchanged since"
    with pytest.raises(PrunedRevisionError):
        former.collection("plots")


def test_a_prune_is_audited_with_it_or_not_at_all(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("no line")

    with monkeypatch.context() as patched:
        patched.setattr("zones.store.sql.pruning.add_line", fail)
        with pytest.raises(RuntimeError):
            store.pruning.prune(PrunePolicy(keep=1), who="li")
    assert fids(store, revision=1) == ["a", "b"]
    pruned(store, keep=1)
    (line,) = store.audit.list()
    assert (line.action, line.outcome, line.who, line.revision) == ("prune", "ok", "li", 6)
    assert pruned(store, keep=1) == (0, 0)
    assert len(store.audit.list()) == 1, "nothing was done, so nothing is told"


def test_the_room_comes_back(store: SqlStore) -> None:
    for turn in range(2):
        texts = [shake_128(f"{turn}-{part}".encode()).hexdigest(2_000) for part in range(500)]
        put(store, *(plot(f"p{number}", text=text) for number, text in enumerate(texts)))
    pruned(store, keep=1)
    before = store.pruning.nbytes()
    store.pruning.compact(whole=True)
    assert store.pruning.nbytes() < before - 1_000_000
    assert len(fids(store)) == 501
