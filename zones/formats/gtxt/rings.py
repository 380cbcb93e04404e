"""The vertices of a parcel -> its rings, whether they are closed or not.

A ring ends where the number of the ring changes, where its first vertex comes again, or where
the vertices' names begin anew. What is a hole is told by containment
(``zones.formats.nested_rings``), since programs number holes and further parts alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import hypot
from typing import Final

import numpy as np

from zones.formats.gtxt.axis_order import Axes
from zones.formats.gtxt.lines import PointLine
from zones.formats.nested_rings import Ring
from zones.model import Problem

_FEWEST: Final = 3
_SAME_M, _SAME_DEG = 0.01, 1e-7
"""Ends so near to each other are one vertex."""


@dataclass(slots=True)
class Rings:
    """Rings, closed; ``problems`` name lines of the text."""

    closed: list[Ring] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def rings_of(points: Sequence[PointLine], axes: Axes) -> Rings:
    """Return the rings of a parcel."""
    found = Rings()
    groups = _grouped(points, axes)
    for at, group in enumerate(groups):
        before = groups[at - 1] if at else None
        if len(group) == 1 and before is not None and group[0].name == before[0].name:
            _note_odd_end(group[0], before, axes, found)
        elif len(group) < _FEWEST:
            params = {"line": group[0].line, "points": len(group)}
            found.problems.append(Problem("gtxt-ring-short", dict(params), "warning"))
        else:
            ring = _xy(group, axes)
            found.closed.append(np.concatenate([ring, ring[:1]]))
    return found


def lines_of(points: Sequence[PointLine], axes: Axes) -> list[Ring]:
    """Return the lines of what is said to be lines: one for each number of a ring."""
    groups: list[list[PointLine]] = []
    for point in points:
        if not groups or groups[-1][-1].ring != point.ring:
            groups.append([])
        groups[-1].append(point)
    return [_xy(group, axes) for group in groups]


def _grouped(points: Sequence[PointLine], axes: Axes) -> list[list[PointLine]]:
    """Return the vertices of each ring without the one that closes it twice or more."""
    groups: list[list[PointLine]] = []
    names: set[str] = set()
    is_closed = True
    for point in points:
        current = groups[-1] if groups else []
        if is_closed and current and _is_same(point, current[0], axes):
            continue  # the closing vertex once more, also under another ring's number
        if is_closed or _begins_anew(point, current, names, axes):
            groups.append([point])
            names, is_closed = {point.name}, False
            continue
        is_closed = len(current) > 1 and _is_same(point, current[0], axes)
        if not is_closed:
            current.append(point)
            names.add(point.name)
    return groups


def _begins_anew(
    point: PointLine, current: Sequence[PointLine], names: set[str], axes: Axes
) -> bool:
    """Return whether a vertex is the first of another ring, though the one before is open."""
    if len(current) > 1 and _is_same(point, current[0], axes):
        return False
    if point.ring != current[-1].ring:
        return True
    named_apart = len(current) >= _FEWEST and len(names) == len(current)
    return named_apart and bool(point.name) and point.name == current[0].name


def _is_same(one: PointLine, other: PointLine, axes: Axes) -> bool:
    reach = _SAME_DEG if axes.in_degrees else _SAME_M
    return hypot(one.first - other.first, one.second - other.second) <= reach


def _xy(group: Sequence[PointLine], axes: Axes) -> Ring:
    return np.array([axes.xy(point.first, point.second) for point in group])


def _note_odd_end(end: PointLine, ring: Sequence[PointLine], axes: Axes, found: Rings) -> None:
    """Tell of a closing vertex that is not the ring's first: a slip where it lies nowhere near."""
    params = {"line": end.line, "name": end.name, "first_line": ring[0].line}
    severity = "error" if axes.fits(end.first, end.second) else "warning"
    found.problems.append(Problem("gtxt-end-differs", dict(params), severity))  # type: ignore[arg-type]  # one of the words
