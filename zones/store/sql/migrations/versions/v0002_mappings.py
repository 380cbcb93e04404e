"""The field mapping that is offered for a collection's next import."""

import sqlalchemy as sa
from alembic import op

from zones.store.sql.column_types import TEXT

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of mappings."""
    op.create_table(
        "mappings",
        sa.Column("collection", TEXT, primary_key=True),
        sa.Column("mapping", TEXT, nullable=False),
        sa.Column("key", TEXT),
        sa.Column("saved_at", TEXT, nullable=False),
        sa.Column("who", TEXT, nullable=False),
        sqlite_strict=True,
    )


def downgrade() -> None:
    """Forget the mappings."""
    op.drop_table("mappings")
