"""The tables of people: accounts, their sessions, groups, and who may do what in a collection."""

from sqlalchemy import Column, ForeignKey, Index, Table, Text

from zones.store.sql.tables import metadata

accounts = Table(
    "accounts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("password", Text, nullable=False),
    Column("password_at", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("expires_at", Text, nullable=True),
    Column("revoked_at", Text, nullable=True),
    Column("last_used_at", Text, nullable=True),
    sqlite_strict=True,
)

account_sessions = Table(
    "account_sessions",
    metadata,
    Column("token_sha256", Text, primary_key=True),
    Column("account", Text, ForeignKey("accounts.id"), nullable=False),
    Column("expires_at", Text, nullable=False),
    Index("account_sessions_by_account", "account"),
    sqlite_strict=True,
)

people_groups = Table(
    "people_groups",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("created_at", Text, nullable=False),
    sqlite_strict=True,
)

group_members = Table(
    "group_members",
    metadata,
    Column("group_id", Text, ForeignKey("people_groups.id"), primary_key=True),
    Column("member", Text, primary_key=True),  # the id of an account or a key
    Index("group_members_by_member", "member"),
    sqlite_strict=True,
)

grants = Table(
    "grants",
    metadata,
    Column("collection", Text, primary_key=True),
    Column("holder", Text, primary_key=True),  # the id of an account, a key or a group
    Column("role", Text, nullable=False),
    Index("grants_by_holder", "holder"),
    sqlite_strict=True,
)
