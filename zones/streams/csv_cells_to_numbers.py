"""Cells of a CSV text -> numbers, many at once and without holding up other threads."""

import re
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa

from zones.formats.csv.place_numbers import coordinate, halves, is_blank
from zones.formats.csv.row_remarks import CODE_BY_FORM, SHORT, Finding, Findings, found_in_rows
from zones.lookup.bulk_locator import Floats
from zones.streams.coordinates_to_answers import Coordinates, number_of_fault
from zones.streams.csv_dialect import Dialect
from zones.streams.csv_row_faults import AnsweredRows
from zones.streams.csv_scan import Bools, Bytes, CSVRows, Ints
from zones.streams.own_systems import found_systems, in_own_systems
from zones.streams.point_texts import points_in

# float() would also take 1_000 and digits of other scripts.
_NUMBER: Final = re.compile(
    rb"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?|[+-]?(?:nan|inf|infinity)",
    re.IGNORECASE,
)
_QUOTE: Final = ord('"')


class _Numbers(NamedTuple):
    """A column's numbers, which are missing, which are none, and how odd ones were written."""

    values: Floats
    missing: Bools
    bad: Bools
    odd: dict[int, tuple[str, str]]


def coordinates_of(part: AnsweredRows, dialect: Dialect) -> tuple[Coordinates, Findings]:
    """Return x and y of each row, and what there is to tell of how they are written."""
    place = dialect.place
    if place.wkt is not None:
        return _points(part, place.wkt, dialect)
    if place.pair is not None:
        x, y = _pairs(part.rows, place.pair, dialect)
        x, y = (y, x) if place.y_first else (x, y)
    else:
        assert place.x is not None and place.y is not None  # noqa: S101, PT018 - or a pair
        x, y = (_numbers(part.rows, at, dialect) for at in (place.x, place.y))
    missing, bad = x.missing | y.missing, x.bad | y.bad
    return Coordinates(x.values, y.values, missing, bad, part.faults), found_in_rows(x.odd, y.odd)


def _points(part: AnsweredRows, column: int, dialect: Dialect) -> tuple[Coordinates, Findings]:
    """Return the same of a column whose cells hold points in WKT, WKB or GeoJSON."""
    points = points_in(_contents(part.rows, column, dialect))
    x, y, faults = points.x, points.y, part.faults
    if not dialect.is_crs_stated:
        x, y, own_faults = in_own_systems(points, dialect.system)
        faults = own_faults if faults is None else np.where(faults, faults, own_faults)
    not_points = np.where(points.other, number_of_fault("coordinate-not-of-point"), 0)
    faults = not_points if faults is None else np.where(faults, faults, not_points)
    bad = points.other | points.unreadable
    found = found_systems(points.srids, dialect.system, rules=dialect.is_crs_stated)
    return Coordinates(x, y, points.missing, bad, faults), found


def short_rows(cells: Ints, needed: int) -> Findings:
    """Return how many rows have fewer cells than the header has columns with a name."""
    short = np.flatnonzero(cells < needed)
    return {SHORT: Finding(short.size, int(short[0]) + 1)} if short.size else {}


def _numbers(rows: CSVRows, column: int, dialect: Dialect) -> _Numbers:
    begins, ends = _unquoted(rows.text, *rows.column(column))
    missing = ends <= begins
    try:
        values = _cells(rows.text, begins, ends, missing).cast(pa.float64())
    except pa.ArrowInvalid:
        return _one_by_one(_texts(rows.text, begins, ends), dialect.text)
    numbers = values.fill_null(np.nan).to_numpy(zero_copy_only=False)
    return _Numbers(numbers, missing, np.zeros_like(missing), {})


def _pairs(rows: CSVRows, column: int, dialect: Dialect) -> tuple[_Numbers, _Numbers]:
    """Return both numbers of a column that holds pairs."""
    cells = _texts(rows.text, *_unquoted(rows.text, *rows.column(column)))
    both = [halves(dialect.text(cell).replace('""', '"')) for cell in cells]
    # What is no pair is unreadable as a whole, and missing only if all is.
    first, second = ([pair[at].encode() for pair in both] for at in (0, 1))
    one, other = _one_by_one(first, bytes.decode), _one_by_one(second, bytes.decode)
    no_pair = ~one.missing & other.missing
    return (
        one._replace(bad=one.bad | no_pair),
        other._replace(missing=other.missing & ~no_pair, bad=other.bad | no_pair),
    )


def _contents(rows: CSVRows, column: int, dialect: Dialect) -> list[str]:
    """Return what the cells of a column hold, those in quotes without them."""
    begins, ends = rows.column(column)
    inner, inner_ends = _unquoted(rows.text, begins, ends)
    texts = map(dialect.text, _texts(rows.text, inner, inner_ends))
    quoted = (inner > begins).tolist()
    return [
        text.replace('""', '"') if is_quoted else text
        for text, is_quoted in zip(texts, quoted, strict=True)
    ]


def _texts(text: Bytes, begins: Ints, ends: Ints) -> list[bytes]:
    whole = text.tobytes()
    return [
        whole[begin:end].strip() for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)
    ]


def _unquoted(text: Bytes, begins: Ints, ends: Ints) -> tuple[Ints, Ints]:
    quoted = (ends - begins > 1) & (text.take(begins, mode="clip") == _QUOTE)
    if not quoted.any():
        return begins, ends
    blank = quoted & (text.take(ends - 1) == ord(" "))
    while blank.any():  # behind the closing quote
        ends = ends - blank
        blank &= text.take(ends - 1) == ord(" ")
    quoted &= text.take(ends - 1) == _QUOTE
    return begins + quoted, ends - quoted


def _cells(text: Bytes, begins: Ints, ends: Ints, missing: Bools) -> pa.BinaryArray:
    """Return the cells as an array that has the text as its buffer; null where missing."""
    # An array's values follow each other: every second one is the text between two cells.
    bounds = np.empty(2 * len(begins) + 1, np.int32)
    bounds[0:-1:2], bounds[1::2], bounds[-1:] = begins, np.maximum(ends, begins), len(text)
    buffers = [None, pa.py_buffer(bounds), pa.py_buffer(text)]
    values = pa.Array.from_buffers(pa.binary(), 2 * len(begins), buffers)
    places = pa.array(np.arange(0, 2 * len(begins), 2), mask=missing if missing.any() else None)
    return values.take(places)


def _one_by_one(cells: Sequence[bytes], text_of: Callable[[bytes], str]) -> _Numbers:
    """Read numbers of which some are blank, written in other ways, or none at all."""
    values = np.full(len(cells), np.nan)
    missing, bad = np.zeros(len(cells), bool), np.zeros(len(cells), bool)
    odd: dict[int, tuple[str, str]] = {}
    for row, cell in enumerate(cells):
        if _NUMBER.fullmatch(cell):
            values[row] = float(cell)
            continue
        text = text_of(cell).replace('""', '"')
        if is_blank(text):
            missing[row] = True
        elif (found := coordinate(text)) is None:
            bad[row] = True
        else:
            values[row] = found.value
            if found.how in CODE_BY_FORM:
                odd[row] = (CODE_BY_FORM[found.how], text)
    return _Numbers(values, missing, bad, odd)
