"""What is told of a shapefile's table: fields left out or renamed, and cells that are no values."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zones.encoding.trial_decoding import LONGEST_SAMPLE, EncodedText, decode_text
from zones.formats.shapefile.dbf import DBFTable, filled_rows
from zones.formats.shapefile.dbf_values import ReadColumn, readable_fields, type_name
from zones.model import JSON, Problem

_LISTED: Final = 200
_MOST_SHOWN = 10  # cells of a field in each batch; the others are counted


def field_remarks(table: DBFTable, names: Sequence[str], *, codec: str) -> Iterator[Problem]:
    """Yield the fields that cannot be read, and those whose ``names`` are not the file's own."""
    readable = readable_fields(table)
    skipped = [field for field in table.fields if field not in readable]
    if skipped:
        labels = (f"{decode_text(field.name, codec)} ({field.kind})" for field in skipped)
        names_of_all, filled = ", ".join(labels), filled_rows(table, skipped)
        params: dict[str, JSON] = {"count": len(skipped), "names": names_of_all, "rows": filled}
        yield Problem("fields-skipped", params, "warning")
    for field, name in zip(readable, names, strict=True):
        if (label := decode_text(field.name, codec)) != name:
            yield Problem("field-renamed", {"label": label, "name": name}, "note", field=name)


def padded_remarks(
    names: Sequence[str], columns: Sequence[ReadColumn], codec: str
) -> Iterator[Problem]:
    """Yield in which fields texts began with a blank, which is left out, if in any."""
    padded = {name: each.padded for name, each in zip(names, columns, strict=True) if each.padded}
    if padded:
        (_, first), *_ = next(iter(padded.values()))
        params: dict[str, JSON] = {
            "columns": ", ".join(padded)[:_LISTED],
            "count": sum(map(len, padded.values())),
            "value": f"“{decode_text(EncodedText(first, full=True), codec)[:LONGEST_SAMPLE]}”",
        }
        yield Problem("texts-trimmed", params, "note")


def cell_remarks(
    table: DBFTable, names: Sequence[str], columns: Sequence[ReadColumn], rows: NDArray[np.int64]
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
        if column.commas:
            (at, cell), *_ = column.commas
            params: dict[str, JSON] = {
                "count": len(column.commas),
                "value": cell.decode("ascii", "backslashreplace")[:LONGEST_SAMPLE],
            }
            row = int(rows[at]) + 1
            yield Problem("dbf-decimal-commas", params, "note", feature=row, field=name)
        if column.stars:
            row = int(rows[column.stars[0]]) + 1
            count: dict[str, JSON] = {"count": len(column.stars)}
            yield Problem("dbf-asterisks", count, "note", feature=row, field=name)
