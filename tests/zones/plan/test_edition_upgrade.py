"""A store with a former edition of the plan's data is offered the new one; people's work stays."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.former_edition import MOVED, make_former, properties, rewrite
from zones.errors import ConflictError, SeedError
from zones.model import Change, Feature, RevisionNote
from zones.plan.edition_merge import Preference
from zones.plan.edition_upgrade import (
    UpgradeConflict,
    UpgradeOffer,
    apply_upgrade,
    has_newer_edition,
    offer_upgrade,
)
from zones.plan.seed import read_features, seed_store
from zones.plan_text import Plan, load_plan
from zones.snapshot.current_snapshot import SnapshotFollower
from zones.store.open_store import open_store
from zones.store.revision_diff import is_same
from zones.store.sql.store import SqlStore

PEOPLE = RevisionNote("王工", "核对")


@pytest.fixture(scope="module")
def former_file(seed_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a closed store that holds a former edition; copy it before writing."""
    folder = tmp_path_factory.mktemp("former")
    store = open_store(f"sqlite:///{folder}/zones.sqlite")
    seed_store(store, make_former(seed_dir, folder / "seed"))
    store.close()
    return folder / "zones.sqlite"


@pytest.fixture
def store(former_file: Path, tmp_path: Path) -> Iterator[SqlStore]:
    """Return a store of its own that holds the former edition."""
    path = shutil.copy(former_file, tmp_path / "zones.sqlite")
    opened = open_store(f"sqlite:///{path}")
    yield opened
    opened.close()


def _stored(store: SqlStore, collection_id: str, fid: str) -> Feature:
    return next(f for f in store.features(collection_id) if f.fid == fid)


def _edit(store: SqlStore, collection_id: str, fid: str, **properties: Any) -> None:
    old = _stored(store, collection_id, fid)
    edited = Feature(fid, old.geometry, {**old.properties, **properties})
    store.apply([Change(collection_id, put=[edited])], PEOPLE)


def _prefer(side: Preference) -> Callable[[UpgradeConflict], Preference]:
    return lambda question: side


def _applied(
    store: SqlStore, seed_dir: Path, side: Preference = "mine"
) -> tuple[UpgradeOffer, UpgradeOffer]:
    """Return the offer and what is offered again once it is applied."""
    offer = offer_upgrade(store, seed_dir)
    apply_upgrade(store, seed_dir, offer=offer, decide=_prefer(side), who="cli")
    return offer, offer_upgrade(store, seed_dir)


def test_offer_is_the_diff_of_the_editions_and_writes_nothing(
    store: SqlStore, seed_dir: Path
) -> None:
    offer = offer_upgrade(store, seed_dir)
    found = {id_: len(diff) for id_, diff in offer.changes.items() if len(diff)}
    assert found == {"borders": 1, "sites": 4}
    sites = offer.changes["sites"]
    assert [f.fid for f in sites.removed] == ["pl-gone"]
    assert len(sites.added) == 1
    (border,) = offer.changes["borders"].changes()
    assert [(f.name, f.old, f.new) for f in border.fields] == [("accuracy_m", 20, 100)]
    assert (offer.questions, offer.unchanged) == ((), ())
    assert store.revision() == 1
    assert has_newer_edition(store, seed_dir)


@pytest.mark.slow
def test_applied_it_is_one_revision_and_the_store_holds_the_edition(
    store: SqlStore, seed_dir: Path
) -> None:
    _, again = _applied(store, seed_dir)
    assert store.revision() == 2
    assert store.revisions()[0].note.source_name == "seed"
    for id_ in ("borders", "sites", "zones"):
        held = {f.fid: f for f in store.features(id_)}
        edition = {f.fid: f for f in read_features(seed_dir, id_)}
        assert held.keys() == edition.keys()
        assert all(is_same(held[fid], feature) for fid, feature in edition.items())
    assert again.is_empty
    assert not has_newer_edition(store, seed_dir)
    before = {f.fid: f for f in store.features("borders", revision=1)}
    assert before[MOVED].properties["accuracy_m"] == 20


@pytest.mark.slow
def test_other_texts_of_the_plan_alone_are_no_newer_edition(
    store: SqlStore, seed_dir: Path, tmp_path: Path
) -> None:
    _applied(store, seed_dir)
    folder = Path(shutil.copytree(seed_dir, tmp_path / "seed"))
    plan = folder / "plan.json"
    plan.write_text(plan.read_text("utf-8") + "\n", "utf-8")
    assert offer_upgrade(store, folder).is_empty
    assert not has_newer_edition(store, folder)


