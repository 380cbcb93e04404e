"""The attributes of a file's first features, for a person to see whether they read right."""

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Final

import orjson

from zones.model import JSON
from zones.quality.identifiers import ID_COLUMN
from zones.source.file_findings import SampleRow

MOST_ROWS: Final = 10
MOST_CELLS: Final = 250
LONGEST_CELL: Final = 200


def sample_rows(rows: Iterable[Mapping[str, JSON]]) -> tuple[SampleRow, ...]:
    """Return up to ten rows with cells that are short and plain; nested values as JSON text."""
    found: list[SampleRow] = []
    for row in rows:
        if len(found) == MOST_ROWS:
            break
        cells = [(name, value) for name, value in row.items() if name != ID_COLUMN][:MOST_CELLS]
        found.append({name[:LONGEST_CELL]: _cell(value) for name, value in cells})
    return tuple(found)


def are_short(rows: Iterable[SampleRow]) -> bool:
    """Return whether rows are no more and no longer than ``sample_rows`` makes them."""
    listed = list(rows)
    return len(listed) <= MOST_ROWS and all(
        len(row) <= MOST_CELLS
        and all(
            len(text) <= LONGEST_CELL + 1
            for cell in row.items()
            for text in cell
            if isinstance(text, str)
        )
        for row in listed
    )


def _cell(value: JSON) -> str | int | float | bool | None:
    if isinstance(value, list | dict):
        value = orjson.dumps(value).decode()
    if isinstance(value, str):
        value = value.replace("\0", "")
        return value if len(value) <= LONGEST_CELL else f"{value[:LONGEST_CELL]}…"
    if isinstance(value, float) and not isfinite(value):
        return str(value)  # JSON has none
    return value
