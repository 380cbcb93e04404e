"""A new edition of the plan's data, offered to a store that holds a former one.

Nothing is overwritten unseen. A store that was seeded keeps the edition as a revision; what people
changed since is found by comparing. ``offer_upgrade`` says what the new edition would change, what
people changed that stays, and what both changed and somebody has to decide;
``apply_upgrade`` makes one revision of it, the former edition staying in the history.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from zones.errors import SeedError
from zones.model import Change, Feature, Revision, RevisionNote
from zones.plan.edition_merge import Merged, Preference, merge_features
from zones.plan.seed import SEED_COLLECTIONS, SEED_SOURCE, read_features, seed_fingerprint
from zones.plan_text import Plan
from zones.snapshot.model import Snapshot, snapshot_from
from zones.store.protocol import Store
from zones.store.revision_diff import RevisionDiff, difference_between, is_same

_WHY: Final = "规划数据新版 / a new edition of the plan's data"

Features = Mapping[str, Feature]


@dataclass(frozen=True, slots=True)
class UpgradeConflict:
    """A feature that both people and the new edition changed.

    ``names`` are the fields in question, ``geometry`` among them, or ``feature`` for all of it.
    """

    collection: str
    fid: str
    names: tuple[str, ...]
    mine: Feature | None
    new: Feature | None


Decide = Callable[[UpgradeConflict], Preference]


@dataclass(frozen=True)
class UpgradeOffer:
    """What a new edition would do to a store as of ``revision``.

    ``changes`` and ``after``, what the collections would hold, are by collection, with people's
    side taken in every question; ``unchanged`` names the features of which something that people
    changed stays.
    """

    revision: int
    fingerprint: str
    is_current: bool
    changes: Mapping[str, RevisionDiff]
    after: Mapping[str, tuple[Feature, ...]]
    questions: tuple[UpgradeConflict, ...]
    unchanged: tuple[tuple[str, str], ...]

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to do and nothing to decide."""
        return self.is_current or not (self.questions or any(map(len, self.changes.values())))

    def snapshot(self, plan: Plan) -> Snapshot:
        """Return the plan's collections as they would be."""
        infos = {info.id: info for info in SEED_COLLECTIONS}
        puts = [Change(id_, put=put, collection=infos[id_]) for id_, put in self.after.items()]
        return snapshot_from(puts, plan)


def offer_upgrade(store: Store, seed_dir: Path) -> UpgradeOffer:
    """Return what the seed in a directory would change in a store.

    Raises
    ------
    SeedError
        If a file of the seed cannot be read, or the store was never seeded.
    StoreError
    """
    fingerprint = seed_fingerprint(seed_dir)
    sides = _Sides(store, seed_dir)
    changes: dict[str, RevisionDiff] = {}
    after: dict[str, tuple[Feature, ...]] = {}
    questions: list[UpgradeConflict] = []
    unchanged_ids: list[tuple[str, str]] = []
    for info in SEED_COLLECTIONS:
        merged = sides.merged(info.id)
        mine = sides.mine[info.id]
        after[info.id] = tuple(m.feature for m in merged.values() if m.feature is not None)
        changes[info.id] = difference_between(list(mine.values()), after[info.id])
        questions += sides.questions(info.id, merged)
        unchanged_ids += [(info.id, fid) for fid in sides.changed_by_people(info.id)]
    in_question = {(question.collection, question.fid) for question in questions}
    return UpgradeOffer(
        revision=sides.revision,
        fingerprint=fingerprint,
        is_current=sides.last.note.source_sha256 == fingerprint,
        changes=changes,
        after=after,
        questions=tuple(questions),
        unchanged=tuple(each for each in unchanged_ids if each not in in_question),
    )


def upgrade_changes(store: Store, seed_dir: Path, decide: Decide) -> list[Change]:
    """Return the changes that bring a new edition in, questions being answered by ``decide``.

    Raises
    ------
    SeedError, StoreError
        As ``offer_upgrade``.
    """
    sides = _Sides(store, seed_dir)
    found = []
    for info in SEED_COLLECTIONS:
        merged = sides.merged(info.id, decide)
        mine = sides.mine[info.id]
        put = [m.feature for fid, m in merged.items() if m.feature and _differs(m, mine.get(fid))]
        remove = [fid for fid, m in merged.items() if m.feature is None and fid in mine]
        is_new = info.id not in sides.known
        if put or remove or is_new:
            found.append(Change(info.id, put, remove, info if is_new else None))
    return found


