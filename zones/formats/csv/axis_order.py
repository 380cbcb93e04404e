"""The columns of a table's place and some of its rows -> which number is the east, and what to say.

Imports and look-ups ask here alike: a table means the same to both.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from zones.crs.reference_systems import CRS
from zones.errors import SourceError
from zones.formats.coordinate_strings import is_polyline
from zones.formats.csv.coordinate_columns import (
    CoordinateColumns,
    pair_of,
    place_of,
    place_with_datum,
)
from zones.formats.csv.degrees_minutes_seconds import unpacked
from zones.formats.csv.place_numbers import (
    are_packed,
    are_places_in_china,
    halves,
    is_blank,
    is_degrees,
    is_latitude_first,
    is_north_first,
    pairs_of,
)
from zones.model import JSON, Problem

MOST_LOOKED_AT: Final = 2000
_MOST_FOR_VALUES: Final = 200
_SHOWN: Final = 200
_AMAP_NAME: Final = "polyline"
PACKED: Final = "csv-packed-degrees"
"""What is told of degrees that may be degrees, minutes and seconds."""

Rows = Iterable[Sequence[str]]


def place_in(names: Sequence[str], rows: Rows, *, crs: CRS | None) -> CoordinateColumns:
    """Return the columns of the place; one that holds both numbers may have any name.

    Parameters
    ----------
    rows
        Some rows as long as the header; looked at only if no name is known.
    crs
        What a person says of the coordinates: of columns in several datums, those are taken.

    Raises
    ------
    SourceError
        ``csv-no-place``.
    """
    if (declared := place_with_datum(names, crs)) is not None:
        return declared
    try:
        return place_of(names)
    except SourceError:
        some = list(islice(rows, _MOST_FOR_VALUES))
        place = _outlines(names, some) or pair_of(names) or _pair_by_values(some)
        if place is None:
            raise
        return place


def oriented(
    place: CoordinateColumns, names: Sequence[str], rows: Rows, *, is_packed: bool | None = None
) -> tuple[CoordinateColumns, tuple[Problem, ...]]:
    """Return the columns of the place with the east first, and what to tell of them.

    ``is_packed`` is what a person says of degrees that look like ``ddd.mmssss``.

    Where X is the northing, x and y are exchanged. Of a column with both numbers the order is
    told by the numbers, and by the column's name only if they leave it open.
    """
    if place.wkt is not None:
        return place, tuple(_datum(place, names))
    texts = list(numbers_in(islice(rows, MOST_LOOKED_AT), replace(place, y_first=False)))
    filled = [pair for pair in texts if not (is_blank(pair[0]) and is_blank(pair[1]))]
    pairs = list(pairs_of(filled))
    found, notes = (place, ()) if not pairs else _ordered(place, names, pairs)
    if not pairs or not all(is_degrees(pair) for pair in pairs):
        found = replace(found, crs=None) if pairs else found
    packed = tuple(_packed(found, filled)) if is_packed is None else ()
    notes_found = (*notes, *packed, *_datum(found, names), *_choice(found, names))
    return found, notes_found


def numbers_in(rows: Rows, place: CoordinateColumns) -> Iterator[tuple[str, str]]:
    """Yield x and y of each row as texts."""
    if place.pair is None:
        x, y = place.x or 0, place.y or 0
        yield from ((row[x], row[y]) for row in rows)
        return
    for row in rows:
        one, other = halves(row[place.pair])
        yield (other, one) if place.y_first else (one, other)


def _ordered(
    place: CoordinateColumns, names: Sequence[str], pairs: Sequence[tuple[float, float]]
) -> tuple[CoordinateColumns, tuple[Problem, ...]]:
    if place.pair is None:
        if not place.named_xy or not is_north_first(pairs):
            return place, ()
        exchanged = replace(place, x=place.y, y=place.x)
        return exchanged, (_note("csv-x-is-north", *pairs[0]),)
    by_numbers = is_north_first(pairs) or is_latitude_first(pairs)
    y_first = place.y_first if by_numbers is None else by_numbers
    east, north = pairs[0][::-1] if y_first else pairs[0]
    note = _note("csv-one-column", east, north, column=names[place.pair][:_SHOWN])
    return replace(place, y_first=y_first), (note,)


def _packed(place: CoordinateColumns, texts: Sequence[tuple[str, str]]) -> Iterator[Problem]:
    """Yield what to say of degrees that look like ``ddd.mmssss``."""
    if not are_packed(texts):
        return
    one, other = texts[0][::-1] if place.y_first else texts[0]
    if are_places_in_china([(unpacked(one), unpacked(other))]):
        params: dict[str, JSON] = {
            "x": one,
            "y": other,
            "lon": f"{unpacked(one):.7f}",
            "lat": f"{unpacked(other):.7f}",
        }
        yield Problem(PACKED, params, "warning")


def _datum(place: CoordinateColumns, names: Sequence[str]) -> Iterator[Problem]:
    """Yield what the names of the columns say of the datum."""
    if place.crs is not None:
        yield Problem(
            "csv-datum-named", {"columns": _columns(place, names), "crs": place.crs.key}, "note"
        )


def _choice(place: CoordinateColumns, names: Sequence[str]) -> Iterator[Problem]:
    """Yield which columns were taken where several have the same name."""
    if place.choices and place.x is not None and place.y is not None:
        params: dict[str, JSON] = {
            "x": names[place.x][:_SHOWN],
            "y": names[place.y][:_SHOWN],
            "x_column": place.x + 1,
            "y_column": place.y + 1,
        }
        yield Problem("csv-columns-chosen", params, "note")


def _columns(place: CoordinateColumns, names: Sequence[str]) -> str:
    return ", ".join(names[at] for at in sorted(place.columns))[:_SHOWN]


def _outlines(names: Sequence[str], rows: Sequence[Sequence[str]]) -> CoordinateColumns | None:
    """Return the column whose every cell is an outline as map services write it.

    Under the name that AMap has for it, ``polyline``, it is in GCJ-02.
    """
    for at in range(min(map(len, rows), default=0)):
        cells = [row[at] for row in rows if not is_blank(row[at])]
        if cells and all(is_polyline(cell) for cell in cells):
            is_amap = names[at].strip().lower() == _AMAP_NAME
            return CoordinateColumns(wkt=at, crs=CRS.GCJ02 if is_amap else None)
    return None


def _pair_by_values(rows: Rows) -> CoordinateColumns | None:
    """Return the one column whose every cell is a place in China, as maps copy it."""
    some = list(islice(rows, _MOST_FOR_VALUES))
    for at in range(min(map(len, some), default=0)):
        cells = [row[at] for row in some if not is_blank(row[at])]
        pairs = list(pairs_of(halves(cell) for cell in cells))
        if len(pairs) == len(cells) and are_places_in_china(pairs):
            return CoordinateColumns(pair=at)
    return None


def _note(code: str, x: float, y: float, **params: str) -> Problem:
    return Problem(code, {"x": f"{x:.10g}", "y": f"{y:.10g}", **params}, "note")
