"""Sessions of browsers, each of one key."""

import sqlalchemy as sa
from alembic import op

from zones.store.sql.column_types import TEXT

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of sessions."""
    op.create_table(
        "sessions",
        sa.Column("token_sha256", sa.LargeBinary, primary_key=True),
        sa.Column("key", TEXT, sa.ForeignKey("keys.id"), nullable=False),
        sa.Column("expires_at", TEXT, nullable=False),
        sqlite_strict=True,
    )


def downgrade() -> None:
    """End all sessions."""
    op.drop_table("sessions")
