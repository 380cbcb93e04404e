"""The plan's indicators: what is aimed at, where it began, what was reported since, how it stands.

Those of the whole district, 61 of them, and the goals of single elements. Values that were
reported are features without geometry of one collection, so that they have revisions, a history
and a way back as everything else has.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

from zones.model import Feature
from zones.plan.indicator_status import Status, due_on, expected_on, judged
from zones.plan_text import Element, Goal, Indicator, Plan, Reference
from zones.snapshot.model import Snapshot
from zones.snapshot.plan_feature_reading import number, text

VALUES: Final = "plan_indicator_values"
"""The collection of reported values."""


@dataclass(frozen=True, slots=True)
class IndicatorValue:
    """A value reported for a day."""

    code: str
    day: date
    value: float
    source: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """An indicator as the text states it; ``element`` is None where it is the whole district's.

    ``op`` is None of figures that are no targets: baselines, and what was done before the plan.
    """

    code: str
    name: str
    kind: str
    element: str | None
    value: float | str | None
    unit: str | None
    op: str | None
    path: str | None
    year: int | None
    baseline_code: str | None
    ref: Reference
    quote: str

    @property
    def aim(self) -> float | None:
        """What is aimed at as a number, of a range its lower end; None if it is words, or none."""
        if self.op in {None, "qual"}:
            return None
        if isinstance(self.value, str):
            return float(self.value.split("-")[0])
        return None if self.value is None else float(self.value)


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """A target, its baseline, its values by day, what is expected of the last one, and how it is.

    ``expected`` is None where no way is stated, ``baseline`` where the text states none.
    """

    target: Target
    baseline: float | None
    values: tuple[IndicatorValue, ...]
    expected: float | None
    status: Status

    @property
    def present(self) -> IndicatorValue | None:
        """The last value reported."""
        return self.values[-1] if self.values else None

    def as_json(self) -> dict[str, Any]:
        """Return JSON values."""
        document = asdict(self.target)
        values = [_value_json(value) for value in self.values]
        return document | {
            "baseline": self.baseline,
            "present": values[-1] if values else None,
            "expected": None if self.expected is None else round(self.expected, 4),
            "status": self.status,
            "values": values,
        }

    def as_row(self) -> dict[str, Any]:
        """Return plain values for a line of a table."""
        target, present = self.target, self.present
        return {
            "code": target.code,
            "name": target.name,
            "element": target.element,
            "chapter": target.ref.ref,
            "line": target.ref.line,
            "kind": target.kind,
            "unit": target.unit,
            "baseline": self.baseline,
            "op": target.op,
            "target": target.value,
            "year": target.year,
            "path": target.path,
            "value": present and present.value,
            "date": present and present.day.isoformat(),
            "source": present and present.source,
            "expected": None if self.expected is None else round(self.expected, 4),
            "status": self.status,
            "quote": target.quote,
        }


def _value_json(value: IndicatorValue) -> dict[str, Any]:
    return {
        "date": value.day.isoformat(),
        "value": value.value,
        "source": value.source,
        "note": value.note,
    }


def targets_of(plan: Plan) -> dict[str, Target]:
    """Return the indicators by code in the plan's order: the district's, then the elements'."""
    district = (_of_district(indicator) for indicator in plan.indicators)
    elements = (_of_element(e, goal) for e in plan.elements for goal in e.goals)
    return {target.code: target for target in (*district, *elements)}


def _of_district(one: Indicator) -> Target:
    is_target = one.kind.startswith("target")
    return Target(
        code=one.key,
        name=one.name,
        kind=one.kind,
        element=None,
        value=one.value,
        unit=one.unit,
        op=one.op if is_target else None,
        path=one.path,
        year=due_on(None).year if is_target else None,
        baseline_code=one.baseline,
        ref=one.ref,
        quote=one.quote,
    )


def _of_element(element: Element, goal: Goal) -> Target:
    reference = asdict(element.ref) | {"line": goal.line}
    return Target(
        code=f"{element.id}.{goal.key}",
        name=goal.text,
        kind="goal",
        element=element.id,
        value=goal.value,
        unit=goal.unit,
        op=goal.op,
        path=goal.path,
        year=goal.year,
        baseline_code=None,
        ref=Reference(**reference),
        quote=element.goals_verbatim,
    )


def indicator_rows(snapshot: Snapshot) -> tuple[IndicatorRow, ...]:
    """Return every indicator with what was reported, in the plan's order."""
    targets = targets_of(snapshot.plan)
    reported = reported_values(snapshot)
    return tuple(_row(target, targets, reported.get(code, ())) for code, target in targets.items())


def _row(
    target: Target, targets: Mapping[str, Target], values: tuple[IndicatorValue, ...]
) -> IndicatorRow:
    begun = targets.get(target.baseline_code or "")
    baseline = begun.value if begun and isinstance(begun.value, int | float) else None
    aim, due = target.aim, due_on(target.year)
    if aim is None or target.op is None or target.path is None:
        return IndicatorRow(target, baseline, values, None, "not_judged")
    if not values:
        return IndicatorRow(target, baseline, values, None, "no_value")
    last = values[-1]
    expected = expected_on(last.day, path=target.path, start=baseline, target=aim, due=due)
    status = judged(
        op=target.op,
        target=aim,
        path=target.path,
        start=baseline,
        due=due,
        day=last.day,
        value=last.value,
    )
    return IndicatorRow(target, baseline, values, expected, status)


def reported_values(snapshot: Snapshot) -> dict[str, tuple[IndicatorValue, ...]]:
    """Return the values reported for each indicator, the oldest first."""
    found: defaultdict[str, list[IndicatorValue]] = defaultdict(list)
    for value in _values_in(snapshot.collection_or_empty(VALUES)):
        found[value.code].append(value)
    return {code: tuple(sorted(each, key=lambda value: value.day)) for code, each in found.items()}


def unusable_values(snapshot: Snapshot) -> tuple[str, ...]:
    """Return the fids of values that were edited into what is none: no code, number or day.

    A code that the plan has no indicator of is none either.
    """
    codes = targets_of(snapshot.plan).keys()
    return tuple(
        feature.fid
        for feature in snapshot.collection_or_empty(VALUES)
        if (value := _value_of(feature)) is None or value.code not in codes
    )


def _values_in(features: Iterable[Feature]) -> Iterator[IndicatorValue]:
    """Yield the values that features hold; `unusable_values` tells of the others."""
    for feature in features:
        if (value := _value_of(feature)) is not None:
            yield value


def _value_of(feature: Feature) -> IndicatorValue | None:
    properties = feature.properties
    code, value = text(properties, "code"), number(properties, "value")
    try:
        day = date.fromisoformat(text(properties, "date") or "")
    except ValueError:
        return None
    if code is None or value is None:
        return None
    source, note = text(properties, "source") or "", text(properties, "note") or ""
    return IndicatorValue(code, day, value, source, note)
