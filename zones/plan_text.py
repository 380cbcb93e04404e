"""What the plan says: its nine elements, ten subdistricts, conflicts and indicators, as facts.

Read from ``plan.json`` of the seed. Figures are the plan's own (km2, km); nothing here was
measured. Lines count from 1 in the plan's text as given.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, TypeVar

import orjson

from zones.errors import SeedError, UnknownFeatureError
from zones.model import JSON

ElementType = Literal["zone", "axis", "belt"]
T = TypeVar("T")


@dataclass(frozen=True)
class Reference:
    """A place in the plan's text."""

    chapter: int
    section: int | None
    ref: str
    chapter_title: str
    section_title: str | None
    line: int


@dataclass(frozen=True)
class PlanSource:
    """The document itself."""

    title: str
    publisher: str
    date: str
    note: str = ""


@dataclass(frozen=True)
class PlanDistrict:
    """The district the plan is for; the plan states no area of it."""

    code: str
    name: str
    name_en: str
    city: str
    province: str
    area_km2_in_plan: float | None = None


@dataclass(frozen=True)
class SubArea:
    """A key area, or a stretch of an axis, that the plan names within an element."""

    id: str
    name: str
    name_en: str
    kind: str
    ref: Reference


@dataclass(frozen=True)
class Goal:
    """One target of an element; ``op`` tells how ``value`` is meant, ``qual`` is words only.

    ``path`` is by which way it is to be reached: see `Indicator`.
    """

    key: str
    text: str
    value: float | str | None
    unit: str | None
    op: str
    year: int | None
    line: int
    path: str | None = None


@dataclass(frozen=True)
class Element:
    """One of 六区两轴一带: what its section of the plan says.

    ``subdistricts`` are the ids of those the section lists; ``length_approx`` is the text's 约.
    """

    id: str
    type: ElementType
    order: int
    name: str
    name_en: str
    ref: Reference
    scope_line: int
    subdistricts: tuple[str, ...]
    bounds_verbatim: str
    bounds: Mapping[str, JSON]
    planned_area_km2: float | None
    planned_length_km: float | None
    length_approx: bool
    positioning: str
    structure: str
    structure_line: int
    sub_areas: tuple[SubArea, ...]
    goals: tuple[Goal, ...]
    goals_verbatim: str

    @cached_property
    def lines(self) -> range:
        """The lines of the text from the section's title to the last line that is cited."""
        cited = [area.ref.line for area in self.sub_areas] + [goal.line for goal in self.goals]
        return range(self.ref.line, max([self.scope_line, self.structure_line, *cited]) + 1)


@dataclass(frozen=True)
class PlanSubdistrict:
    """A subdistrict and the one zone that the plan puts it in."""

    id: str
    code: str
    name: str
    name_en: str
    zone: str
    lines: tuple[int, ...]
    code_source: str = ""


@dataclass(frozen=True)
class PlanConflict:
    """Where the plan's text contradicts itself or is silent, and how it is treated here."""

    id: str
    kind: str
    title: str
    title_en: str
    detail: str
    lines: tuple[int, ...]
    treatment: str
    treatment_en: str


@dataclass(frozen=True)
class Indicator:
    """A figure of the whole district that the text states, with the words it stands in.

    Of a target, ``op`` tells how ``value`` is meant (``ge`` at least, ``le`` at most, ``between``,
    ``qual`` words only) and ``path`` by which way it is to be reached: ``linear`` from
    ``baseline``, the key of another indicator; ``cumulative`` from nothing; ``yearly``, by the
    value of each year; ``level``, of which the text states no way.
    """

    key: str
    name: str
    value: float | str | None
    unit: str | None
    kind: str
    ref: Reference
    quote: str
    op: str | None = None
    path: str | None = None
    baseline: str | None = None


