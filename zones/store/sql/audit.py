"""The audit log: who did what to which data. Lines are added, never changed or taken away."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar, Final, Unpack

from sqlalchemy import ColumnElement, Connection, RowMapping, insert, select

from zones.store.sql.database import Database
from zones.store.sql.records import AuditEntry, AuditFields
from zones.store.sql.rows import time_of, time_text
from zones.store.sql.tables import audit

TEXT_LENGTH = 1_000
"""Longer text from outside is cut: a name is no place to store things."""

_ESCAPED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories that break a line, hide or reorder text, or cannot be written at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which lines of the log are asked for; what is None does not matter.

    ``before`` asks for smaller ids, to read on from the last line seen.
    """

    NAMES: ClassVar = ("who", "action", "outcome", "collection", "since", "until")

    before: int | None = None
    collection: str | None = None
    who: str | None = None
    action: str | None = None
    outcome: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """Yield what must hold of a line."""
        for name in ("collection", "who", "action", "outcome"):
            value = getattr(self, name)
            if value is not None:
                yield audit.c[name] == escaped(value)
        if self.before is not None:
            yield audit.c.id < self.before
        if self.since is not None:
            yield audit.c.at >= time_text(self.since)
        if self.until is not None:
            yield audit.c.at <= time_text(self.until)


NO_FILTER: Final = AuditFilter()


class Audit:
    """The audit log of a store; the database itself refuses to change or delete a line."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, action: str, *, outcome: str, **fields: Unpack[AuditFields]) -> AuditEntry:
        """Add a line and return it once it is durable.

        ``outcome`` is ``ok``, ``refused`` or ``failed``, ``reason`` a message's code.
        """
        with self._database.writing() as connection:
            return add_line(connection, action, outcome=outcome, **fields)

    def list(self, limit: int = 100, filters: AuditFilter = NO_FILTER) -> tuple[AuditEntry, ...]:
        """Return the latest lines that are asked for, newest first, at most so many."""
        query = select(audit).where(*filters.conditions()).order_by(audit.c.id.desc()).limit(limit)
        with self._database.reading() as connection:
            return tuple(_entry(row) for row in connection.execute(query).mappings())


def add_line(
    connection: Connection, action: str, *, outcome: str, **fields: Unpack[AuditFields]
) -> AuditEntry:
    """Add a line in the transaction of what it tells of; see ``Audit.add``."""
    entry: dict[str, object] = {"action": action, "outcome": outcome, **fields}
    row = {
        name: escaped(value) if isinstance(value, str) else value for name, value in entry.items()
    }
    row["at"] = time_text(datetime.now(UTC))
    added = connection.execute(insert(audit).values(row).returning(audit))
    return _entry(added.mappings().one())


def escaped(text: str) -> str:
    r"""Return the text on one line: control and format characters as ``\uXXXX``, backslash twice.

    Examples
    --------
    >>> escaped("a\nb")
    'a\\u000ab'
    """
    return "".join(_escaped_character(character) for character in text[:TEXT_LENGTH])


def _entry(row: RowMapping) -> AuditEntry:
    return AuditEntry(**{**row, "at": time_of(row["at"])})


def _escaped_character(character: str) -> str:
    if character == "\\":
        return "\\\\"
    if unicodedata.category(character) not in _ESCAPED:
        return character
    number = ord(character)
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"  # noqa: PLR2004 - the last of four digits
