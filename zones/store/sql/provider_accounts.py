"""Accounts of people who sign in at a provider of OpenID Connect, and never by a password here."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from zones.errors import ValidationError
from zones.store.sql.accounts import PROVIDER_PROOF, Accounts, login_name
from zones.store.sql.database import Database
from zones.store.sql.people_tables import accounts, group_members, people_groups
from zones.store.sql.records import Key, Role
from zones.store.sql.rows import time_text

MOST_GROUPS: Final = 1_000


@dataclass(frozen=True, slots=True)
class ProviderIdentity:
    """Who somebody is by the word of a provider; the subject is never given to another person.

    ``groups`` are the provider's names of them.
    """

    issuer: str
    subject: str
    name: str
    role: Role
    groups: Sequence[str]

    @property
    def proof(self) -> str:
        """What is kept in the place of a password's hash; no password has it."""
        digest = hashlib.sha256(f"{self.issuer}\n{self.subject}".encode()).hexdigest()
        return f"{PROVIDER_PROOF}{digest}"


class ProviderAccounts:
    """Makes and renews the accounts; they are among the others of a store."""

    def __init__(self, database: Database, known: Accounts) -> None:
        self._database = database
        self._accounts = known

    def signed_in(self, identity: ProviderIdentity) -> Key | None:
        """Return the person's account, made at the first time; None when it has ended here.

        Role and groups are as the provider says now; of groups, those that there are here.

        Raises
        ------
        ValidationError
            If the name is no name, or an account has it that is not this person's.
        """
        with self._database.writing() as connection:
            known = select(accounts.c.id).where(accounts.c.password == identity.proof)
            account_id = connection.execute(known).scalar_one_or_none()
            if account_id is None:
                account_id = _made(connection, identity)
            renewed = update(accounts).where(accounts.c.id == account_id)
            connection.execute(renewed.values(role=identity.role))
            _put_into_groups(connection, account_id, identity.groups)
        return self._accounts.valid(account_id)


def _made(connection: Connection, identity: ProviderIdentity) -> str:
    name = login_name(identity.name)
    taken = select(accounts.c.id).where(accounts.c.name == name)
    if connection.execute(taken).scalar_one_or_none() is not None:
        raise ValidationError("oidc-name-taken", name=name)
    now = time_text(datetime.now(UTC))
    row = {
        "id": "u" + secrets.token_hex(6),
        "name": name,
        "role": identity.role,
        "password": identity.proof,
        "password_at": now,
        "created_at": now,
        "expires_at": None,
    }
    connection.execute(insert(accounts), row)
    return str(row["id"])


def _put_into_groups(connection: Connection, account_id: str, names: Sequence[str]) -> None:
    listed = list(dict.fromkeys(names))[:MOST_GROUPS]
    found = select(people_groups.c.id).where(people_groups.c.name.in_(listed))
    ids = connection.execute(found).scalars().all()
    connection.execute(delete(group_members).where(group_members.c.member == account_id))
    if ids:
        rows = [{"group_id": group_id, "member": account_id} for group_id in ids]
        connection.execute(insert(group_members), rows)
