"""The looks that staff give a collection: one for all, one a category, or one a class of figures.

As data and as JSON: ``{"fill": "#ffcc00", "stroke": "#664400"}`` for all features;
``{"property": "use", "categories": [{"values": ["R"], "title": "居住", "fill": …}], "otherwise":
{…}}``; ``{"property": "floors", "classes": [{"below": 3, "fill": …}, {"below": null, …}]}``.
With each ``"label": "floors"`` names the property that features are labelled by, "" none.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from itertools import pairwise
from math import isfinite
from typing import Any, Final, Literal

import orjson

from zones.drawing.model import Style
from zones.drawing.plan_layer_style import LOOKS, OWN_COLOUR
from zones.errors import ValidationError
from zones.model import JSON, CollectionInfo
from zones.properties.titles_and_codes import written

MOST_CLASSES: Final = 64
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")
_RANGES: Final = {
    "fill_opacity": (0.0, 1.0),
    "stroke_opacity": (0.0, 1.0),
    "stroke_width": (0.0, 30.0),
    "radius": (0.5, 40.0),
}
_MOST_DASHES, _LONGEST_DASH, _LONGEST_TITLE = 8, 100.0, 200


@dataclass(frozen=True, slots=True)
class StyleClass:
    """One line of a legend: what it stands for, and how that is drawn.

    ``values`` are those of a category; ``below`` the upper bound of a class of figures, which does
    not belong to it, None for the last.
    """

    style: Style
    title: str = ""
    values: tuple[str, ...] = ()
    below: float | None = None


@dataclass(frozen=True, slots=True)
class Symbology:
    """How a collection is drawn: by ``kind``, after the values of ``property``.

    ``otherwise`` is for features that are in no class; of ``single`` for all of them. ``label``
    is the property whose values are written on the map: None for the name, "" for nothing.
    """

    kind: Literal["single", "categories", "graduated"]
    otherwise: Style
    property: str = ""
    classes: tuple[StyleClass, ...] = field(default=())
    label: str | None = None

    def style_of(self, properties: Mapping[str, JSON]) -> Style:
        """Return the style of a feature with these properties."""
        found = self.class_of(properties)
        return self.otherwise if found is None else found.style

    def class_of(self, properties: Mapping[str, JSON]) -> StyleClass | None:
        """Return the class of a feature with these properties; None if it is in none."""
        value = properties.get(self.property)
        if self.kind == "categories" and isinstance(value, str | int | float):
            return next((each for each in self.classes if written(value) in each.values), None)
        if self.kind == "graduated" and isinstance(value, int | float):
            return next((c for c in self.classes if c.below is None or value < c.below), None)
        return None


def symbology_of(info: CollectionInfo) -> Symbology:
    """Return how a collection of staff is drawn: as they styled it, else in the colour it has."""
    usual = usual_style(info)
    if not info.style:
        return Symbology("single", usual)
    return read_symbology(orjson.loads(info.style), usual=usual)


def usual_style(info: CollectionInfo) -> Style:
    """Return the style that a collection's symbology begins with: its colour, or the usual one."""
    colour = info.colour or OWN_COLOUR
    return replace(LOOKS["own"], fill=colour, stroke=colour)


def as_dot(style: Style) -> Style:
    """Return a style of areas as that of points: filled, with a white edge."""
    dot = LOOKS["own-dot"]
    return replace(dot, fill=style.fill or style.stroke or OWN_COLOUR, radius=style.radius)


def read_symbology(definition: JSON, *, usual: Style) -> Symbology:
    """Return the symbology of JSON values; what they leave open is as in ``usual``.

    Raises
    ------
    ValidationError
        If a value is none that can be used; ``loc`` says which.
    """
    record = _record(definition, ("style",))
    return replace(_drawn(record, usual), label=_label(record))


def _drawn(record: Mapping[str, Any], usual: Style) -> Symbology:
    if "categories" in record:
        classes = _classes(record, "categories", usual)
        return Symbology("categories", _otherwise(record, usual), _property(record), classes)
    if "classes" in record:
        classes = _classes(record, "classes", usual)
        _check_ascending(classes)
        return Symbology("graduated", _otherwise(record, usual), _property(record), classes)
    return Symbology("single", _style(record, usual, ("style",)))


