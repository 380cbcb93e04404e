"""The map's colours: legible, and apart for every reader."""

import json
from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.paths import SEED_DIR as SEED
from zones.drawing.grey_and_strong_colours import grey
from zones.drawing.plan_element_colours import ACCURACY_CLASSES, ELEMENT_STYLES, FILL_OPACITY, PAPER
from zones.plan_text import load_plan

Floats = NDArray[np.float64]

# Machado, Oliveira, Fernandes (2009), severity 1.0, on linear RGB.
SIGHT = {
    "normal": np.eye(3),
    "protan": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deutan": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritan": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


def neighbours() -> set[tuple[int, int]]:
    """Return pairs of positions of zones that share a border, by bounds or by administration."""
    place = {id_: i for i, id_ in enumerate(ELEMENT_STYLES) if id_.startswith("zone")}
    pieces = json.loads((SEED / "borders.geojson").read_text(encoding="utf-8"))["features"]
    sides = [
        [place[id_] for id_ in piece["properties"][how] if id_ in place]
        for piece in pieces
        for how in ("between", "administration")
    ]
    return {(min(pair), max(pair)) for pair in sides if len(set(pair)) == 2}


def rgb(colour: str) -> Floats:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255


def linear(colour: Floats) -> Floats:
    return np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)


def lab(colour: Floats) -> Floats:
    """Return CIE L*a*b* (D65) of a linear sRGB colour."""
    to_xyz = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
    )
    x, y, z = to_xyz @ colour / np.array([0.95047, 1.0, 1.08883])
    f = [v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z)]
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def zone_fills() -> list[Floats]:
    colours = [style.colour for id_, style in ELEMENT_STYLES.items() if id_.startswith("zone")]
    return [FILL_OPACITY * rgb(colour) + (1 - FILL_OPACITY) * rgb(PAPER) for colour in colours]


@pytest.mark.parametrize("sight", SIGHT)
def test_zones_stay_apart_for_colour_blind_readers(sight: str) -> None:
    seen = [lab(np.clip(SIGHT[sight] @ linear(fill), 0, 1)) for fill in zone_fills()]
    pairs = combinations(range(6), 2)
    apart = {(a, b): float(np.linalg.norm(seen[a] - seen[b])) for a, b in pairs}
    assert len(beside := neighbours()) == 8
    assert min(apart.values()) > 8.5
    assert min(apart[pair] for pair in beside) > 13


def test_neighbours_stay_apart_in_grey() -> None:
    greys = [grey(style.colour) for id_, style in ELEMENT_STYLES.items() if id_.startswith("zone")]
    printed = [FILL_OPACITY * rgb(each) + (1 - FILL_OPACITY) * rgb(PAPER) for each in greys]
    light = [float(lab(linear(each))[0]) for each in printed]
    assert min(abs(light[a] - light[b]) for a, b in neighbours()) > 9


def test_lines_and_names_are_legible_on_paper() -> None:
    weights = np.array([0.2126, 0.7152, 0.0722])
    paper = float(linear(rgb(PAPER)) @ weights) + 0.05
    for id_, style in ELEMENT_STYLES.items():
        contrast = paper / (float(linear(rgb(style.line)) @ weights) + 0.05)
        assert contrast >= 4.5, id_


def test_every_element_of_the_plan_has_a_style() -> None:
    assert {element.id for element in load_plan(SEED).elements} == set(ELEMENT_STYLES)
    assert len({style.numeral for style in ELEMENT_STYLES.values()}) == 9


def test_accuracy_classes_widen_and_end_open() -> None:
    limits = [one.up_to_m for one in ACCURACY_CLASSES]
    assert limits[-1] is None
    known = [limit for limit in limits if limit is not None]
    assert known == sorted(known)
    assert len({(one.colour, one.dash) for one in ACCURACY_CLASSES}) == len(ACCURACY_CLASSES)
