"""What the store keeps besides features: keys, imports and the audit log, as frozen records."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, TypedDict, get_args

from zones.model import JSON

Role = Literal["reader", "editor", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
"""From the least to the most that a key may do; each includes the ones before."""
RANK: Mapping[Role, int] = {role: rank for rank, role in enumerate(ROLES, 1)}

ImportState = Literal[
    "queued", "reading", "needs_decision", "ready", "applying", "applied", "rejected", "failed"
]
RUNNING: tuple[ImportState, ...] = ("queued", "reading", "applying")
"""States that only a living process leads on."""

DECIDABLE: tuple[ImportState, ...] = ("needs_decision", "ready", "rejected")
"""States from which a person's word can lead an import on, while its upload is kept."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key, or a person's account; its secret, or password, is known to its holder only.

    ``role`` holds in every collection that is not private, ``grants`` are roles in single ones.
    """

    id: str
    name: str
    role: Role
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    kind: Literal["key", "account"] = "key"
    grants: Mapping[str, Role] = field(default_factory=dict)

    @property
    def highest(self) -> Role:
        """The highest role that it has anywhere."""
        return _higher(self.role, *self.grants.values())

    def role_in(self, collection: str, *, private: bool) -> Role | None:
        """Return the role in a collection; None where it must not even be seen.

        Administrators are that in every collection, others in a private one by a grant alone.
        """
        granted = self.grants.get(collection)
        if private and self.role != "admin":
            return granted
        return self.role if granted is None else _higher(self.role, granted)

    def valid_at(self, now: datetime) -> bool:
        """Return whether the key opens anything at that time."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def _higher(*roles: Role) -> Role:
    return max(roles, key=lambda role: RANK[role])


@dataclass(frozen=True, slots=True)
class Group:
    """People and keys that have rights together; ``members`` are their ids."""

    id: str
    name: str
    created_at: datetime
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRecord:
    """One import as a job: what was asked, how far it is, how it ended.

    ``progress`` runs from 0 to 1; ``revision`` is the one it made, ``error`` why it failed.
    """

    id: str
    collection: str
    who: str
    file_name: str
    state: ImportState = "queued"
    progress: float = 0.0
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    finished_at: datetime | None = None
    file_sha256: str | None = None
    file_bytes: int | None = None
    options: Mapping[str, JSON] = field(default_factory=dict)
    report: Mapping[str, JSON] = field(default_factory=dict)
    revision: int | None = None
    error: Mapping[str, JSON] | None = None


class ImportFields(TypedDict, total=False):
    """What of an import changes while it runs."""

    state: ImportState
    progress: float
    finished_at: datetime | None
    file_sha256: str | None
    file_bytes: int | None
    options: Mapping[str, JSON]
    report: Mapping[str, JSON]
    revision: int | None
    error: Mapping[str, JSON] | None


@dataclass(frozen=True, slots=True)
class ImportEnd:
    """How an import will have ended once its revision is stored; told with the revision, or not.

    ``fields`` takes the revision's number.
    """

    id: str
    fields: Callable[[int], ImportFields]


@dataclass(frozen=True, slots=True)
class SavedMapping:
    """How the fields of a collection's files become its properties, as somebody saved it.

    ``mapping`` is as ``zones.ingest.field_mapping.mapping_from`` takes it; ``key`` is the field of
    ids.
    """

    collection: str
    mapping: Mapping[str, JSON]
    key: str | None
    saved_at: datetime
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One line of the audit log: who did what to which data, and what came of it.

    Never holds keys or attribute values. Text from outside is escaped, so that an entry is one
    line wherever it is shown. ``id`` counts up and is never given twice.
    """

    id: int
    at: datetime
    action: str
    outcome: str
    who: str | None = None
    key_id: str | None = None
    request_id: str | None = None
    collection: str | None = None
    file_name: str | None = None
    file_sha256: str | None = None
    file_bytes: int | None = None
    features_before: int | None = None
    features_after: int | None = None
    revision: int | None = None
    reason: str | None = None


class AuditFields(TypedDict, total=False):
    """What an audit entry may say besides its action and outcome."""

    who: str | None
    key_id: str | None
    request_id: str | None
    collection: str | None
    file_name: str | None
    file_sha256: str | None
    file_bytes: int | None
    features_before: int | None
    features_after: int | None
    revision: int | None
    reason: str | None
