"""Sessions of browsers: a random token stands for a key until it expires or the key ends."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, insert, select

from zones.store.sql.database import Database
from zones.store.sql.keys import Keys
from zones.store.sql.records import Key
from zones.store.sql.rows import time_text
from zones.store.sql.tables import sessions

TOKEN_BYTES = 32
LASTS = timedelta(hours=12)


class Sessions:
    """The sessions of a store; only the SHA-256 of a token is kept, as of a key's secret."""

    def __init__(self, database: Database, keys: Keys) -> None:
        self._database = database
        self._keys = keys

    def begin(self, key: Key) -> str:
        """Return the token of a new session; those that have expired are cleared away."""
        token, now = secrets.token_urlsafe(TOKEN_BYTES), datetime.now(UTC)
        row = {
            "token_sha256": _sha256(token),
            "key": key.id,
            "expires_at": time_text(now + LASTS),
        }
        with self._database.writing() as connection:
            connection.execute(delete(sessions).where(sessions.c.expires_at < time_text(now)))
            connection.execute(insert(sessions), row)
        return token

    def find(self, token: str) -> Key | None:
        """Return the key of a session; None when it has ended, or its key has."""
        now = datetime.now(UTC)
        query = select(sessions.c.key).where(
            sessions.c.token_sha256 == _sha256(token), sessions.c.expires_at >= time_text(now)
        )
        with self._database.reading() as connection:
            key_id = connection.execute(query).scalar_one_or_none()
        return None if key_id is None else self._keys.valid(key_id)

    def end(self, token: str) -> None:
        """End a session, if there is one."""
        gone = delete(sessions).where(sessions.c.token_sha256 == _sha256(token))
        with self._database.writing() as connection:
            connection.execute(gone)


def _sha256(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
