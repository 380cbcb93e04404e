"""What was found while rows of a table were read: counted, with the first of each kind."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from zones.formats.csv.place_numbers import INVISIBLE, Coordinate
from zones.formats.csv.split_rows import Row
from zones.model import JSON, Problem

_SHOWN: Final = 60
ANGLES, CLEANED, SHORT, OPEN_QUOTE, SRID_READ, SRID_OVERRULED = (
    "csv-angles-read",
    "csv-numbers-cleaned",
    "csv-rows-short",
    "csv-quote-open",
    "csv-srid-read",
    "csv-srid-overruled",
)
CODE_BY_FORM: Final = {"angle": ANGLES, "cleaned": CLEANED}
"""What is told of a number by how it was read."""


@dataclass(frozen=True, slots=True)
class Finding:
    """How many rows something was found in, the first of them (from 1) and what stood there."""

    count: int
    row: int
    sample: str = ""
    line: int | None = None


Findings = dict[str, Finding]


def merged(earlier: Findings, later: Findings, *, rows: int) -> Findings:
    """Return the findings of rows and of those that follow ``rows`` of them.

    Examples
    --------
    >>> merged({"a": Finding(2, 1)}, {"a": Finding(1, 1), "b": Finding(1, 3)}, rows=10)
    {'a': Finding(count=3, row=1, sample='', line=None), 'b': Finding(count=1, row=13, sample='', line=None)}
    """  # noqa: E501 - what is shown
    totals = dict(earlier)
    for code, found in later.items():
        known = totals.get(code)
        totals[code] = (
            replace(found, row=found.row + rows)
            if known is None
            else replace(known, count=known.count + found.count)
        )
    return totals


def problems_of(findings: Findings) -> Iterator[Problem]:
    """Yield what to tell of findings."""
    for code, found in findings.items():
        params: dict[str, JSON] = {
            "count": found.count,
            "row": found.row,
            "sample": found.sample,
            "line": found.line,
        }
        yield Problem(code, params, "warning" if code == OPEN_QUOTE else "note")


def shown(text: str) -> str:
    """Return a cell's text for a message, characters that cannot be seen by their numbers.

    Examples
    --------
    >>> shown("123.405\u200b")
    '123.405<U+200B>'
    """
    named = INVISIBLE.sub(lambda mark: f"<U+{ord(mark[0]):04X}>", text)
    return named.replace("\xa0", "<U+00A0>").replace("\u3000", "<U+3000>").strip()[:_SHOWN]


def found_in_rows(*columns: dict[int, tuple[str, str]]) -> Findings:
    """Return what was found in which rows, counted; the first column's text stands for a row."""
    texts_by_code: dict[str, dict[int, str]] = {}
    for odd in columns:
        for row, (code, text) in odd.items():
            texts_by_code.setdefault(code, {}).setdefault(row, text)
    return {
        code: Finding(len(texts), min(texts) + 1, shown(texts[min(texts)]))
        for code, texts in texts_by_code.items()
    }


def found_in_pair(
    texts: Sequence[str], numbers: Sequence[Coordinate | None]
) -> Iterator[tuple[str, str]]:
    """Yield what there is to tell of how a place's two numbers are written, with the text."""
    for how, code in CODE_BY_FORM.items():
        for text, number in zip(texts, numbers, strict=True):
            if number is not None and number.how == how:
                yield code, shown(text)
                break


@dataclass(slots=True)
class RowTally:
    """Counts what is found in rows that pass by."""

    findings: Findings = field(default_factory=dict)
    rows: int = 0

    def add(self, code: str, sample: str = "", line: int | None = None) -> None:
        """Count one row, the last that was taken."""
        known = self.findings.get(code)
        self.findings[code] = (
            Finding(1, self.rows, sample, line)
            if known is None
            else replace(known, count=known.count + 1)
        )

    def watching(self, rows: Iterable[Row], *, named: int) -> Iterator[Row]:
        """Yield the rows, counting those with open quotes and those that are too short.

        Parameters
        ----------
        named
            So many columns there are up to the last that has a name.
        """
        for row in rows:
            self.rows += 1
            if row.open_quote is not None:
                self.add(OPEN_QUOTE, shown(row.open_quote), row.line)
            if row.cell_count < named:
                self.add(SHORT, line=row.line)
            yield row
