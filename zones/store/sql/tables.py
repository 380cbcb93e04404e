"""The tables of the store.

Rows with ``from_rev`` and ``to_rev`` held from one revision until another ended them; ``to_rev``
null is the current state. The migrations make these tables; a test compares the two.
"""

from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    MetaData,
    Table,
    TextClause,
    text,
)

from zones.store.sql.column_types import FRACTION, GEOMETRY, NUMBER, TEXT

metadata = MetaData()

CURRENT = text("to_rev IS NULL")
ENDED = text("to_rev IS NOT NULL")
PRUNED = text("pruned_to IS NOT NULL")


def _where(condition: TextClause) -> dict[str, Any]:
    return {"sqlite_where": condition, "postgresql_where": condition}


def _text(name: str, *, nullable: bool = False) -> Column[str]:
    return Column(name, TEXT, nullable=nullable)


def _count(name: str) -> Column[int]:
    return Column(name, NUMBER, nullable=True)


revisions = Table(
    "revisions",
    metadata,
    Column("number", NUMBER, primary_key=True, autoincrement=False),
    _text("at"),
    _text("who"),
    _text("why"),
    _text("source_name", nullable=True),
    _text("source_sha256", nullable=True),
    _count("source_bytes"),
    sqlite_strict=True,
)

revision_collections = Table(
    "revision_collections",
    metadata,
    Column("revision", NUMBER, ForeignKey("revisions.number"), primary_key=True),
    Column("collection", TEXT, primary_key=True),
    _count("added"),  # the counts are written when rows that they were counted from go
    _count("changed"),
    _count("removed"),
    _count("pruned_to"),  # the revision that ended this version, once features of it are gone
    Index("revision_collections_by_collection", "collection", "revision"),
    Index("revision_collections_pruned", "pruned_to", **_where(PRUNED)),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

collections = Table(
    "collections",
    metadata,
    Column("id", TEXT, primary_key=True),
    _text("title"),
    _text("title_en"),
    _text("description"),
    _text("description_en"),
    _text("kinds"),
    _text("group"),
    Column("part_of_plan", NUMBER, nullable=False),
    Column("order", NUMBER, nullable=False),
    Column("from_rev", NUMBER, ForeignKey("revisions.number"), primary_key=True),
    Column("to_rev", NUMBER, ForeignKey("revisions.number"), nullable=True),
    _text("title_field", nullable=True),
    Column("fields", TEXT, nullable=False, server_default="[]"),
    Column("about", TEXT, nullable=False, server_default="{}"),
    Index("collections_current", "id", unique=True, **_where(CURRENT)),
    CheckConstraint("to_rev > from_rev", name="collections_end_after_begin"),
    sqlite_strict=True,
)

features = Table(
    "features",
    metadata,
    Column("collection", TEXT, primary_key=True),
    Column("fid", TEXT, primary_key=True),
    Column("ordinal", NUMBER, nullable=False),
    Column("geometry", GEOMETRY, nullable=True),
    _text("properties"),
    Column("from_rev", NUMBER, primary_key=True),
    Column("to_rev", NUMBER, nullable=True),
    Index(
        "features_current",
        "collection",
        "ordinal",
        unique=True,
        sqlite_where=CURRENT,
        postgresql_where=CURRENT,
    ),
    Index("features_begun", "from_rev", **_where(CURRENT)),
    Index("features_ended", "to_rev", **_where(ENDED)),
    *(
        # PostgreSQL would look each row up, which takes longer than writing it.
        ForeignKeyConstraint([name], ["revisions.number"]).ddl_if(dialect="sqlite")
        for name in ("from_rev", "to_rev")
    ),
    CheckConstraint("to_rev > from_rev", name="features_end_after_begin"),
    sqlite_strict=True,
)

former_fids = Table(
    "former_fids",
    metadata,
    Column("collection", TEXT, primary_key=True),
    Column("fid", TEXT, primary_key=True),
    Column("first_revision", NUMBER, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
"""Of features whose first row was pruned: whoever numbers features needs all that ever were."""

keys = Table(
    "keys",
    metadata,
    Column("id", TEXT, primary_key=True),
    _text("name"),
    _text("role"),
    Column("secret_sha256", LargeBinary, nullable=False, unique=True),
    _text("created_at"),
    _text("expires_at", nullable=True),
    _text("revoked_at", nullable=True),
    _text("last_used_at", nullable=True),
    sqlite_strict=True,
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_sha256", LargeBinary, primary_key=True),
    Column("key", TEXT, ForeignKey("keys.id"), nullable=False),
    _text("expires_at"),
    sqlite_strict=True,
)

imports = Table(
    "imports",
    metadata,
    Column("id", TEXT, primary_key=True),
    _text("collection"),
    _text("state"),
    Column("progress", FRACTION, nullable=False),
    _text("created_at"),
    _text("finished_at", nullable=True),
    _text("who"),
    _text("file_name"),
    _text("file_sha256", nullable=True),
    _count("file_bytes"),
    _text("options"),
    _text("report"),
    _count("revision"),
    _text("error", nullable=True),
    _text("process"),  # empty: who leads an import is told by a lock; earlier versions read it
    Index("imports_by_time", "created_at"),
    sqlite_strict=True,
)

mappings = Table(
    "mappings",
    metadata,
    Column("collection", TEXT, primary_key=True),
    _text("mapping"),
    _text("key", nullable=True),
    _text("saved_at"),
    _text("who"),
    sqlite_strict=True,
)

audit = Table(
    "audit",
    metadata,
    Column("id", NUMBER, primary_key=True),
    _text("at"),
    _text("action"),
    _text("outcome"),
    _text("who", nullable=True),
    _text("key_id", nullable=True),
    _text("request_id", nullable=True),
    _text("collection", nullable=True),
    _text("file_name", nullable=True),
    _text("file_sha256", nullable=True),
    _count("file_bytes"),
    _count("features_before"),
    _count("features_after"),
    _count("revision"),
    _text("reason", nullable=True),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)
