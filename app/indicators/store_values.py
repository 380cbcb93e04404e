"""Values of indicators -> a revision of their collection."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.indicators.read_reported_values import Sent
from zones.errors import ConflictError
from zones.model import Change, RevisionNote
from zones.plan.indicator_values import changed_values, value_feature, values_info
from zones.plan.indicators import VALUES, Target, reported_values
from zones.snapshot.model import Snapshot
from zones.store.sql.records import Key
from zones.store.sql.store import SqlStore


@dataclass(frozen=True, slots=True)
class Stored:
    """How many values are new, changed and the same; ``revision`` is None if nothing was stored."""

    new: int
    changed: int
    same: int
    blank: int
    dry_run: bool
    revision: int | None

    def as_json(self) -> dict[str, Any]:
        """Return JSON values."""
        return {
            "new": self.new,
            "changed": self.changed,
            "same": self.same,
            "blank": self.blank,
            "dry_run": self.dry_run,
            "revision": self.revision,
        }


def stored_values(
    store: SqlStore,
    snapshot: Snapshot,
    targets: Mapping[str, Target],
    sent: Sent,
    *,
    key: Key,
    request_id: str,
) -> Stored:
    """Store the values that differ from those there, as one revision; none if none does.

    Raises
    ------
    ConflictError
        If the store moved on since ``snapshot``, or another collection has the name.
    """
    new, changed, same = changed_values(sent.read.values, reported_values(snapshot))
    counts = (len(new), len(changed), same, sent.read.blank, sent.dry_run)
    if sent.dry_run or not (new or changed):
        return Stored(*counts, None)
    info = snapshot.info(VALUES)
    is_there = VALUES in snapshot.collections
    if is_there and info.group != values_info().group:
        raise ConflictError("collection-exists", collection=VALUES)
    put = [value_feature(value, targets[value.code]) for value in (*new, *changed)]
    change = Change(VALUES, put=put, collection=None if is_there else values_info())
    why = sent.note or f"上报指标现状值 {len(put)} 个 / report {len(put)} values of indicators"
    note = RevisionNote(key.name, why[:2000], sent.file_name, sent.sha256, sent.size)
    revision = store.apply([change], note, expected=snapshot.revision)
    store.audit.add(
        "report-indicators",
        outcome="ok",
        who=key.name,
        key_id=key.id,
        request_id=request_id,
        collection=VALUES,
        revision=revision.number,
    )
    return Stored(*counts, revision.number)
