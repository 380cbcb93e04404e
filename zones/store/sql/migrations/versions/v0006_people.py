"""Accounts with passwords, their sessions, groups, and rights in single collections."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; nobody has an account or a right in a single collection yet."""
    op.create_table(
        "accounts",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("password", sa.Text, nullable=False),
        sa.Column("password_at", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("expires_at", sa.Text, nullable=True),
        sa.Column("revoked_at", sa.Text, nullable=True),
        sa.Column("last_used_at", sa.Text, nullable=True),
        sqlite_strict=True,
    )
    op.create_table(
        "account_sessions",
        sa.Column("token_sha256", sa.Text, primary_key=True),
        sa.Column("account", sa.Text, sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("expires_at", sa.Text, nullable=False),
        sqlite_strict=True,
    )
    op.create_index("account_sessions_by_account", "account_sessions", ["account"])
    _make_rights()


def _make_rights() -> None:
    op.create_table(
        "people_groups",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("created_at", sa.Text, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "group_members",
        sa.Column("group_id", sa.Text, sa.ForeignKey("people_groups.id"), primary_key=True),
        sa.Column("member", sa.Text, primary_key=True),
        sqlite_strict=True,
    )
    op.create_index("group_members_by_member", "group_members", ["member"])
    op.create_table(
        "grants",
        sa.Column("collection", sa.Text, primary_key=True),
        sa.Column("holder", sa.Text, primary_key=True),
        sa.Column("role", sa.Text, nullable=False),
        sqlite_strict=True,
    )
    op.create_index("grants_by_holder", "grants", ["holder"])
