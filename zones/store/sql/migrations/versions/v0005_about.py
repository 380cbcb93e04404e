"""Source, licence, contact, key, look of a collection: what its staff say of it, as one object."""

import sqlalchemy as sa
from alembic import op

from zones.store.sql.column_types import TEXT

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it to the descriptions of collections, empty for those of former revisions."""
    op.add_column("collections", sa.Column("about", TEXT, nullable=False, server_default="{}"))


def downgrade() -> None:
    """Forget it."""
    op.drop_column("collections", "about")
