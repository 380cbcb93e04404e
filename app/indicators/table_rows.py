"""Indicators and their values as rows of tables."""

from typing import Any, Final

from zones.messages import Lang, say
from zones.plan.indicator_values import COLUMNS
from zones.plan.indicators import IndicatorRow, Target, reported_values, targets_of
from zones.snapshot.model import Snapshot

_WORDS: Final = ("kind", "op", "path", "status")
"""Columns whose values are codes, which people read as words."""

Row = dict[str, Any]


def in_words(row: IndicatorRow, lang: Lang) -> Row:
    """Return an indicator's line of a table for people: headings and codes in words."""
    cells = row.as_row()
    for name in _WORDS:
        if cells[name] is not None:
            cells[name] = say(f"indicator-{name}-{cells[name]}", lang).message
    return {say(f"indicator-column-{name}", lang).message: value for name, value in cells.items()}


def value_rows(snapshot: Snapshot, lang: Lang) -> list[Row]:
    """Return every value reported, as a table that can be sent again."""
    targets = targets_of(snapshot.plan)
    return [
        _row(targets[code], lang) | _filled(lang, value.value, value.day.isoformat(), value.source)
        for code, values in reported_values(snapshot).items()
        if code in targets
        for value in values
    ]


def template_rows(snapshot: Snapshot, lang: Lang) -> list[Row]:
    """Return a row to be filled for each indicator that can have a value."""
    targets = targets_of(snapshot.plan)
    begun = {target.baseline_code for target in targets.values()}
    missing = (each for each in targets.values() if each.aim is not None and each.code not in begun)
    return [_row(target, lang) | _filled(lang, None, None, None) for target in missing]


def _row(target: Target, lang: Lang) -> Row:
    name = say("indicator-column-name", lang).message
    return {
        heading("code", lang): target.code,
        name: target.name,
        heading("unit", lang): target.unit,
    }


def _filled(lang: Lang, value: float | None, day: str | None, source: str | None) -> Row:
    members = {"value": value, "date": day, "source": source}
    return {heading(name, lang): each for name, each in members.items()}


def heading(column: str, lang: Lang) -> str:
    """Return the heading that a table of values has for a column."""
    return column if lang == "en" else COLUMNS[column][0]