def test_other_words_of_features_are_offered_those_of_the_plan_are_there_at_once(
    seed_dir: Path, tmp_path: Path
) -> None:
    """The text of the plan is the program's, that of features the store's."""
    former = Path(shutil.copytree(seed_dir, tmp_path / "seed"))
    rewrite(former, "borders", lambda found: properties(found, MOVED).update(basis="accuracy_m 60"))
    text = orjson.loads((former / "plan.json").read_bytes())
    text["conflicts"][10]["treatment"] = "写入aliases"
    (former / "plan.json").write_bytes(orjson.dumps(text))
    store = open_store(f"sqlite:///{tmp_path}/zones.sqlite")
    seed_store(store, former)
    assert load_plan(former).edition != load_plan(seed_dir).edition
    snapshot = SnapshotFollower(store, load_plan(seed_dir)).current()
    assert "别名" in snapshot.plan.conflicts[10].treatment
    assert has_newer_edition(store, seed_dir)
    offer, again = _applied(store, seed_dir)
    assert {id_: len(diff) for id_, diff in offer.changes.items() if len(diff)} == {"borders": 1}
    (border,) = offer.changes["borders"].changes()
    assert [field.name for field in border.fields] == ["basis"]
    assert _stored(store, "borders", MOVED).properties["basis"] != "accuracy_m 60"
    assert again.is_empty
    assert offer.questions == ()
    store.close()


def test_peoples_changes_elsewhere_stay(store: SqlStore, seed_dir: Path) -> None:
    _edit(store, "sites", "pl-hun-he", note="人工注记")
    _edit(store, "sites", "pl-k11", site_status="planned")
    own = Feature("pl-ours", None, {"name": "自加地点"})
    store.apply([Change("sites", put=[own])], PEOPLE)
    offer, _ = _applied(store, seed_dir)
    assert offer.questions == ()
    assert set(offer.unchanged) == {("sites", f"pl-{n}") for n in ("hun-he", "k11", "ours")}
    assert _stored(store, "sites", "pl-hun-he").properties["note"] == "人工注记"
    merged = _stored(store, "sites", "pl-k11").properties
    assert (merged["site_status"], merged["note"]) == ("planned", _new_note(seed_dir, "pl-k11"))
    assert _stored(store, "sites", "pl-ours").properties["name"] == "自加地点"


def _new_note(seed_dir: Path, fid: str) -> Any:
    return next(f for f in read_features(seed_dir, "sites") if f.fid == fid).properties["note"]


@pytest.mark.parametrize(("side", "accuracy"), [("mine", 5), ("new", 100)])
def test_what_both_changed_is_asked_about(
    store: SqlStore, seed_dir: Path, side: Preference, accuracy: float
) -> None:
    _edit(store, "borders", MOVED, accuracy_m=5)
    offer, _ = _applied(store, seed_dir, side)
    (question,) = offer.questions
    assert (question.collection, question.fid, question.names) == (
        "borders",
        MOVED,
        ("accuracy_m",),
    )
    assert offer.changes["borders"].changed == ()  # people's side until somebody says otherwise
    assert _stored(store, "borders", MOVED).properties["accuracy_m"] == accuracy


def test_removed_by_people_stays_removed(store: SqlStore, seed_dir: Path) -> None:
    store.apply([Change("borders", remove=[MOVED])], PEOPLE)
    offer, _ = _applied(store, seed_dir)
    assert [question.names for question in offer.questions] == [("feature",)]
    assert MOVED not in {f.fid for f in store.features("borders")}


@pytest.mark.slow
def test_peoples_change_that_outlived_one_edition_is_asked_about_at_the_next(
    store: SqlStore, seed_dir: Path, tmp_path: Path
) -> None:
    _edit(store, "borders", MOVED, accuracy_m=5)
    _applied(store, seed_dir)
    third = shutil.copytree(seed_dir, tmp_path / "third")
    rewrite(third, "borders", lambda f: properties(f, MOVED).update(accuracy_m=60))
    offer, _ = _applied(store, third)
    assert [(q.fid, q.names) for q in offer.questions] == [(MOVED, ("feature",))]
    assert _stored(store, "borders", MOVED).properties["accuracy_m"] == 5


def test_store_changed_since_the_offer_is_not_written_to(store: SqlStore, seed_dir: Path) -> None:
    offer = offer_upgrade(store, seed_dir)
    _edit(store, "sites", "pl-hun-he", note="人工注记")
    with pytest.raises(ConflictError):
        apply_upgrade(store, seed_dir, offer=offer, decide=_prefer("new"), who="cli")
    assert store.revision() == 2


def test_store_that_was_never_seeded_is_refused(empty_store: SqlStore, seed_dir: Path) -> None:
    with pytest.raises(SeedError) as caught:
        offer_upgrade(empty_store, seed_dir)
    assert caught.value.code == "seed-never-seeded"
    assert not has_newer_edition(empty_store, seed_dir)


def test_store_as_it_would_be_can_be_asked_before(
    store: SqlStore, seed_dir: Path, plan: Plan
) -> None:
    after = offer_upgrade(store, seed_dir).snapshot(plan)
    assert after.collection("borders").feature(MOVED).properties["accuracy_m"] == 100