@dataclass(frozen=True)
class Plan:
    """The plan's facts, elements in the plan's order.

    ``edition`` tells one wording of ``plan.json`` from another: it is no part of a store, so that
    a newer program says something else of the same revision.
    """

    source: PlanSource
    district: PlanDistrict
    slogan: str
    elements: tuple[Element, ...]
    subdistricts: tuple[PlanSubdistrict, ...]
    conflicts: tuple[PlanConflict, ...]
    indicators: tuple[Indicator, ...] = ()
    categories: tuple[str, ...] = ()
    site_statuses: Mapping[str, str] | None = None
    element_basis: Mapping[str, str] | None = None
    edition: str = ""

    def element(self, element_id: str) -> Element:
        """Return the element of that id.

        Raises
        ------
        UnknownFeatureError
            If the plan has no such element.
        """
        try:
            return self._elements[element_id]
        except KeyError:
            raise UnknownFeatureError("unknown-element", element=element_id) from None

    def conflict(self, conflict_id: str) -> PlanConflict | None:
        """Return the conflict of that id, or None."""
        return next((c for c in self.conflicts if c.id == conflict_id), None)

    def conflicts_of(self, element: Element) -> tuple[PlanConflict, ...]:
        """Return the conflicts that cite a line of the element's section."""
        return tuple(c for c in self.conflicts if any(line in element.lines for line in c.lines))

    def subdistrict(self, *keys: JSON) -> PlanSubdistrict | None:
        """Return the subdistrict that one of ``keys`` names (id, code or name), or None."""
        found = (self._subdistricts.get(key) for key in keys if isinstance(key, str))
        return next((subdistrict for subdistrict in found if subdistrict), None)

    def recognise(self, *keys: JSON) -> Element | None:
        """Return the element that one of ``keys`` names (id or Chinese name), or None.

        An uploaded layer has ids of its own; its zones are known by their names then.
        """
        names = (key for key in keys if isinstance(key, str))
        found = (self._elements.get(name) or self._by_name.get(name) for name in names)
        return next((element for element in found if element), None)

    def as_json(self) -> dict[str, Any]:
        """Return the whole plan as JSON values, for ``GET /plan``."""
        facts = asdict(self)
        del facts["edition"]
        return facts

    @cached_property
    def _elements(self) -> dict[str, Element]:
        return {element.id: element for element in self.elements}

    @cached_property
    def _by_name(self) -> dict[str, Element]:
        return {element.name: element for element in self.elements}

    @cached_property
    def _subdistricts(self) -> dict[str, PlanSubdistrict]:
        return {key: sd for sd in self.subdistricts for key in (sd.id, sd.code, sd.name)}


def load_plan(seed_dir: Path) -> Plan:
    """Return the plan from ``plan.json`` in the seed directory.

    Raises
    ------
    SeedError
        If the file is missing, is not JSON, or lacks a fact that every plan has.
    """
    path = Path(seed_dir) / "plan.json"
    try:
        text = path.read_bytes()
        plan = read_plan(orjson.loads(text))
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as fault:
        raise SeedError("seed-plan-unreadable", path=path.name, fault=str(fault)) from fault
    return replace(plan, edition=sha256(text).hexdigest()[:8])


def read_plan(document: Mapping[str, Any]) -> Plan:
    """Return the plan from the JSON values of ``plan.json``; keys it does not know are ignored."""
    return _record(
        Plan,
        document,
        source=_record(PlanSource, document["source"]),
        district=_record(PlanDistrict, document["district"]),
        elements=tuple(sorted(map(_element, document["elements"]), key=lambda e: e.order)),
        subdistricts=_each(PlanSubdistrict, document["subdistricts"], lines=tuple),
        conflicts=_each(PlanConflict, document["conflicts"], lines=tuple),
        indicators=_each(Indicator, document.get("indicators", ()), ref=_reference),
        categories=tuple(document.get("categories", ())),
    )


def _element(document: Mapping[str, Any]) -> Element:
    return _record(
        Element,
        document,
        ref=_reference(document["ref"]),
        subdistricts=tuple(document["subdistricts"]),
        sub_areas=_each(SubArea, document["sub_areas"], ref=_reference),
        goals=_each(Goal, document["goals"]),
    )


def _reference(document: Mapping[str, Any]) -> Reference:
    return _record(Reference, document)


def _each(cls: type[T], document: Iterable[Mapping[str, Any]], **convert: Any) -> tuple[T, ...]:
    """Return a record for each entry, the fields in ``convert`` passed through their function."""
    return tuple(
        _record(cls, entry, **{key: read(entry[key]) for key, read in convert.items()})
        for entry in document
    )


def _record(cls: type[T], document: Mapping[str, Any], **converted: Any) -> T:
    """Return the dataclass ``cls`` from the members of ``document`` that it knows."""
    known = {field.name for field in fields(cls)}  # type: ignore[arg-type]  # of dataclasses
    return cls(**{**{key: document[key] for key in known & document.keys()}, **converted})
