"""Rows of a table -> values of indicators, each row that cannot be one named with its reason."""

import calendar
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from zones.errors import ValidationError
from zones.model import JSON, CollectionInfo, Feature, FieldInfo
from zones.plan.indicators import VALUES, IndicatorValue, Target

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "code": ("代码", "指标代码", "编码", "指标编码", "code", "key", "indicator"),
    "value": ("现状值", "数值", "值", "现值", "实际值", "完成值", "value"),
    "date": ("日期", "时点", "数据时点", "统计时点", "年份", "年度", "date", "year"),
    "source": ("来源", "数据来源", "source"),
    "unit": ("单位", "计量单位", "unit"),
    "note": ("备注", "说明", "note", "remark"),
}
"""The headings of a table of values; the first of each is what templates say."""

NEEDED: Final = ("code", "value", "date", "source")
FIRST_YEAR: Final = 2000
MOST_FAULTS: Final = 100
_SHOWN: Final = 60
_NUMBER: Final = re.compile(r"[-+]?\d+(?:\.\d+)?")
_THOUSANDS: Final = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_DATE: Final = re.compile(
    r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月?)|年?)(?:T00:00:00)?"
)
_DIGITS: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
_LEAST_PERCENT: Final = 2

Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ReadValues:
    """The values of a table, the rows at fault, and how many rows had no value."""

    values: tuple[IndicatorValue, ...]
    faults: tuple[ValidationError, ...]
    blank: int


def values_info() -> CollectionInfo:
    """Return how the collection of reported values is described."""
    titles = {"code": "指标代码", "name": "指标", "value": "数值", "unit": "单位", "date": "时点"}
    more = {"source": "来源", "note": "备注"}
    return CollectionInfo(
        id=VALUES,
        title="规划指标的现状值",
        title_en="Reported values of the plan's indicators",
        description="按指标代码和时点上报的数值，见 /plan/indicators。",
        description_en="Values by indicator and day, shown at /plan/indicators.",
        group="table",
        order=90,
        visible=False,
        fields=tuple(FieldInfo(name, title) for name, title in {**titles, **more}.items()),
    )


def value_feature(value: IndicatorValue, target: Target) -> Feature:
    """Return the feature that keeps a value: one for each indicator and day."""
    properties: dict[str, JSON] = {
        "name": target.name,
        "code": value.code,
        "value": value.value,
        "unit": target.unit,
        "date": value.day.isoformat(),
        "source": value.source,
        "note": value.note,
    }
    return Feature(f"{value.code}_{value.day:%Y%m%d}", None, properties)


def read_values(
    names: Sequence[str],
    rows: Iterable[tuple[int, Sequence[str]]],
    targets: Mapping[str, Target],
    *,
    today: date,
) -> ReadValues:
    """Return the values of a table by its headings.

    Parameters
    ----------
    rows
        The number of each row in its file, and its cells.

    Raises
    ------
    ValidationError
        ``indicator-columns`` if a heading that is needed is missing.
    """
    columns = _columns(names)
    found: dict[tuple[str, date], tuple[int, IndicatorValue]] = {}
    faults: list[ValidationError] = []
    blank = 0
    for line, row in rows:
        cells = {what: row[at].strip() if at < len(row) else "" for what, at in columns.items()}
        if not cells["value"]:
            blank += 1
            continue
        try:
            value = _value(cells, targets, today)
            _check_once(found, value)
        except ValidationError as fault:
            place = ("row", line, *fault.loc)
            faults.append(ValidationError(fault.code, loc=place, **fault.params))
            continue
        found[value.code, value.day] = line, value
    return ReadValues(tuple(value for _, value in found.values()), _some(faults), blank)


def _some(faults: Sequence[ValidationError]) -> tuple[ValidationError, ...]:
    """Return the first faults, and how many more there are."""
    more = len(faults) - MOST_FAULTS
    rest = (ValidationError("indicator-more-faults", count=more),) if more > 0 else ()
    return (*faults[:MOST_FAULTS], *rest)


def _columns(names: Sequence[str]) -> dict[str, int]:
    plain = ["".join(unicodedata.normalize("NFKC", name).split()).casefold() for name in names]
    found = {
        what: next(plain.index(name) for name in known if name in plain)
        for what, known in COLUMNS.items()
        if not set(known).isdisjoint(plain)
    }
    missing = [COLUMNS[what][0] for what in NEEDED if what not in found]
    if missing:
        listed = "、".join(name for name in names if name)[:200] or "—"
        raise ValidationError("indicator-columns", missing="、".join(missing), found=listed)
    return found


