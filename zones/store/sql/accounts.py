"""Accounts of people: a name, a password's hash, a role; they expire, end and begin again."""

import secrets
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, insert, select, update

from zones.errors import ValidationError
from zones.store.sql.database import Database
from zones.store.sql.passwords import is_outdated, is_password, password_hash
from zones.store.sql.people_tables import account_sessions, accounts
from zones.store.sql.records import ROLES, Key
from zones.store.sql.rows import time_of, time_or_none, time_text

LONGEST_NAME: Final = 60
PROVIDER_PROOF: Final = "oidc:"
"""Begins what is kept in the place of a password for who signs in at a provider."""
USE_NOTED_EVERY: Final = timedelta(minutes=1)
_NO_NAME: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})


class Accounts:
    """The accounts of a store; each is a `Key` of the kind ``account`` to those who ask."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(
        self, name: str, role: str, password: str, *, expires_at: datetime | None = None
    ) -> Key:
        """Return a new account.

        Raises
        ------
        ValidationError
            If the role is unknown, the name is no name or taken, or the password too easy.
        """
        login = login_name(name)
        row = {
            "id": "u" + secrets.token_hex(6),
            "name": login,
            "role": _known_role(role),
            "password": password_hash(password, name=login),
            "password_at": time_text(datetime.now(UTC)),
            "created_at": time_text(datetime.now(UTC)),
            "expires_at": None if expires_at is None else time_text(expires_at),
        }
        with self._database.writing() as connection:
            if _row(connection, accounts.c.name == login) is not None:
                raise ValidationError("account-taken", name=login)
            connection.execute(insert(accounts), row)
            made = _row(connection, accounts.c.id == row["id"])
        assert made is not None  # noqa: S101 - just inserted, in the same transaction
        return _account(made)

    def signed_in(self, name: str, password: str) -> Key | None:
        """Return the account of a name and its password; None when anything does not fit.

        A hash made at another cost than today's is renewed.
        """
        row = self._find(accounts.c.name == _folded(name))
        stored = None if row is None else row["password"]
        if not is_password(stored, password) or row is None:
            return None
        account = _account(row)
        if not account.valid_at(datetime.now(UTC)):
            return None
        if is_outdated(row["password"]):
            self._put(account.id, {"password": password_hash(password, name=account.name)})
        return account

    def named(self, name: str) -> Key | None:
        """Return the account of that name, also one that has ended."""
        row = self._find(accounts.c.name == _folded(name))
        return None if row is None else _account(row)

    def valid(self, account_id: str) -> Key | None:
        """Return the account of that id while it opens anything, else None."""
        row = self._find(accounts.c.id == account_id)
        account = None if row is None else _account(row)
        return account if account and account.valid_at(datetime.now(UTC)) else None

    def list(self) -> tuple[Key, ...]:
        """Return all accounts, also those that have ended, by name."""
        with self._database.reading() as connection:
            rows = connection.execute(select(accounts).order_by(accounts.c.name))
            return tuple(_account(row) for row in rows.mappings())

    def set_password(self, account_id: str, password: str) -> None:
        """Give an account a password; every session of it ends.

        Raises
        ------
        ValidationError
            If the password is too easy, or the person signs in at a provider.
        """
        row = self._find(accounts.c.id == account_id)
        if row is not None and row["password"].startswith(PROVIDER_PROOF):
            raise ValidationError("oidc-no-password", name=row["name"])
        name = "" if row is None else row["name"]
        now = time_text(datetime.now(UTC))
        self._put(account_id, {"password": password_hash(password, name=name), "password_at": now})
        self._end_sessions(account_id)

    def change(
        self, account_id: str, *, role: str, expires_at: datetime | None, active: bool
    ) -> Key | None:
        """Give an account a role and an end, or end it now; None when there is no such.

        Raises
        ------
        ValidationError
            If the role is unknown.
        """
        before = self._find(accounts.c.id == account_id)
        if before is None:
            return None
        ended = None if active else before["revoked_at"] or time_text(datetime.now(UTC))
        expires = None if expires_at is None else time_text(expires_at)
        values = {"role": _known_role(role), "expires_at": expires, "revoked_at": ended}
        self._put(account_id, values)
        if not active:
            self._end_sessions(account_id)
        return _account({**before, **values})

    def note_use(self, account: Key) -> None:
        """Remember that an account was used; written at most once a minute for each."""
        now = datetime.now(UTC)
        if account.last_used_at is None or account.last_used_at < now - USE_NOTED_EVERY:
            self._put(account.id, {"last_used_at": time_text(now)})

    def _find(self, which: ColumnElement[bool]) -> RowMapping | None:
        with self._database.reading() as connection:
            return _row(connection, which)

    def _put(self, account_id: str, values: dict[str, str | None]) -> None:
        with self._database.writing() as connection:
            connection.execute(update(accounts).where(accounts.c.id == account_id).values(values))

    def _end_sessions(self, account_id: str) -> None:
        gone = delete(account_sessions).where(account_sessions.c.account == account_id)
        with self._database.writing() as connection:
            connection.execute(gone)


def login_name(name: str) -> str:
    """Return a name as it is kept and compared: in one width and case.

    Raises
    ------
    ValidationError
        If it is empty, too long, or has spaces or characters that cannot be seen.
    """
    folded = _folded(name)
    if not 1 <= len(folded) <= LONGEST_NAME or any(
        unicodedata.category(character) in _NO_NAME for character in folded
    ):
        raise ValidationError("account-name", longest=LONGEST_NAME)
    return folded


def _folded(name: str) -> str:
    text = name.encode("utf-8", "replace").decode()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).strip()


def _known_role(role: str) -> str:
    if role not in ROLES:
        raise ValidationError("role-unknown", role=role[:LONGEST_NAME], roles=", ".join(ROLES))
    return role


def _row(connection: Connection, which: ColumnElement[bool]) -> RowMapping | None:
    return connection.execute(select(accounts).where(which)).mappings().one_or_none()


def _account(row: RowMapping | dict[str, Any]) -> Key:
    return Key(
        id=row["id"],
        name=row["name"],
        role=row["role"],
        created_at=time_of(row["created_at"]),
        expires_at=time_or_none(row["expires_at"]),
        revoked_at=time_or_none(row["revoked_at"]),
        last_used_at=time_or_none(row["last_used_at"]),
        kind="account",
    )