def _classes(record: Mapping[str, Any], key: str, usual: Style) -> tuple[StyleClass, ...]:
    listed = record[key]
    if not isinstance(listed, list) or not 0 < len(listed) <= MOST_CLASSES:
        raise _fault(("style", key), listed, f"1-{MOST_CLASSES} {{…}}")
    return tuple(
        _class(each, usual, key, ("style", key, number)) for number, each in enumerate(listed)
    )


def _class(definition: JSON, usual: Style, key: str, loc: tuple[str | int, ...]) -> StyleClass:
    record = dict(_record(definition, loc))
    title = record.pop("title", "")
    if not isinstance(title, str) or len(title) > _LONGEST_TITLE:
        raise _fault((*loc, "title"), title, '"…"')
    values, below = record.pop("values", []), record.pop("below", None)
    if key == "categories":
        if not isinstance(values, list) or not values or not all(map(_is_code, values)):
            raise _fault((*loc, "values"), values, '["…", 1]')
        return StyleClass(_style(record, usual, loc), title, tuple(map(written, values)))
    if below is not None and not _is_number(below):
        raise _fault((*loc, "below"), below, "1.5, null")
    return StyleClass(_style(record, usual, loc), title, below=below)


def _check_ascending(classes: Sequence[StyleClass]) -> None:
    bounds = [each.below for each in classes]
    known = [below for below in bounds if below is not None]
    if None in bounds[:-1] or any(a >= b for a, b in pairwise(known)):
        raise _fault(("style", "classes"), bounds, "below: 1 < 2 < … < null")


def _otherwise(record: Mapping[str, Any], usual: Style) -> Style:
    definition = record.get("otherwise", {})
    loc = ("style", "otherwise")
    return _style(_record(definition, loc), usual, loc)


def _property(record: Mapping[str, Any]) -> str:
    name = record.get("property")
    if not isinstance(name, str) or not name:
        raise _fault(("style", "property"), name, '"…"')
    return name


def _label(record: Mapping[str, Any]) -> str | None:
    label = record.get("label")
    if label is None or (isinstance(label, str) and len(label) <= _LONGEST_TITLE):
        return label
    raise _fault(("style", "label"), label, '"…", ""')


_KEYS: Final = frozenset(each.name for each in fields(Style)) - {"cap"}
_BESIDE: Final = frozenset({"property", "categories", "classes", "otherwise", "label"})


def _style(definition: Mapping[str, Any], usual: Style, loc: tuple[str | int, ...]) -> Style:
    changed: dict[str, Any] = {}
    for key, value in definition.items():
        if key in _BESIDE and len(loc) == 1:
            continue
        if key not in _KEYS:
            raise _fault((*loc, key), key, ", ".join(sorted(_KEYS)))
        changed[key] = _value(key, value, (*loc, key))
    return replace(usual, **changed)


def _value(key: str, value: Any, loc: tuple[str | int, ...]) -> Any:
    if key in {"fill", "stroke", "hatch"}:
        if value is None or (isinstance(value, str) and _COLOUR.fullmatch(value)):
            return value and value.lower()
        raise _fault(loc, value, "#rrggbb, null")
    if key == "dash":
        is_list = isinstance(value, list) and len(value) <= _MOST_DASHES
        if is_list and all(_is_number(each) and 0 < each <= _LONGEST_DASH for each in value):
            return tuple(float(each) for each in value)
        raise _fault(loc, value, "[6, 3]")
    low, high = _RANGES[key]
    if _is_number(value) and low <= value <= high:
        return float(value)
    raise _fault(loc, value, f"{low:g}-{high:g}")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _is_code(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _record(value: JSON, loc: tuple[str | int, ...]) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _fault(loc, value, "{…}")
    return value


def _fault(loc: tuple[str | int, ...], value: object, usable: str) -> ValidationError:
    return ValidationError("style-value", loc=loc, value=str(value)[:80], usable=usable)
