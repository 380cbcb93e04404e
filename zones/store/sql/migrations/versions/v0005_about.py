"""Source, licence, contact, key, look of a collection: what its staff say of it, as one object."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it to the descriptions of collections, empty for those of former revisions."""
    op.add_column("collections", sa.Column("about", sa.Text, nullable=False, server_default="{}"))
