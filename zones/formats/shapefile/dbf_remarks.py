"""What is told of a shapefile's table: fields left out or renamed, and cells that are no values."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from zones.encoding.trials import LONGEST_SAMPLE, decode_text
from zones.formats.shapefile.dbf import Table
from zones.formats.shapefile.dbf_values import ReadColumn, readable_fields, type_name
from zones.model import JSON, Problem

_MOST_SHOWN = 10  # cells of a field in each batch; the others are counted


def field_remarks(table: Table, names: Sequence[str], *, codec: str) -> Iterator[Problem]:
    """Yield the fields that cannot be read, and those whose ``names`` are not the file's own."""
    readable = readable_fields(table)
    skipped = [field for field in table.fields if field not in readable]
    if skipped:
        labels = (f"{decode_text(field.name, codec)} ({field.kind})" for field in skipped)
        told: dict[str, JSON] = {"count": len(skipped), "names": ", ".join(labels)}
        yield Problem("fields-skipped", told, "warning")
    for field, name in zip(readable, names, strict=True):
        if (label := decode_text(field.name, codec)) != name:
            yield Problem("field-renamed", {"label": label, "name": name}, "note", field=name)


def cell_remarks(
    table: Table, names: Sequence[str], columns: Sequence[ReadColumn], rows: NDArray[np.int64]
) -> Iterator[Problem]:
    """Yield the cells that are no values of their field; ``rows`` are the columns', from 0."""
    for field, name, column in zip(readable_fields(table), names, columns, strict=True):
        unread = [(int(rows[at]) + 1, cell) for at, cell in column.unread]
        for number, cell in unread[:_MOST_SHOWN]:
            shown = cell.decode("ascii", "backslashreplace")[:LONGEST_SAMPLE]
            code = f"dbf-not-{type_name(field)}"
            yield Problem(code, {"value": shown}, "warning", feature=number, field=name)
        if left := [number for number, _ in unread[_MOST_SHOWN:]]:
            more: dict[str, JSON] = {"count": len(left), "first": left[0], "last": left[-1]}
            yield Problem("dbf-more-unread", more, "warning", feature=left[0], field=name)
