"""What datasets a UDBX lists, looked at with SQLite alone, believing nothing in it."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from zones.errors import SourceError, SourceLimitError
from zones.formats.geopackage.soundness import connected, quoted, refuse_programs
from zones.model import FieldInfo

_MAGIC: Final = b"SQLite format 3\0"
_READ: Final = {1: "Point", 3: "Line", 5: "Region", 101: "Point", 103: "Line", 105: "Region"}
_KINDS: Final = {0: "tabular", 7: "text", 149: "CAD"}
_HIDDEN_GENERATED = (2, 3)
_MOST_FIELDS = 1000
_BOOLEAN = 1
_OWN: Final = "sm"
_REPORTED_AS_DAMAGED: Final = frozenset({"gpkg-damaged", "gpkg-table"})


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset with geometry: its name, table, and the columns that are attributes.

    ``fields`` have the captions. ``system`` is authority, code and WKT, None where none is named.
    """

    name: str
    table: str
    kind: str
    key: str
    geometry: str
    columns: tuple[str, ...]
    booleans: frozenset[str]
    fields: tuple[FieldInfo, ...]
    count: int
    system: tuple[str, int, str] | None


@dataclass(frozen=True, slots=True)
class ListedDatasets:
    """The datasets that are read, and how many of other kinds there are."""

    path: Path
    datasets: tuple[Dataset, ...]
    others: Counter[str]


@contextmanager
def database(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the file for reading; its faults are told as those of a UDBX."""
    try:
        with connected(path) as opened:
            yield opened
    except SourceLimitError:
        raise
    except SourceError as fault:
        raise (
            SourceError("udbx-damaged") if fault.code in _REPORTED_AS_DAMAGED else fault
        ) from fault


def listed_datasets(path: Path) -> ListedDatasets:
    """Return what a UDBX lists.

    Raises
    ------
    SourceError
        ``udbx-not-one``, ``udbx-damaged``; ``no-layers`` if nothing in it has a place.
    """
    with path.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise SourceError("udbx-not-one")
    with database(path) as opened:
        if opened.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise SourceError("udbx-damaged")
        tables = refuse_programs(opened).tables
        if "SmRegister" not in tables:
            raise SourceError("udbx-not-one")
        rows = opened.execute(
            "SELECT SmDatasetID, SmDatasetName, SmTableName, SmDatasetType FROM SmRegister"
            " ORDER BY SmDatasetID"
        ).fetchall()
        others = Counter(_KINDS.get(kind, str(kind)) for _, _, _, kind in rows if kind not in _READ)
        found = [
            _dataset(opened, tables, int(number), str(name or table), str(table), _READ[kind])
            for number, name, table, kind in rows
            if kind in _READ
        ]
    if not found:
        raise SourceError("no-layers")
    return ListedDatasets(path, tuple(found), others)


def _dataset(
    opened: sqlite3.Connection,
    tables: dict[str, str],
    number: int,
    name: str,
    table: str,
    kind: str,
) -> Dataset:
    if table not in tables or not tables[table].upper().startswith("CREATE TABLE"):
        raise SourceError("udbx-damaged")
    columns = opened.execute(f"PRAGMA table_xinfo({quoted(table)})").fetchall()
    names = [str(row[1]) for row in columns]
    geometry = next((each for each in names if each.casefold() == "smgeometry"), None)
    key = next((each for each in names if each.casefold() == "smid"), "_rowid_")
    if geometry is None or any(row[6] in _HIDDEN_GENERATED for row in columns):
        raise SourceError("udbx-damaged")
    (count,) = opened.execute(f"SELECT count(*) FROM {quoted(table)}").fetchone()  # noqa: S608 - names are quoted
    fields = _field_rows(opened, tables, number)
    known = {field.casefold() for field, _, _ in fields}
    columns_to_read = tuple(
        each for each in names if each.casefold() in known or not each.casefold().startswith(_OWN)
    )
    columns_to_read = tuple(each for each in columns_to_read if each not in (geometry, key))
    return Dataset(
        name,
        table,
        kind,
        key,
        geometry,
        columns_to_read,
        frozenset(field for field, _, type_ in fields if type_ == _BOOLEAN),
        tuple(FieldInfo(field, caption) for field, caption, _ in fields),
        int(count),
        _system(opened, tables, table),
    )


def _field_rows(
    opened: sqlite3.Connection, tables: dict[str, str], number: int
) -> list[tuple[str, str, int]]:
    """Return name, caption and type of the fields that the file describes."""
    if "SmFieldInfo" not in tables:
        return []
    query = (
        "SELECT SmFieldName, SmFieldCaption, SmFieldType FROM SmFieldInfo"
        " WHERE SmDatasetID = ? ORDER BY SmID LIMIT ?"
    )
    return [
        (str(name), str(caption or ""), int(kind or 0))
        for name, caption, kind in opened.execute(query, (number, _MOST_FIELDS))
    ]


def _system(
    opened: sqlite3.Connection, tables: dict[str, str], table: str
) -> tuple[str, int, str] | None:
    if not {"geometry_columns", "spatial_ref_sys"} <= tables.keys():
        return None
    found = opened.execute(
        "SELECT s.auth_name, s.auth_srid, s.srtext FROM geometry_columns g"
        " JOIN spatial_ref_sys s ON s.srid = g.srid"
        " WHERE lower(g.f_table_name) = lower(?)",
        (table,),
    ).fetchone()
    if found is None:
        return None
    authority, code, text = found
    return str(authority or ""), int(code or 0), str(text or "")