def apply_upgrade(
    store: Store, seed_dir: Path, *, offer: UpgradeOffer, decide: Decide, who: str
) -> Revision:
    """Make one revision of a new edition and return it.

    Raises
    ------
    ConflictError
        If the store was changed since the offer was made.
    SeedError, StoreError
    """
    note = RevisionNote(who, _WHY, source_name=SEED_SOURCE, source_sha256=offer.fingerprint)
    changes = upgrade_changes(store, seed_dir, decide)
    return store.apply(changes, note, expected=offer.revision)


def has_newer_edition(store: Store, seed_dir: Path) -> bool:
    """Return whether a seed would change or ask anything of a store that was once seeded.

    False for a store that was never seeded, and where only texts that no store holds are other
    ones, as the plan's in ``plan.json``.

    Raises
    ------
    SeedError, StoreError
    """
    seeded = (r for r in store.revisions() if r.note.source_name == SEED_SOURCE)
    last = next(seeded, None)
    if last is None or last.note.source_sha256 == seed_fingerprint(seed_dir):
        return False
    return not offer_upgrade(store, seed_dir).is_empty


def compared_versions(store: Store) -> set[tuple[str, int]]:
    """Return the collections and revisions that an upgrade of the store compares with."""
    seeded = sorted(r.number for r in store.revisions() if r.note.source_name == SEED_SOURCE)
    numbers = {*seeded, *(number - 1 for number in seeded[1:])}
    return {(info.id, number) for info in SEED_COLLECTIONS for number in numbers}


def _differs(merged: Merged, mine: Feature | None) -> bool:
    return merged.feature is not None and (mine is None or not is_same(mine, merged.feature))


class _Sides:
    """What is stored, the edition that it comes from, and the new edition."""

    def __init__(self, store: Store, seed_dir: Path) -> None:
        self.revision = store.revision()
        seeded = [r for r in store.revisions() if r.note.source_name == SEED_SOURCE]
        if not seeded:
            raise SeedError("seed-never-seeded")
        self.last, self._seeded = seeded[0], sorted(revision.number for revision in seeded)
        self._store = store
        self.known = {info.id for info in store.collections()}
        ids = [info.id for info in SEED_COLLECTIONS]
        self.mine = {id_: self._at(id_, self.revision) for id_ in ids}
        self.new = {id_: _by_fid(read_features(seed_dir, id_)) for id_ in ids}
        self._base = {id_: self._at(id_, self.last.number) for id_ in ids}
        self._unknown = {id_: set(self._changed_before(id_)) for id_ in ids}

    def merged(self, id_: str, decide: Decide | None = None) -> dict[str, Merged]:
        """Return what comes of each feature of a collection."""
        found = {}
        for fid in dict.fromkeys((*self.mine[id_], *self.new[id_])):
            mine, new, base = (
                self.mine[id_].get(fid),
                self.new[id_].get(fid),
                self._base_of(id_, fid),
            )
            found[fid] = merge_features(base, mine, new)
            if decide is not None and found[fid].questions:
                answer = decide(UpgradeConflict(id_, fid, found[fid].questions, mine, new))
                found[fid] = merge_features(base, mine, new, answer)
        return found

    def questions(self, id_: str, merged: Mapping[str, Merged]) -> Iterator[UpgradeConflict]:
        """Yield the features of a collection that both sides changed."""
        for fid, found in merged.items():
            if found.questions:
                sides = self.mine[id_].get(fid), self.new[id_].get(fid)
                yield UpgradeConflict(id_, fid, found.questions, *sides)

    def changed_by_people(self, id_: str) -> Iterator[str]:
        """Yield the features that people changed, added or removed since the last edition."""
        yield from _changed(self._base[id_], self.mine[id_])

    def _base_of(self, id_: str, fid: str) -> Feature | None:
        return None if fid in self._unknown[id_] else self._base[id_].get(fid)

    def _changed_before(self, id_: str) -> Iterator[str]:
        """Yield what people changed before the last edition came in.

        The store kept their side of it then, so what that edition itself said is not known.
        """
        for seeded, later in pairwise(self._seeded):
            yield from _changed(self._at(id_, seeded), self._at(id_, later - 1))

    def _at(self, id_: str, revision: int) -> Features:
        if id_ not in {info.id for info in self._store.collections(revision=revision)}:
            return {}
        return _by_fid(self._store.features(id_, revision=revision))


def _by_fid(features: Iterable[Feature]) -> Features:
    return {feature.fid: feature for feature in features}


def _changed(before: Features, after: Features) -> Iterator[str]:
    for fid in dict.fromkeys((*before, *after)):
        one, other = before.get(fid), after.get(fid)
        if one is None or other is None or not is_same(one, other):
            yield fid
