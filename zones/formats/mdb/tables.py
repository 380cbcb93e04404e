"""Tables of an Access database: their columns, and rows as the bytes of each cell."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from zones.formats.mdb.pages import Pages, damaged, number
from zones.formats.mdb.texts import text_of

_CATALOGUE_PAGE: Final = 2
_LOCAL_TABLE, _PAGE_OF_ID = 1, 0xFFFFFF
_ROWS_AT, _COLUMNS_AT, _INDEXES_AT, _MAP_AT, _ENTRIES_AT = 16, 45, 51, 55, 63
_INDEX_ENTRY, _COLUMN_ENTRY = 12, 25
_FIXED, _NUMBERED = 1, 4
_COUNT_BYTES = 2
_MOST_COLUMNS = 255

Cells = list[bytes | None]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its type by Access's number, and where its cells stand in a row.

    ``index`` counts in the mask of what is null, ``variable`` among those of any length;
    ``numbered`` if Access counts it up by itself.
    """

    name: str
    kind: int
    index: int
    variable: int
    fixed_at: int
    size: int
    fixed: bool
    precision: int
    scale: int
    numbered: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table; ``columns`` by their place, ``count`` of rows as the file states it."""

    name: str
    page: int
    columns: tuple[Column, ...]
    count: int
    usage: int

    def rows(self, pages: Pages) -> Iterator[Cells]:
        """Yield the cells of each row, in the order of the columns; None where it is null.

        A column of truth has b"" where it is true and None where it is false.
        """
        for page in pages.owned(self.usage):
            for row in pages.rows(page, self.page):
                yield self._cells(row)

    def _cells(self, row: bytes) -> Cells:
        count = number(row, 0, 2)
        mask_at = len(row) - (count + 7) // 8
        if mask_at < _COUNT_BYTES:
            raise damaged()
        ends: list[int] = []
        if any(not column.fixed for column in self.columns):
            variables = number(row, mask_at - 2, 2)
            ends = [number(row, mask_at - 4 - 2 * at, 2) for at in range(variables + 1)]
        return [_cell(row, column, count, mask_at, ends) for column in self.columns]


def _cell(row: bytes, column: Column, count: int, mask_at: int, ends: list[int]) -> bytes | None:
    if column.index >= count or not row[mask_at + column.index // 8] >> column.index % 8 & 1:
        return None
    if column.fixed:
        start = _COUNT_BYTES + column.fixed_at
        end = start + column.size
    elif column.variable + 1 < len(ends):
        start, end = ends[column.variable : column.variable + 2]
    else:
        return None
    if not 0 <= start <= end <= mask_at:
        raise damaged()
    return row[start:end]


def tables(pages: Pages) -> Mapping[str, int]:
    """Return the pages of the definitions of all tables by their names, as the catalogue has them.

    Raises
    ------
    SourceError
        ``mdb-damaged``; so is a file whose pages are encrypted.
    """
    catalogue = table(pages, "MSysObjects", _CATALOGUE_PAGE)
    places = {column.name: at for at, column in enumerate(catalogue.columns)}
    if not {"Id", "Name", "Type"} <= places.keys():
        raise damaged()
    found: dict[str, int] = {}
    for cells in catalogue.rows(pages):
        kind, name, own = (cells[places[each]] for each in ("Type", "Name", "Id"))
        if kind and name and own and int.from_bytes(kind, "little") == _LOCAL_TABLE:
            found[text_of(name)] = int.from_bytes(own, "little") & _PAGE_OF_ID
    return found


def table(pages: Pages, name: str, page: int) -> Table:
    """Return a table by the page of its definition."""
    content = pages.definition(page)
    count = number(content, _COLUMNS_AT, 2)
    if count > _MOST_COLUMNS:
        raise damaged()
    entries = _ENTRIES_AT + _INDEX_ENTRY * number(content, _INDEXES_AT, 4)
    names = _names(content, entries + _COLUMN_ENTRY * count, count)
    columns = [
        _column(content, entries + _COLUMN_ENTRY * at, each) for at, each in enumerate(names)
    ]
    columns.sort(key=lambda column: column.index)
    return Table(
        name, page, tuple(columns), number(content, _ROWS_AT, 4), number(content, _MAP_AT, 4)
    )


def _names(content: bytes, at: int, count: int) -> list[str]:
    found = []
    for _ in range(count):
        size = number(content, at, 2)
        name = content[at + 2 : at + 2 + size]
        if len(name) < size:
            raise damaged()
        found.append(name.decode("utf-16-le", "replace"))
        at += 2 + size
    return found


def _column(content: bytes, at: int, name: str) -> Column:
    return Column(
        name,
        kind=number(content, at, 1),
        index=number(content, at + 5, 2),
        variable=number(content, at + 7, 2),
        fixed_at=number(content, at + 21, 2),
        size=number(content, at + 23, 2),
        fixed=bool(number(content, at + 15, 1) & _FIXED),
        precision=number(content, at + 11, 1),
        scale=number(content, at + 12, 1),
        numbered=bool(number(content, at + 15, 1) & _NUMBERED),
    )
