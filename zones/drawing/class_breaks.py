"""Classes of a property's values for a legend: bounds of figures by a stated method, categories.

What comes out is a style as staff give it (`zones.drawing.staff_layer_style`), with how many
features are in each class, and what is left over and why.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import shapely

from zones.drawing.class_palettes import category_colours, ramp
from zones.drawing.staff_layer_style import MOST_CLASSES
from zones.errors import ValidationError
from zones.model import JSON
from zones.properties.titles_and_codes import FieldWords, written
from zones.snapshot.collection import Collection

Method = Literal["categories", "natural", "quantile", "equal"]
METHODS: Final[tuple[Method, ...]] = ("categories", "natural", "quantile", "equal")
FEWEST, MOST = 2, 9
"""How many classes of figures there may be: of more, nobody tells the colours apart."""
MOST_EXACT: Final = 800
"""Distinct values that natural breaks weigh one by one; of more, these many quantiles."""
_LONGEST_TITLE: Final = 200
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Classified:
    """A style by classes, and how it came about.

    ``counts`` belong to the style's classes, in their order. ``others`` are features whose value is
    in none: ``missing`` of them have no value, the rest one that is no number, or a rare category.
    """

    style: dict[str, JSON]
    counts: tuple[int, ...]
    missing: int
    others: int
    low: float | None = None
    high: float | None = None
    is_sampled: bool = False


def categories(collection: Collection, name: str, *, palette: str = "muted") -> Classified:
    """Return a category for each value of a property, the frequent ones first.

    Of more values than a style may have, the rare ones are left to ``others``.

    Raises
    ------
    ValidationError
        If no feature has a value.
    """
    values = [properties.get(name) for properties in collection.properties]
    found = Counter(text for value in values if (text := _code(value)))
    if not found:
        raise ValidationError("classes-no-values", property=name)
    commonest = found.most_common(MOST_CLASSES)
    commonest.sort(key=lambda pair: (pair[0].isdigit() and pair[0].zfill(20)) or pair[0])
    words = FieldWords(collection.info)
    colours = category_colours([value for value, _ in commonest], palette)
    dimension = _dimension(collection)
    listed: list[JSON] = [
        {
            "values": [value],
            "title": (words.text(name, value) or value)[:_LONGEST_TITLE],
            **_look(colour, dimension),
        }
        for (value, _), colour in zip(commonest, colours, strict=True)
    ]
    counts = tuple(count for _, count in commonest)
    return Classified(
        {"property": name, "categories": listed, "otherwise": _look(_OTHERS, dimension)},
        counts,
        missing=sum(value is None or value == "" for value in values),
        others=len(values) - sum(counts),
    )


def graduated(
    collection: Collection, name: str, *, method: Method, count: int, palette: str = "ylorbr"
) -> Classified:
    """Return classes of a property's figures, the lowest first; fewer where values are few.

    Raises
    ------
    ValidationError
        If no feature has a number.
    """
    values = [properties.get(name) for properties in collection.properties]
    numbers = np.asarray([value for value in values if _is_figure(value)], np.float64)
    if not len(numbers):
        raise ValidationError("classes-no-numbers", property=name)
    bounds = breaks(numbers, method, count)
    inside = np.bincount(np.searchsorted(bounds, numbers, side="right"), minlength=len(bounds) + 1)
    colours = ramp(palette, len(bounds) + 1)
    edges = [None, *bounds, None]
    dimension = _dimension(collection)
    listed: list[JSON] = [
        {"below": high, "title": _range(low, high), **_look(colour, dimension)}
        for low, high, colour in zip(edges[:-1], edges[1:], colours, strict=True)
    ]
    return Classified(
        {"property": name, "classes": listed, "otherwise": _look(_OTHERS, dimension)},
        tuple(inside.tolist()),
        missing=sum(value is None or value == "" for value in values),
        others=len(values) - len(numbers),
        low=float(numbers.min()),
        high=float(numbers.max()),
        is_sampled=method == "natural" and len(np.unique(numbers)) > MOST_EXACT,
    )


_OTHERS: Final = "#d9d4c8"


def suited_categories(collection: Collection) -> list[str]:
    """Return the properties whose values are few enough for categories, codes of things first."""
    found: dict[str, set[str]] = {}
    for properties in collection.properties:
        for name, value in properties.items():
            values = found.setdefault(name, set())
            if len(values) <= MOST_CLASSES and (code := _code(value)):
                values.add(code)
    suited = [name for name, values in found.items() if 1 < len(values) <= MOST_CLASSES]
    numeric = set(figures(collection))
    return sorted(suited, key=lambda name: name in numeric)


def figures(collection: Collection) -> list[str]:
    """Return the properties that have numbers."""
    names = dict.fromkeys(
        name
        for properties in collection.properties
        for name, value in properties.items()
        if _is_figure(value)
    )
    return list(names)


def _look(colour: str, dimension: int) -> dict[str, JSON]:
    """Return how features of a class are drawn: lines in its colour, dots and areas filled."""
    if dimension == 1:
        return {"stroke": colour, "stroke_width": 2.5}
    if dimension == 0:
        return {"fill": colour, "radius": 5.5}
    return {"fill": colour, "fill_opacity": 0.8, "stroke": "#5d564b", "stroke_width": 0.8}


def _dimension(collection: Collection) -> int:
    """Return what the features are, areas before lines before points; areas if they are nowhere."""
    found = shapely.get_dimensions(collection.geometries)
    return int(found.max()) if len(found) and found.max() >= 0 else 2


def breaks(numbers: Numbers, method: Method, count: int) -> list[float]:
    """Return the bounds between classes, ascending: the lowest values that belong to the upper.

    A bound has as few digits as tell the values on its two sides apart.
    """
    distinct = np.unique(numbers)
    count = min(count, len(distinct))
    if count < FEWEST:
        return []
    low, high = distinct[0], distinct[-1]
    if method == "equal":
        edges = [float(low + (high - low) * i / count) for i in range(1, count)]
        return _ascending([_short(edge, (high - low) / 1e4) for edge in edges])
    starts = _natural(numbers, count) if method == "natural" else _quantiles(numbers, count)
    return _ascending([_between(distinct, start) for start in starts])


def _quantiles(numbers: Numbers, count: int) -> list[float]:
    shares = np.arange(1, count) / count
    found: list[float] = np.quantile(numbers, shares, method="higher").tolist()
    return [value for value in found if value > numbers.min()]


def _natural(numbers: Numbers, count: int) -> list[float]:
    """Return the first value of each class but the lowest, after Fisher (1958) and Jenks.

    The sum of squared distances from the classes' means is the least that there is.
    """
    values, weights = _weighed(numbers)
    deviation = _deviations(values, weights)
    n = len(values)
    best = deviation[0].copy()
    cuts = np.zeros((count, n), dtype=np.intp)
    for k in range(1, count):
        # totals[i, j]: the lower classes end before i, the class k holds i to j.
        totals = np.full((n, n), np.inf)
        totals[1:] = best[:-1, None] + deviation[1:]
        cuts[k] = totals.argmin(axis=0)
        best = totals[cuts[k], np.arange(n)]
    starts: list[float] = []
    end = n - 1
    for k in range(count - 1, 0, -1):
        start = int(cuts[k, end])
        starts.append(float(values[start]))
        end = start - 1
    return starts[::-1]


def _weighed(numbers: Numbers) -> tuple[Numbers, Numbers]:
    """Return distinct values and how often each is there; quantiles where they are too many."""
    values, counts = np.unique(numbers, return_counts=True)
    if len(values) <= MOST_EXACT:
        return values, counts.astype(np.float64)
    sample = np.quantile(numbers, np.linspace(0, 1, MOST_EXACT), method="nearest")
    values, counts = np.unique(sample, return_counts=True)
    return values, counts.astype(np.float64)


def _deviations(values: Numbers, weights: Numbers) -> Numbers:
    """Return at [i, j] the weighed squared distances of values i to j from their mean."""
    centred = values - values.mean()
    weight = np.concatenate(([0.0], np.cumsum(weights)))
    first = np.concatenate(([0.0], np.cumsum(weights * centred)))
    second = np.concatenate(([0.0], np.cumsum(weights * centred * centred)))
    n = len(values)
    upper = np.arange(1, n + 1)[None, :]
    lower = np.arange(n)[:, None]
    mass = np.where(upper > lower, weight[upper] - weight[lower], 1.0)
    sums, squares = first[upper] - first[lower], second[upper] - second[lower]
    return np.where(upper > lower, np.maximum(squares - sums * sums / mass, 0.0), np.inf)


def _between(distinct: Numbers, start: float) -> float:
    """Return a short number above the value below ``start`` and not above it."""
    index = int(np.searchsorted(distinct, start))
    below, value = float(distinct[index - 1]), float(distinct[index])
    for digits in range(-12, 16):
        short = round(value, digits)
        if below < short <= value:
            return short
    return value


def _short(value: float, step: float) -> float:
    digits = max(0, -int(np.floor(np.log10(step)))) if step > 0 else 0
    return round(value, digits)


def _ascending(bounds: Sequence[float]) -> list[float]:
    return sorted(set(bounds))


def _range(low: float | None, high: float | None) -> str:
    if low is None:
        return "—" if high is None else f"< {high:.12g}"
    return f"≥ {low:.12g}" if high is None else f"{low:.12g} – {high:.12g}"


def _is_figure(value: JSON) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _code(value: JSON) -> str:
    """Return a value as a category's code; nothing where there is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return written(value)
