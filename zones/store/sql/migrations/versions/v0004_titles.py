"""Which property names a collection's features; titles and coded values of its properties."""

import sqlalchemy as sa
from alembic import op

from zones.store.sql.column_types import TEXT

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both to the descriptions of collections, those of former revisions included."""
    op.add_column("collections", sa.Column("title_field", TEXT))
    op.add_column("collections", sa.Column("fields", TEXT, nullable=False, server_default="[]"))


def downgrade() -> None:
    """Forget both."""
    op.drop_column("collections", "fields")
    op.drop_column("collections", "title_field")
