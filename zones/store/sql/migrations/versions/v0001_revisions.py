"""Revisions, collections and features with their history; keys, imports and audit."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from zones.store.sql.column_types import FRACTION, GEOMETRY, NUMBER, TEXT

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


_TABLES = (
    *("audit", "imports", "keys", "features", "collections", "revision_collections", "revisions"),
)
_APPEND_ONLY_ON_SQLITE = [
    f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit "
    "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
    for verb in ("UPDATE", "DELETE")
]
_APPEND_ONLY_ON_POSTGRES = (
    "CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$",
    "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
    "EXECUTE FUNCTION audit_is_append_only()",
)


def upgrade() -> None:
    """Make every table."""
    _make_revisions()
    _make_collections()
    _make_features()
    _make_keys()
    _make_imports()
    _make_audit()


def downgrade() -> None:
    """Take every table away, with all that is in it."""
    for table in _TABLES:
        op.drop_table(table)
    if _on_postgres():
        op.execute("DROP FUNCTION audit_is_append_only")


def _make_revisions() -> None:
    op.create_table(
        "revisions",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("who", TEXT, nullable=False),
        sa.Column("why", TEXT, nullable=False),
        sa.Column("source_name", TEXT),
        sa.Column("source_sha256", TEXT),
        sa.Column("source_bytes", NUMBER),
        sqlite_strict=True,
    )
    op.create_table(
        "revision_collections",
        sa.Column("revision", NUMBER, sa.ForeignKey("revisions.number"), primary_key=True),
        sa.Column("collection", TEXT, primary_key=True),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    by_collection = "revision_collections_by_collection"
    op.create_index(by_collection, "revision_collections", ["collection", "revision"])


def _make_collections() -> None:
    op.create_table(
        "collections",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("title_en", TEXT, nullable=False),
        sa.Column("description", TEXT, nullable=False),
        sa.Column("description_en", TEXT, nullable=False),
        sa.Column("kinds", TEXT, nullable=False),
        sa.Column("group", TEXT, nullable=False),
        sa.Column("part_of_plan", NUMBER, nullable=False),
        sa.Column("order", NUMBER, nullable=False),
        sa.Column("from_rev", NUMBER, sa.ForeignKey("revisions.number"), primary_key=True),
        sa.Column("to_rev", NUMBER, sa.ForeignKey("revisions.number")),
        sa.CheckConstraint("to_rev > from_rev", name="collections_end_after_begin"),
        sqlite_strict=True,
    )
    current = sa.text("to_rev IS NULL")
    op.create_index("collections_current", "collections", ["id"], unique=True, **_where(current))


def _make_features() -> None:
    op.create_table(
        "features",
        sa.Column("collection", TEXT, primary_key=True),
        sa.Column("fid", TEXT, primary_key=True),
        sa.Column("ordinal", NUMBER, nullable=False),
        sa.Column("geometry", GEOMETRY),
        sa.Column("properties", TEXT, nullable=False),
        sa.Column("from_rev", NUMBER, primary_key=True),
        sa.Column("to_rev", NUMBER),
        *(
            sa.ForeignKeyConstraint([name], ["revisions.number"])
            for name in (() if _on_postgres() else ("from_rev", "to_rev"))
        ),
        sa.CheckConstraint("to_rev > from_rev", name="features_end_after_begin"),
        sqlite_strict=True,
    )
    place = ["collection", "ordinal"]
    current = sa.text("to_rev IS NULL")
    ended = sa.text("to_rev IS NOT NULL")
    op.create_index("features_begun", "features", ["from_rev"], **_where(current))
    op.create_index("features_current", "features", place, unique=True, **_where(current))
    op.create_index("features_ended", "features", ["to_rev"], **_where(ended))


def _make_keys() -> None:
    op.create_table(
        "keys",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("secret_sha256", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("expires_at", TEXT),
        sa.Column("revoked_at", TEXT),
        sa.Column("last_used_at", TEXT),
        sqlite_strict=True,
    )


def _make_imports() -> None:
    op.create_table(
        "imports",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("collection", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("progress", FRACTION, nullable=False),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("finished_at", TEXT),
        sa.Column("who", TEXT, nullable=False),
        sa.Column("file_name", TEXT, nullable=False),
        sa.Column("file_sha256", TEXT),
        sa.Column("file_bytes", NUMBER),
        sa.Column("options", TEXT, nullable=False),
        sa.Column("report", TEXT, nullable=False),
        sa.Column("revision", NUMBER),
        sa.Column("error", TEXT),
        sa.Column("process", TEXT, nullable=False),
        sqlite_strict=True,
    )
    op.create_index("imports_by_time", "imports", ["created_at"])


def _make_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("action", TEXT, nullable=False),
        sa.Column("outcome", TEXT, nullable=False),
        sa.Column("who", TEXT),
        sa.Column("key_id", TEXT),
        sa.Column("request_id", TEXT),
        sa.Column("collection", TEXT),
        sa.Column("file_name", TEXT),
        sa.Column("file_sha256", TEXT),
        sa.Column("file_bytes", NUMBER),
        sa.Column("features_before", NUMBER),
        sa.Column("features_after", NUMBER),
        sa.Column("revision", NUMBER),
        sa.Column("reason", TEXT),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    for statement in _APPEND_ONLY_ON_POSTGRES if _on_postgres() else _APPEND_ONLY_ON_SQLITE:
        op.execute(statement)


def _where(condition: sa.TextClause) -> dict[str, Any]:
    return {"sqlite_where": condition, "postgresql_where": condition}


def _on_postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"
