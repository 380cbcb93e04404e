"""The field mapping that is offered for a collection's next import."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of mappings."""
    op.create_table(
        "mappings",
        sa.Column("collection", sa.Text, primary_key=True),
        sa.Column("mapping", sa.Text, nullable=False),
        sa.Column("key", sa.Text),
        sa.Column("saved_at", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sqlite_strict=True,
    )
