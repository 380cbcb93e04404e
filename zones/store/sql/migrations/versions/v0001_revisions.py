"""Revisions, collections and features with their history; keys, imports and audit."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    _make_revisions()
    _make_collections()
    _make_features()
    _make_keys()
    _make_imports()
    _make_audit()


def _make_revisions() -> None:
    op.create_table(
        "revisions",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("source_name", sa.Text),
        sa.Column("source_sha256", sa.Text),
        sa.Column("source_bytes", sa.Integer),
        sqlite_strict=True,
    )
    op.create_table(
        "revision_collections",
        sa.Column("revision", sa.Integer, sa.ForeignKey("revisions.number"), primary_key=True),
        sa.Column("collection", sa.Text, primary_key=True),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    by_collection = "revision_collections_by_collection"
    op.create_index(by_collection, "revision_collections", ["collection", "revision"])


def _make_collections() -> None:
    op.create_table(
        "collections",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("title_en", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("description_en", sa.Text, nullable=False),
        sa.Column("kinds", sa.Text, nullable=False),
        sa.Column("group", sa.Text, nullable=False),
        sa.Column("part_of_plan", sa.Integer, nullable=False),
        sa.Column("order", sa.Integer, nullable=False),
        sa.Column("from_rev", sa.Integer, sa.ForeignKey("revisions.number"), primary_key=True),
        sa.Column("to_rev", sa.Integer, sa.ForeignKey("revisions.number")),
        sa.CheckConstraint("to_rev > from_rev", name="collections_end_after_begin"),
        sqlite_strict=True,
    )
    current = sa.text("to_rev IS NULL")
    op.create_index("collections_current", "collections", ["id"], unique=True, sqlite_where=current)


def _make_features() -> None:
    op.create_table(
        "features",
        sa.Column("collection", sa.Text, primary_key=True),
        sa.Column("fid", sa.Text, primary_key=True),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("geometry", sa.LargeBinary),
        sa.Column("properties", sa.Text, nullable=False),
        sa.Column("from_rev", sa.Integer, sa.ForeignKey("revisions.number"), primary_key=True),
        sa.Column("to_rev", sa.Integer, sa.ForeignKey("revisions.number")),
        sa.CheckConstraint("to_rev > from_rev", name="features_end_after_begin"),
        sqlite_strict=True,
    )
    place = ["collection", "ordinal"]
    current = sa.text("to_rev IS NULL")
    ended = sa.text("to_rev IS NOT NULL")
    op.create_index("features_begun", "features", ["from_rev"], sqlite_where=current)
    op.create_index("features_current", "features", place, unique=True, sqlite_where=current)
    op.create_index("features_ended", "features", ["to_rev"], sqlite_where=ended)


def _make_keys() -> None:
    op.create_table(
        "keys",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("secret_sha256", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("expires_at", sa.Text),
        sa.Column("revoked_at", sa.Text),
        sa.Column("last_used_at", sa.Text),
        sqlite_strict=True,
    )


def _make_imports() -> None:
    op.create_table(
        "imports",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("collection", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("progress", sa.REAL, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("finished_at", sa.Text),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("file_sha256", sa.Text),
        sa.Column("file_bytes", sa.Integer),
        sa.Column("options", sa.Text, nullable=False),
        sa.Column("report", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer),
        sa.Column("error", sa.Text),
        sa.Column("process", sa.Text, nullable=False),
        sqlite_strict=True,
    )
    op.create_index("imports_by_time", "imports", ["created_at"])


def _make_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("who", sa.Text),
        sa.Column("key_id", sa.Text),
        sa.Column("request_id", sa.Text),
        sa.Column("collection", sa.Text),
        sa.Column("file_name", sa.Text),
        sa.Column("file_sha256", sa.Text),
        sa.Column("file_bytes", sa.Integer),
        sa.Column("features_before", sa.Integer),
        sa.Column("features_after", sa.Integer),
        sa.Column("revision", sa.Integer),
        sa.Column("reason", sa.Text),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit "
            "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
        )
