"""What stays of versions of collections whose features are removed: their counts, their fids."""

import sqlalchemy as sa
from alembic import op

from zones.store.sql.column_types import NUMBER, TEXT

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_PRUNED = sa.text("pruned_to IS NOT NULL")


def upgrade() -> None:
    """Add the columns and the table; nothing is pruned yet."""
    for name in ("added", "changed", "removed", "pruned_to"):
        op.add_column("revision_collections", sa.Column(name, NUMBER, nullable=True))
    op.create_index(
        "revision_collections_pruned",
        "revision_collections",
        ["pruned_to"],
        sqlite_where=_PRUNED,
        postgresql_where=_PRUNED,
    )
    op.create_table(
        "former_fids",
        sa.Column("collection", TEXT, primary_key=True),
        sa.Column("fid", TEXT, primary_key=True),
        sa.Column("first_revision", NUMBER, nullable=False),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Forget them; an older program takes pruned versions for empty ones."""
    op.drop_table("former_fids")
    op.drop_index("revision_collections_pruned", "revision_collections")
    for name in ("pruned_to", "removed", "changed", "added"):
        op.drop_column("revision_collections", name)
