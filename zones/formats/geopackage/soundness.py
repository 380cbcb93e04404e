"""Whether a GeoPackage is one, looked at with SQLite alone before GDAL sees it.

A database can hold views that compute for ever, virtual tables that read other files, and
columns that run expressions. Features need none of these; a file that has them is refused, or
loses them where they are the standard's own.
"""

import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from zones.errors import SourceError, SourceLimitError

_MAGIC: Final = b"SQLite format 3\0"
_WRITE_AHEAD: Final = b"\2\2"  # bytes 18 and 19: the newest changes may lie in a file beside it
# Written by Esri's and other programs, as the standard's annex on SQL/MM proposes.
_STANDARD_VIEWS: Final = frozenset(
    {"st_spatial_ref_sys", "st_geometry_columns", "spatial_ref_sys", "geometry_columns"}
)
_MOST_TABLES = 100
_LONGEST_QUERY_S = 5.0
_STEPS_BETWEEN_LOOKS = 10_000
_HIDDEN_GENERATED = (2, 3)
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class GeoPackageColumn:
    """A column: its name and its type as declared, upper-case and without a size."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class FeatureTable:
    """A table of features: where its geometries and its row numbers stand, and its attributes."""

    name: str
    geometry: str
    row_number: str
    columns: tuple[GeoPackageColumn, ...]


@dataclass(frozen=True, slots=True)
class Package:
    """A GeoPackage that keeps the rules; ``write_ahead`` if changes may be missing from it."""

    path: Path
    tables: tuple[str, ...]
    write_ahead: bool


def open_package(path: Path) -> Package:
    """Return the package's feature tables.

    Raises
    ------
    SourceError
        ``gpkg-not-one``, ``gpkg-damaged``, or the rule that it breaks.
    SourceLimitError
        ``gpkg-too-slow`` if SQLite cannot look through it within 5 s.
    """
    with path.open("rb") as file:
        head = file.read(20)
    if not head.startswith(_MAGIC):
        raise SourceError("gpkg-not-one")
    with connected(path) as database:
        if database.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise SourceError("gpkg-damaged")
        schema = refuse_programs(database)
        tables = _feature_tables(database, schema.tables)
    if not tables:
        raise SourceError("no-layers")
    if schema.views:
        _drop_views(path, schema.views)
    return Package(path, tables, head[18:20] == _WRITE_AHEAD)


@contextmanager
def connected(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the database for reading, believing nothing in it and waiting for nothing."""
    uri = f"file:{path}?mode=ro&immutable=1"
    with _own_faults(), closing(sqlite3.connect(uri, uri=True)) as database:
        database.execute("PRAGMA trusted_schema=OFF")
        database.execute("PRAGMA cell_size_check=ON")
        limit_queries(database)
        yield database


def limit_queries(database: sqlite3.Connection) -> None:
    """Let what follows on this connection take 5 s, counted from now."""
    deadline = time.monotonic() + _LONGEST_QUERY_S
    database.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS_BETWEEN_LOOKS)


def feature_table(database: sqlite3.Connection, name: str) -> FeatureTable:
    """Return how a feature table is built.

    Raises
    ------
    SourceError
        ``gpkg-table`` if it has computed columns or no geometry column.
    """
    (geometry,) = database.execute(
        "SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?", (name,)
    ).fetchone()
    columns = database.execute(f"PRAGMA table_xinfo({quoted(name)})").fetchall()
    keys = [row[1] for row in columns if row[5] and row[2].upper() == "INTEGER"]
    names = [row[1] for row in columns]
    if any(row[6] in _HIDDEN_GENERATED for row in columns) or geometry not in names:
        raise SourceError("gpkg-table", table=name[:_LONGEST_NAME])
    return FeatureTable(
        name,
        geometry,
        keys[0] if len(keys) == 1 else "_rowid_",
        tuple(
            GeoPackageColumn(row[1], row[2].partition("(")[0].strip().upper())
            for row in columns
            if row[1] not in (geometry, *keys)
        ),
    )


def quoted(name: str) -> str:
    """Return a name as SQL quotes it."""
    return '"' + name.replace('"', '""') + '"'


@dataclass(frozen=True, slots=True)
class Schema:
    """Each table's SQL by name, and the views of the standard's own that there are."""

    tables: dict[str, str]
    views: tuple[str, ...]


def refuse_programs(database: sqlite3.Connection) -> Schema:
    """Return what there is; raise for other views, foreign virtual tables, too many tables."""
    schema = database.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    for kind, name, sql in schema:
        words = " ".join((sql or "").split()).upper()
        virtual = words.startswith("CREATE VIRTUAL") and " USING RTREE" not in words
        if (kind == "view" and name not in _STANDARD_VIEWS) or virtual:
            raise SourceError("gpkg-table", table=str(name)[:_LONGEST_NAME])
    tables = {str(name): str(sql) for kind, name, sql in schema if kind == "table"}
    if len(tables) > _MOST_TABLES:
        raise SourceLimitError("gpkg-too-many", count=len(tables), most=_MOST_TABLES)
    return Schema(tables, tuple(str(name) for kind, name, _ in schema if kind == "view"))


def _drop_views(path: Path, names: Iterable[str]) -> None:
    """Take the views out of our copy: what they compute is never looked at."""
    with _own_faults(), closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA trusted_schema=OFF")
        limit_queries(database)
        for name in names:
            database.execute(f"DROP VIEW {quoted(name)}")
        database.commit()


def _feature_tables(database: sqlite3.Connection, tables: dict[str, str]) -> tuple[str, ...]:
    if not {"gpkg_contents", "gpkg_geometry_columns"} <= tables.keys():
        raise SourceError("gpkg-not-one")
    listed = database.execute(
        "SELECT c.table_name FROM gpkg_contents c JOIN gpkg_geometry_columns g"
        " ON g.table_name = c.table_name WHERE c.data_type = 'features' ORDER BY c.rowid"
    ).fetchall()
    names = tuple(str(name) for (name,) in listed)
    for name in names:
        if name not in tables or not tables[name].upper().startswith("CREATE TABLE"):
            raise SourceError("gpkg-table", table=name[:_LONGEST_NAME])
    return names


@contextmanager
def _own_faults() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        if "interrupted" in str(error):
            raise SourceLimitError("gpkg-too-slow", seconds=int(_LONGEST_QUERY_S)) from error
        raise SourceError("gpkg-damaged") from error
    except (sqlite3.DatabaseError, UnicodeDecodeError, TypeError, ValueError) as error:
        # Rows of the package's own tables that are not what the standard says.
        raise SourceError("gpkg-damaged") from error
