"""The keys that may write: made once, kept as SHA-256, found in constant time, revoked."""

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, RowMapping, insert, select, update

from zones.errors import ValidationError
from zones.store.sql.database import Database
from zones.store.sql.records import ROLES, Key
from zones.store.sql.rows import storable, time_of, time_or_none, time_text
from zones.store.sql.tables import keys

SECRET_PREFIX = "hz_"  # noqa: S105 - a prefix, so that scanners for leaked secrets know ours
SECRET_BYTES = 32
USE_NOTED_EVERY = timedelta(minutes=1)


class Keys:
    """The keys of a store. A secret is random and long, so SHA-256 without salt is enough."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(
        self,
        name: str,
        role: str,
        *,
        secret: str | None = None,
        expires_at: datetime | None = None,
    ) -> tuple[Key, str]:
        """Return a new key and its secret, which nothing can show again.

        A ``secret`` that belongs to a key already, also a revoked one, gives that key back
        unchanged: several processes may start with the same first key.

        Raises
        ------
        ValidationError
            If the role is unknown, the name is empty, or the secret given is.
        """
        if not name.strip() or role not in ROLES or secret == "":
            raise ValidationError("key-not-made", roles=", ".join(ROLES))
        shown = SECRET_PREFIX + secrets.token_urlsafe(SECRET_BYTES) if secret is None else secret
        row = {
            "id": secrets.token_hex(6),
            "name": storable(name),
            "role": role,
            "secret_sha256": _sha256(shown),
            "created_at": time_text(datetime.now(UTC)),
            "expires_at": None if expires_at is None else time_text(expires_at),
        }
        of_secret = keys.c.secret_sha256 == row["secret_sha256"]
        with self._database.writing() as connection:
            if _row(connection, of_secret) is None:
                connection.execute(insert(keys), row)
            made = _row(connection, of_secret)
        assert made is not None  # noqa: S101 - just inserted, in the same transaction
        return _key(made), shown

    def find(self, secret: str) -> Key | None:
        """Return the key of a secret; none when unknown, revoked or expired. Writes nothing."""
        digest = _sha256(secret)
        with self._database.reading() as connection:
            row = _row(connection, keys.c.secret_sha256 == digest)
        if row is None or not hmac.compare_digest(row["secret_sha256"], digest):
            return None
        key = _key(row)
        return key if key.valid_at(datetime.now(UTC)) else None

    def valid(self, key_id: str) -> Key | None:
        """Return the key of that id while it opens anything, else None."""
        with self._database.reading() as connection:
            row = _row(connection, keys.c.id == key_id)
        key = None if row is None else _key(row)
        return key if key is not None and key.valid_at(datetime.now(UTC)) else None

    def note_use(self, key: Key) -> None:
        """Remember that a key was used; written at most once a minute for each key."""
        now = datetime.now(UTC)
        stale = time_text(now - USE_NOTED_EVERY)
        if key.last_used_at is not None and time_text(key.last_used_at) > stale:
            return
        with self._database.writing() as connection:
            used = update(keys).where(keys.c.id == key.id).values(last_used_at=time_text(now))
            connection.execute(used)

    def list(self) -> tuple[Key, ...]:
        """Return all keys, also revoked ones, in the order made."""
        with self._database.reading() as connection:
            rows = connection.execute(select(keys).order_by(keys.c.created_at, keys.c.id))
            return tuple(_key(row) for row in rows.mappings())

    def revoke(self, key_id: str) -> Key | None:
        """End a key and return it; a second time changes nothing. None when there is no such."""
        now = time_text(datetime.now(UTC))
        ended = update(keys).where(keys.c.id == key_id, keys.c.revoked_at.is_(None))
        with self._database.writing() as connection:
            connection.execute(ended.values(revoked_at=now))
            row = _row(connection, keys.c.id == key_id)
        return None if row is None else _key(row)


def _row(connection: Connection, which: ColumnElement[bool]) -> RowMapping | None:
    return connection.execute(select(keys).where(which)).mappings().one_or_none()


def _key(row: RowMapping) -> Key:
    return Key(
        id=row["id"],
        name=row["name"],
        role=row["role"],
        created_at=time_of(row["created_at"]),
        expires_at=time_or_none(row["expires_at"]),
        revoked_at=time_or_none(row["revoked_at"]),
        last_used_at=time_or_none(row["last_used_at"]),
    )


def _sha256(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
