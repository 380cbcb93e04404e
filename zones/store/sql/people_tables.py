"""The tables of people: accounts, their sessions, groups, and who may do what in a collection."""

from sqlalchemy import Column, ForeignKey, Index, Table

from zones.store.sql.column_types import TEXT
from zones.store.sql.tables import metadata

accounts = Table(
    "accounts",
    metadata,
    Column("id", TEXT, primary_key=True),
    Column("name", TEXT, nullable=False, unique=True),
    Column("role", TEXT, nullable=False),
    Column("password", TEXT, nullable=False),
    Column("password_at", TEXT, nullable=False),
    Column("created_at", TEXT, nullable=False),
    Column("expires_at", TEXT, nullable=True),
    Column("revoked_at", TEXT, nullable=True),
    Column("last_used_at", TEXT, nullable=True),
    sqlite_strict=True,
)

account_sessions = Table(
    "account_sessions",
    metadata,
    Column("token_sha256", TEXT, primary_key=True),
    Column("account", TEXT, ForeignKey("accounts.id"), nullable=False),
    Column("expires_at", TEXT, nullable=False),
    Index("account_sessions_by_account", "account"),
    sqlite_strict=True,
)

people_groups = Table(
    "people_groups",
    metadata,
    Column("id", TEXT, primary_key=True),
    Column("name", TEXT, nullable=False, unique=True),
    Column("created_at", TEXT, nullable=False),
    sqlite_strict=True,
)

group_members = Table(
    "group_members",
    metadata,
    Column("group_id", TEXT, ForeignKey("people_groups.id"), primary_key=True),
    Column("member", TEXT, primary_key=True),  # the id of an account or a key
    Index("group_members_by_member", "member"),
    sqlite_strict=True,
)

grants = Table(
    "grants",
    metadata,
    Column("collection", TEXT, primary_key=True),
    Column("holder", TEXT, primary_key=True),  # the id of an account, a key or a group
    Column("role", TEXT, nullable=False),
    Index("grants_by_holder", "holder"),
    sqlite_strict=True,
)
