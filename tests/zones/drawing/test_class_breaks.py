"""Classes of values: bounds by each method, categories, and the colours they get."""

from itertools import combinations

import numpy as np
import pytest

from tests.toy import collection
from zones.drawing.class_breaks import breaks, categories, graduated, suited_categories
from zones.drawing.class_palettes import category_colours, land_use_colour, ramp
from zones.drawing.staff_layer_style import read_symbology, usual_style
from zones.errors import ValidationError
from zones.model import JSON, Feature
from zones.snapshot.collection import Collection

NUMBERS = np.array([1.0, 1.1, 1.2, 5.0, 5.3, 9.1, 9.2, 9.9])


def valued(*values: JSON) -> Collection:
    rows = [Feature(str(n), None, {"v": value}) for n, value in enumerate(values)]
    return collection("own", rows)


def test_natural_breaks_have_the_least_squares_of_all_ways_to_cut() -> None:
    numbers = np.sort(np.random.default_rng(7).normal(size=14))

    def squares(cuts: tuple[int, ...]) -> float:
        parts = np.split(numbers, cuts)
        return float(sum(((part - part.mean()) ** 2).sum() for part in parts))

    best = min(combinations(range(1, len(numbers)), 3), key=squares)
    found = tuple(np.searchsorted(numbers, breaks(numbers, "natural", 4)).tolist())
    assert found == best


def test_bounds_are_short_and_lie_between_the_classes() -> None:
    assert breaks(NUMBERS, "natural", 3) == [5, 9]
    assert breaks(NUMBERS, "equal", 2) == [pytest.approx(5.45)]
    counts = np.bincount(np.searchsorted(breaks(NUMBERS, "quantile", 4), NUMBERS, side="right"))
    assert counts.tolist() == [2, 2, 2, 2]


def test_few_values_make_few_classes() -> None:
    assert breaks(np.array([3.0, 3.0]), "natural", 5) == []
    assert breaks(np.array([1.0, 2.0, 2.0]), "quantile", 5) == [2]


def test_what_is_in_no_class_is_counted() -> None:
    found = graduated(valued(1, 2.5, 9, None, "x", True), "v", method="equal", count=2)
    assert (found.counts, found.missing, found.others) == ((2, 1), 1, 3)
    symbology = read_symbology(found.style, usual=usual_style(valued().info))
    assert symbology.class_of({"v": 9}) == symbology.classes[1]
    with pytest.raises(ValidationError):
        graduated(valued("x"), "v", method="equal", count=2)


def test_rare_categories_are_left_to_the_others() -> None:
    values = [str(n) for n in range(70)] + ["5", "5"]
    found = categories(valued(*values, None), "v")
    assert (len(found.counts), found.missing, found.others) == (64, 1, 7)
    assert found.counts[5] == 3, "in the order of their numbers"
    assert suited_categories(valued(*values)) == []
    assert suited_categories(valued("a", "b", None)) == ["v"]


def test_colours_of_land_use_go_by_code_name_or_letter() -> None:
    told = ("070102", "居住用地", "R2", " 07 ")
    assert {land_use_colour(each) for each in told} == {"#ffff2d"}
    assert land_use_colour("0804") == land_use_colour("A33") == "#ff85c9"
    assert [land_use_colour(each) for each in ("", "Railway", "99")] == [None, None, None]


def test_ramps_begin_and_end_with_their_own_colours() -> None:
    assert ramp("cividis", 3)[::2] == ["#fde737", "#00224e"]
    assert len(set(category_colours([str(n) for n in range(40)], "muted"))) == 40
