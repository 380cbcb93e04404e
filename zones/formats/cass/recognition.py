"""Whether a text is a list of points without a header, told by all of its first lines."""

from collections.abc import Sequence
from typing import Final

from zones.formats.cass.column_layout import cells_of, is_comment, is_mark, layout_of
from zones.formats.csv.delimiter import text_lines

_MOST_LINES: Final = 2000
_FIRST_LINES: Final = 20  # of a table these tell already that it is none
_LONGEST_LINE: Final = 1000


def is_point_list(start: str) -> bool:
    """Return whether each line that a text begins with has a name and a place.

    Examples
    --------
    >>> is_point_list("1,,533000.000,4626800.000,42.125"), is_point_list("x,y,z")
    (True, False)
    """
    lines = list(text_lines(start))[:_MOST_LINES]
    if len(start) > _LONGEST_LINE and len(lines) > 1:
        lines = lines[:-1]  # which may be cut
    if any(len(line) > _LONGEST_LINE for line in lines):
        return False
    return _has_places(lines[:_FIRST_LINES]) and _has_places(lines)


def _has_places(lines: Sequence[str]) -> bool:
    """Return whether no line lacks a place; lines without a point say nothing."""
    rows = [
        cells for line in lines if not is_comment(line) and not is_mark(cells := cells_of(line))
    ]
    return layout_of(rows) is not None
