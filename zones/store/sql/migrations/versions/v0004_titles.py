"""Which property names a collection's features; titles and coded values of its properties."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both to the descriptions of collections, those of former revisions included."""
    op.add_column("collections", sa.Column("title_field", sa.Text))
    op.add_column("collections", sa.Column("fields", sa.Text, nullable=False, server_default="[]"))
