"""Instants and intervals as arrays, read from text as RFC 3339 writes them.

A date is a day without time zone; beside a timestamp it is the whole day in UTC. A timestamp
without zone is taken to be UTC.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Micros = NDArray[np.int64]

BEGINNING: Final = -(2**61)
"""Start of an interval that is open there, in microseconds since 1970; the end is its negative."""

_SECOND: Final = 1_000_000
_LAST_OF_DAY: Final = 86_400_000_000 - 1
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_RFC_3339: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[Tt ]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?([Zz]|[+-][0-9]{2}:[0-9]{2})?)?"
)
_MOST_DIGITS: Final = 9
_LITERAL: Final = re.compile(
    r"\s*([0-9]{4})([-/])([0-9]{1,2})\2([0-9]{1,2})"
    r"(?:[Zz]|[-+]00:00|[Tt ](?:\s*([0-9]{1,2})(?::([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]+))?)?)?"
    r"([Zz]|[-+ ][0-9]{2}(?::?[0-9]{2})?)?)?)?\s*"
)


@dataclass(frozen=True, slots=True)
class Times:
    """Rows of instants or intervals, ``start`` and ``end`` in microseconds since 1970 UTC.

    ``dated`` rows are of whole days, both ends being midnights of the first and the last day.
    Rows that are not ``known`` hold none.
    """

    start: Micros
    end: Micros
    known: Bools
    dated: Bools

    def of(self, positions: NDArray[np.integer]) -> "Times":
        """Return the rows at these positions; -1 is a row without instant."""
        if not self.known.size:
            return no_times(positions.shape)
        known = self.known[positions] & (positions >= 0)
        return Times(self.start[positions], self.end[positions], known, self.dated[positions])

    def ends_beside(self, other: "Times") -> Micros:
        """Return the ends: the last microsecond of a day where the other is not of whole days."""
        widened = self.dated & ~other.dated & (self.end < -BEGINNING)
        return np.where(widened, self.end + _LAST_OF_DAY, self.end)


def read_instant(text: str) -> tuple[int, bool] | None:
    """Return microseconds since 1970 UTC and whether it is a date; None if it is no instant.

    Examples
    --------
    >>> read_instant("1970-01-02")
    (86400000000, True)
    """
    found = _RFC_3339.fullmatch(text)
    if not found:
        return None
    date, clock, fraction, zone = found.groups()
    zone = "+00:00" if zone in {None, "Z", "z"} else zone
    leaps = clock is not None and clock.endswith(":60")
    clock = f"{clock[:-2]}59" if clock and leaps else clock
    try:
        moment = datetime.fromisoformat(f"{date}T{clock or '00:00:00'}{zone}")
    except ValueError:
        return None
    micros = int((fraction or "0").ljust(6, "0")[:6]) + (_SECOND if leaps else 0)
    return micros + (moment - _EPOCH) // timedelta(microseconds=1), clock is None


def read_literal(text: str) -> tuple[int, bool] | None:
    """Return what `read_instant` does, of an instant as programs write it in a filter.

    A ``T`` at the end is of a date (GDAL writes it), a ``Z`` as well, since days here are those
    of UTC; another zone of a date (``xs:date`` permits it) is no day that we have. Slashes may
    stand for hyphens, seconds and minutes may be left out, an offset may lack its colon, and a
    blank in front of it is a "+" that was not escaped.

    Examples
    --------
    >>> read_literal("2023-01-12T") == read_instant("2023-01-12")
    True
    """
    found = _LITERAL.fullmatch(text)
    if not found:
        return None
    year, _, month, day, hour, minute, second, fraction, zone = found.groups()
    date = f"{year}-{month:0>2}-{day:0>2}"
    if hour is None:
        return read_instant(date)
    clock = f"{hour:0>2}:{minute or '00'}:{second or '00'}.{(fraction or '0')[:_MOST_DIGITS]}"
    return read_instant(f"{date}T{clock}{_zone(zone)}")


def read_literals(texts: Iterable[str]) -> Times:
    """Return the instants that texts are written as in a filter."""
    return _times([read_literal(text) for text in texts])


def read_times(texts: Iterable[str]) -> Times:
    """Return the instants that texts are written as."""
    return _times([read_instant(text) for text in texts])


def _times(read: list[tuple[int, bool] | None]) -> Times:
    micros = np.array([each[0] if each else 0 for each in read], np.int64)
    known = np.array([each is not None for each in read], bool)
    dated = np.array([each is not None and each[1] for each in read], bool)
    return Times(micros, micros, known, dated)


def written(times: Times) -> list[str]:
    """Return the starts as texts, dates as dates and others as timestamps in UTC."""
    moments = (_EPOCH + timedelta(microseconds=each) for each in times.start.tolist())
    return [
        moment.date().isoformat() if dated else moment.isoformat().replace("+00:00", "Z")
        for moment, dated in zip(moments, times.dated.tolist(), strict=True)
    ]


def no_times(shape: tuple[int, ...]) -> Times:
    """Return rows that hold no instant."""
    gap = np.zeros(shape, np.int64)
    return Times(gap, gap, gap > 0, gap > 0)


def interval(start: Times | None, end: Times | None) -> Times:
    """Return intervals from one instant to another, both included; None is an open end.

    An interval is known when both its ends are, and of whole days when both are dates.
    """
    first = start or _open_end(BEGINNING, end)
    last = end or _open_end(-BEGINNING, start)
    dated = np.asarray(first.dated & last.dated)
    widened = last.dated & ~dated & (last.end < -BEGINNING)
    return Times(
        first.start + np.zeros_like(last.start),
        np.where(widened, last.end + _LAST_OF_DAY, last.end) + np.zeros_like(first.start),
        np.asarray(first.known & last.known),
        dated,
    )


def _open_end(micros: int, beside: Times | None) -> Times:
    dated = np.ones(1, bool) if beside is None else beside.dated
    where = np.full(dated.shape, micros, np.int64)
    return Times(where, where, np.ones(dated.shape, bool), dated)


def _zone(written: str | None) -> str:
    """Return an offset as RFC 3339 writes it; without one a time is in UTC."""
    if written in {None, "Z", "z"}:
        return "Z"
    digits = str(written)[1:].replace(":", "").ljust(4, "0")
    return f"{'-' if str(written)[0] == '-' else '+'}{digits[:2]}:{digits[2:]}"
