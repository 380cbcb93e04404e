"""The way of an indicator as a small SVG: expected, reported, aimed at.

The markup holds numbers and our own colours only; the same numbers stand beside it as text.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

from zones.plan.indicator_status import BEGIN, due_on, expected_on
from zones.plan.indicators import IndicatorRow

WIDTH, HEIGHT, MARGIN = 168, 44, 5
PATH, LINE, AIM = "#8a8071", "#1d5468", "#a63026"
_ROOM: Final = 0.12

Point = tuple[date, float]


def trend_svg(row: IndicatorRow) -> str:
    """Return the trend of an indicator; an empty string where nothing was reported.

    The way that is expected is dashed, what was reported a line with dots, the target a level line.
    """
    if not row.values:
        return ""
    reported = [(value.day, value.value) for value in row.values]
    way = _way(row)
    due = due_on(row.target.year)
    aim = row.target.aim
    days = [BEGIN, due, *(day for day, _ in reported)]
    levels = [level for _, level in (*reported, *way)] + ([aim] if aim is not None else [])
    plot = _Plot(min(days), max(days), *_with_room(levels))
    parts = []
    if aim is not None:
        parts.append(f'<path d="M{MARGIN} {plot.y(aim)}H{WIDTH - MARGIN}" stroke="{AIM}"/>')
    if way:
        parts.append(f'<path d="{plot.line(way)}" stroke="{PATH}" stroke-dasharray="4 3"/>')
    parts.append(f'<path d="{plot.line(reported)}" stroke="{LINE}" stroke-width="2"/>')
    parts += [
        f'<circle cx="{plot.x(day)}" cy="{plot.y(level)}" r="3" fill="{LINE}" stroke="none"/>'
        for day, level in reported
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" fill="none" aria-hidden="true">{"".join(parts)}</svg>'
    )


def _way(row: IndicatorRow) -> list[Point]:
    """Return both ends of the straight line to a target; nothing where the text states none."""
    target, aim = row.target, row.target.aim
    if aim is None or target.path not in {"linear", "cumulative"}:
        return []
    due = due_on(target.year)
    start = expected_on(BEGIN, path=target.path, start=row.baseline, target=aim, due=due)
    return [(BEGIN, start or 0.0), (due, aim)]


def _with_room(levels: Sequence[float]) -> tuple[float, float]:
    low, high = min(levels), max(levels)
    room = (high - low) * _ROOM or abs(high) * _ROOM or 1.0
    return low - room, high + room


class _Plot:
    """Days and levels -> places in the picture."""

    def __init__(self, first: date, last: date, low: float, high: float) -> None:
        self._first, self._days = first, max(1, (last - first).days)
        self._low, self._span = low, high - low

    def x(self, day: date) -> str:
        return f"{MARGIN + (day - self._first).days / self._days * (WIDTH - 2 * MARGIN):.1f}"

    def y(self, level: float) -> str:
        return f"{HEIGHT - MARGIN - (level - self._low) / self._span * (HEIGHT - 2 * MARGIN):.1f}"

    def line(self, points: Sequence[Point]) -> str:
        return "M" + " ".join(f"{self.x(day)} {self.y(level)}" for day, level in points)