def _check_once(
    found: Mapping[tuple[str, date], tuple[int, IndicatorValue]], value: IndicatorValue
) -> None:
    other = found.get((value.code, value.day))
    if other is not None and other[1] != value:
        day, line = value.day.isoformat(), other[0]
        raise ValidationError("indicator-twice", code=value.code, date=day, other=line)


def _value(cells: Cells, targets: Mapping[str, Target], today: date) -> IndicatorValue:
    target = _target(cells["code"], targets)
    unit = cells.get("unit", "")
    if unit and target.unit and _plain(unit) != _plain(target.unit):
        params = {"given": unit[:_SHOWN], "unit": target.unit, "code": target.code}
        raise ValidationError("indicator-unit", loc=(COLUMNS["unit"][0],), **params)
    if not cells["source"]:
        raise ValidationError("indicator-source", loc=(COLUMNS["source"][0],), code=target.code)
    day = _day(cells["date"], today)
    value = _number(cells["value"], target)
    return IndicatorValue(target.code, day, value, cells["source"], cells.get("note", ""))


def _target(code: str, targets: Mapping[str, Target]) -> Target:
    target = targets.get(unicodedata.normalize("NFKC", code))
    place = (COLUMNS["code"][0],)
    if target is None:
        named = [each for each in targets.values() if each.name == code and each.op is not None]
        hint = named[0].code if len(named) == 1 else "—"
        raise ValidationError("indicator-unknown", loc=place, code=code[:_SHOWN], near=hint)
    later = next((each.code for each in targets.values() if each.baseline_code == code), None)
    if later is not None:
        raise ValidationError("indicator-is-baseline", loc=place, code=code, target=later)
    return target


def _number(cell: str, target: Target) -> float:
    text = _THOUSANDS.sub("", _plain(cell))
    is_percent = text.endswith("%")
    place = (COLUMNS["value"][0],)
    if is_percent:
        text = text[:-1]
        if not (target.unit or "").startswith("%"):
            params = {"given": cell[:_SHOWN], "unit": target.unit or "—", "code": target.code}
            raise ValidationError("indicator-unit", loc=place, **params)
    if not _NUMBER.fullmatch(text) or len(text) > _SHOWN:
        raise ValidationError("indicator-number", loc=place, given=cell[:_SHOWN], code=target.code)
    value = float(text)
    aim = target.aim or 0.0
    is_share = (target.unit or "").startswith("%") and not is_percent
    if is_share and 0 < abs(value) <= 1 and aim >= _LEAST_PERCENT:
        # A cell of a workbook shown as 95 % holds 0.95.
        raise ValidationError(
            "indicator-fraction", loc=place, given=cell[:_SHOWN], code=target.code
        )
    return value


def _day(cell: str, today: date) -> date:
    """Return the day of a date; of a month or a year its last one."""
    place = (COLUMNS["date"][0],)
    found = _DATE.fullmatch(_plain(cell)) or _DIGITS.fullmatch(_plain(cell))
    if found is None:
        raise ValidationError("indicator-date", loc=place, given=cell[:_SHOWN])
    year, month, day = int(found[1]), int(found[2] or 12), found[3]
    try:
        last = calendar.monthrange(year, month)[1] if year else 0
        parsed = date(year, month, int(day) if day else last)
    except (ValueError, calendar.IllegalMonthError):
        raise ValidationError("indicator-date", loc=place, given=cell[:_SHOWN]) from None
    if parsed > today or parsed.year < FIRST_YEAR:
        shown, earliest = cell[:_SHOWN], FIRST_YEAR
        raise ValidationError("indicator-day", loc=place, given=shown, earliest=earliest)
    return parsed


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def changed_values(
    values: Iterable[IndicatorValue], before: Mapping[str, tuple[IndicatorValue, ...]]
) -> tuple[tuple[IndicatorValue, ...], tuple[IndicatorValue, ...], int]:
    """Return the values that are new, those that differ from what is stored, how many do not."""
    stored = {(one.code, one.day): one for each in before.values() for one in each}
    new, changed, same = [], [], 0
    for value in values:
        there = stored.get((value.code, value.day))
        if there is None:
            new.append(value)
        elif there == value:
            same += 1
        else:
            changed.append(value)
    return tuple(new), tuple(changed), same
