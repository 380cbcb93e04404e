"""Sessions of browsers: a random token stands for a key or an account until either ends."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, insert, select

from zones.store.sql.accounts import Accounts
from zones.store.sql.api_keys import Keys
from zones.store.sql.database import Database
from zones.store.sql.people_tables import account_sessions
from zones.store.sql.records import Key
from zones.store.sql.rows import time_text
from zones.store.sql.tables import sessions

TOKEN_BYTES = 32
LASTS = timedelta(hours=12)


class Sessions:
    """The sessions of a store; only the SHA-256 of a token is kept, as of a key's secret."""

    def __init__(self, database: Database, keys: Keys, accounts: Accounts) -> None:
        self._database = database
        self._keys = keys
        self._accounts = accounts

    def begin(self, key: Key) -> str:
        """Return the token of a new session; those that have expired are cleared away."""
        token, now = secrets.token_urlsafe(TOKEN_BYTES), datetime.now(UTC)
        ends = time_text(now + LASTS)
        with self._database.writing() as connection:
            for table in (sessions, account_sessions):
                connection.execute(delete(table).where(table.c.expires_at < time_text(now)))
            if key.kind == "account":
                row = {"token_sha256": _sha256(token).hex(), "account": key.id, "expires_at": ends}
                connection.execute(insert(account_sessions), row)
            else:
                values = {"token_sha256": _sha256(token), "key": key.id, "expires_at": ends}
                connection.execute(insert(sessions), values)
        return token

    def find(self, token: str) -> Key | None:
        """Return the key or account of a session; None when it has ended, or what it stands for."""
        now = time_text(datetime.now(UTC))
        digest = _sha256(token)
        of_key = select(sessions.c.key).where(
            sessions.c.token_sha256 == digest, sessions.c.expires_at >= now
        )
        of_account = select(account_sessions.c.account).where(
            account_sessions.c.token_sha256 == digest.hex(), account_sessions.c.expires_at >= now
        )
        with self._database.reading() as connection:
            key_id = connection.execute(of_key).scalar_one_or_none()
            account = None if key_id else connection.execute(of_account).scalar_one_or_none()
        if key_id is not None:
            return self._keys.valid(key_id)
        return None if account is None else self._accounts.valid(account)

    def end(self, token: str) -> None:
        """End a session, if there is one."""
        digest = _sha256(token)
        of_account = account_sessions.c.token_sha256 == digest.hex()
        with self._database.writing() as connection:
            connection.execute(delete(sessions).where(sessions.c.token_sha256 == digest))
            connection.execute(delete(account_sessions).where(of_account))


def _sha256(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
