"""Sessions of browsers, each of one key."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of sessions."""
    op.create_table(
        "sessions",
        sa.Column("token_sha256", sa.LargeBinary, primary_key=True),
        sa.Column("key", sa.Text, sa.ForeignKey("keys.id"), nullable=False),
        sa.Column("expires_at", sa.Text, nullable=False),
        sqlite_strict=True,
    )
