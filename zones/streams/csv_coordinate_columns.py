"""Which columns of a CSV text hold the place of a row."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from zones.crs.transform import CRS
from zones.errors import BulkError, SourceError
from zones.formats.csv.axis_order import oriented, place_in
from zones.formats.csv.coordinate_columns import CoordinateColumns, place_of
from zones.formats.csv.place_numbers import halves
from zones.formats.csv.table import as_wide, distinct_names
from zones.model import Problem
from zones.streams.csv_options import CSVOptions
from zones.streams.point_texts import none_is_a_point, points_in

_SHOWN: Final = 400
_SHOWN_NAME, _SHOWN_VALUE = 80, 60


def place_columns(
    names: Sequence[str], sample: Sequence[list[str]], options: CSVOptions, crs: CRS
) -> tuple[CoordinateColumns, tuple[Problem, ...]]:
    """Return the columns of the place, and what to tell of them.

    Raises
    ------
    BulkError
        ``bulk-no-column``, ``bulk-no-place``, ``bulk-geometry-column``.
    """
    width, named = len(names), [name.strip() for name in names]
    rows = [as_wide(row, width, None)[:width] for row in sample]
    if options.x_column is not None or options.y_column is not None:
        x, y = xy_columns(names, options.x_column, options.y_column)
        if x != y:
            return CoordinateColumns(x, y), ()
        place = _in_one_column(x, rows)
    else:
        place = _place(named, rows, crs if options.is_crs_stated else None)
    if place.wkt is not None:
        return place, (_points_only(place.wkt, names, rows, place.crs or crs),)
    rows = [as_wide(row, width, place.pair)[:width] for row in sample]
    place, notes = oriented(place, named, rows)
    return place, tuple(_about_datum(place, notes, options, crs))


def _place(names: list[str], rows: Sequence[list[str]], crs: CRS | None) -> CoordinateColumns:
    """Return the columns of the place: numbers first, else geometries."""
    try:
        return place_in(_without_wkt(names), rows, crs=crs)
    except SourceError:
        pass
    try:
        return place_of(names)
    except SourceError as error:
        raise BulkError("bulk-no-place", columns=", ".join(names)[:_SHOWN]) from error


def _in_one_column(at: int, rows: Sequence[list[str]]) -> CoordinateColumns:
    """Return what a column is that somebody names for both numbers: pairs or geometries."""
    cells = [row[at] for row in rows]
    are_pairs = none_is_a_point(points_in(cells)) and any(halves(cell)[1] for cell in cells)
    return CoordinateColumns(pair=at) if are_pairs else CoordinateColumns(wkt=at)


def _points_only(at: int, names: Sequence[str], rows: Sequence[list[str]], crs: CRS) -> Problem:
    """Return which column holds the points; refuse one that holds something else.

    Raises
    ------
    BulkError
        ``bulk-geometry-column``.
    """
    cells, column = [row[at] for row in rows], names[at].strip()[:_SHOWN_NAME]
    if none_is_a_point(points_in(cells)):
        value = next(cell.strip() for cell in cells if cell.strip())
        raise BulkError("bulk-geometry-column", column=column, value=value[:_SHOWN_VALUE])
    return Problem("table-by-geometry", {"column": column, "crs": crs.key}, "note")


def _about_datum(
    place: CoordinateColumns, notes: Sequence[Problem], options: CSVOptions, crs: CRS
) -> Iterator[Problem]:
    """Yield the notes; a datum that columns name is no more than that where a person names one."""
    for note in notes:
        if note.code != "csv-datum-named" or not options.is_crs_stated:
            yield note
        elif place.crs is not None and not _are_alike(place.crs, crs):
            yield replace(
                note, code="csv-datum-overruled", params={**note.params, "given": crs.key}
            )


def _are_alike(one: CRS, other: CRS) -> bool:
    """Return whether two systems mean the same place by the same degrees."""
    return one is other or not (one.is_shifted or other.is_shifted)


def _without_wkt(names: list[str]) -> list[str]:
    """Return the names without those of columns of shapes: a look-up takes points."""
    left = list(names)
    try:
        while (wkt := place_of(left).wkt) is not None:
            left[wkt] = ""
    except SourceError:
        pass
    return left


def xy_columns(names: Sequence[str], x_name: str | None, y_name: str | None) -> tuple[int, int]:
    """Return the positions of the columns of x and y.

    Of columns with the same name the first is meant; the others are called as imports call them.

    Raises
    ------
    BulkError
        ``bulk-no-column``, ``bulk-no-place``; the message shows the columns there are.
    """
    stripped = [name.strip() for name in names]
    listed = ", ".join(stripped)[:_SHOWN]
    known = {name: at for at, name in enumerate(distinct_names(stripped))}
    for name in (x_name, y_name):
        if name is not None and name not in known:
            raise BulkError("bulk-no-column", name=name[:80], columns=listed)
    if x_name is not None and y_name is not None:
        return known[x_name], known[y_name]
    try:
        found = place_of(_without_wkt(stripped))
    except SourceError as error:
        raise BulkError("bulk-no-place", columns=listed) from error
    assert found.x is not None and found.y is not None  # noqa: S101, PT018 - or it had raised
    return (
        found.x if x_name is None else known[x_name],
        found.y if y_name is None else known[y_name],
    )
