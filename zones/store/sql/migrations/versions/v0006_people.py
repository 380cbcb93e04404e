"""Accounts with passwords, their sessions, groups, and rights in single collections."""

import sqlalchemy as sa
from alembic import op

from zones.store.sql.column_types import TEXT

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; nobody has an account or a right in a single collection yet."""
    op.create_table(
        "accounts",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("name", TEXT, nullable=False, unique=True),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("password", TEXT, nullable=False),
        sa.Column("password_at", TEXT, nullable=False),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("expires_at", TEXT, nullable=True),
        sa.Column("revoked_at", TEXT, nullable=True),
        sa.Column("last_used_at", TEXT, nullable=True),
        sqlite_strict=True,
    )
    op.create_table(
        "account_sessions",
        sa.Column("token_sha256", TEXT, primary_key=True),
        sa.Column("account", TEXT, sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("expires_at", TEXT, nullable=False),
        sqlite_strict=True,
    )
    op.create_index("account_sessions_by_account", "account_sessions", ["account"])
    _make_rights()


def downgrade() -> None:
    """Forget all accounts, groups and rights."""
    for table in ("grants", "group_members", "people_groups", "account_sessions", "accounts"):
        op.drop_table(table)


def _make_rights() -> None:
    op.create_table(
        "people_groups",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("name", TEXT, nullable=False, unique=True),
        sa.Column("created_at", TEXT, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "group_members",
        sa.Column("group_id", TEXT, sa.ForeignKey("people_groups.id"), primary_key=True),
        sa.Column("member", TEXT, primary_key=True),
        sqlite_strict=True,
    )
    op.create_index("group_members_by_member", "group_members", ["member"])
    op.create_table(
        "grants",
        sa.Column("collection", TEXT, primary_key=True),
        sa.Column("holder", TEXT, primary_key=True),
        sa.Column("role", TEXT, nullable=False),
        sqlite_strict=True,
    )
    op.create_index("grants_by_holder", "grants", ["holder"])
