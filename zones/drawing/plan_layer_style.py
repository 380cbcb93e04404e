"""The looks of the plan's own layers: the one place where the screen and pictures have them from.

The map page hands them to its scripts (``zones.map_page.leaflet_looks``), so that a colour changed
here changes on the screen, on sheets and in the images for other programs alike.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from zones.drawing.model import LabelStyle, Style
from zones.drawing.plan_element_colours import ACCURACY_CLASSES, FILL_OPACITY, PAPER, AccuracyClass

OWN_COLOUR: Final = "#5b3a8c"
"""Of a collection that staff added and gave no colour."""

LOOKS: Final[Mapping[str, Style]] = MappingProxyType(
    {
        "zone": Style(fill="#999999", fill_opacity=FILL_OPACITY),
        "zone-line": Style(stroke="#555555", stroke_width=1.8),
        "axis-casing": Style(stroke="#ffffff", stroke_opacity=0.9, stroke_width=8.5),
        "axis-traced": Style(stroke="#882255", stroke_width=5),
        "axis-inferred": Style(stroke="#882255", stroke_width=5, dash=(14, 5), cap="butt"),
        "axis-schematic": Style(stroke="#882255", stroke_width=5, dash=(5, 7), cap="butt"),
        "belt": Style(
            fill="#117766", fill_opacity=0.1, stroke="#117766", stroke_width=2, dash=(9, 5)
        ),
        "belt-centre": Style(stroke="#0f6455", stroke_width=2.2, dash=(12, 4, 2, 4)),
        "belt-line": Style(stroke="#0f6455", stroke_width=1.4, stroke_opacity=0.85),
        "subdistrict": Style(stroke="#4c463c", stroke_width=1.1, stroke_opacity=0.75, dash=(1, 4)),
        "dispute": Style(hatch="#9c1f16", fill_opacity=0.55, stroke="#9c1f16", stroke_width=1.2),
        "site-existing": Style(fill="#ffffff", stroke="#2a2622", stroke_width=1.5, radius=4.8),
        "site-upgrade": Style(fill="#e3b23c", stroke="#2a2622", stroke_width=1.5, radius=4.8),
        "site-planned": Style(fill="#b3261e", stroke="#2a2622", stroke_width=1.5, radius=4.8),
        "site-circle": Style(
            fill="#8d8371",
            fill_opacity=0.04,
            stroke="#2a2622",
            stroke_width=1.4,
            stroke_opacity=0.85,
            dash=(5, 4),
        ),
        "district": Style(fill=PAPER),
        "district-line": Style(
            stroke="#3b352c", stroke_width=2.4, stroke_opacity=0.9, dash=(14, 4, 2, 4)
        ),
        "neighbour": Style(fill="#ece6d9"),
        "neighbour-line": Style(stroke="#b9ae98", stroke_width=1),
        "water": Style(fill="#b4d7e6", fill_opacity=0.86, stroke="#6fa6c0", stroke_width=0.8),
        "street-casing": Style(stroke="#8d8371", stroke_width=3.6, stroke_opacity=0.55),
        "street": Style(stroke="#fffdf8", stroke_width=2.2),
        "own": Style(
            fill=OWN_COLOUR, fill_opacity=0.18, stroke=OWN_COLOUR, stroke_width=2, radius=5.5
        ),
        "own-dot": Style(
            fill=OWN_COLOUR, fill_opacity=0.95, stroke="#ffffff", stroke_width=1.5, radius=5.5
        ),
    }
)

LABELS: Final[Mapping[str, LabelStyle]] = MappingProxyType(
    {
        "zone": LabelStyle(size=14, bold=True),
        "axis": LabelStyle(size=13, bold=True, spacing=0.12, halo=None),
        "belt": LabelStyle(size=14, bold=True, spacing=0.22, colour="#0b5347"),
        "water": LabelStyle(size=14, bold=True, spacing=0.3, colour="#2c6d8c"),
        "neighbour": LabelStyle(size=13, spacing=0.3, colour="#8b8069"),
        "street": LabelStyle(size=11, colour="#6b6255"),
        "subdistrict": LabelStyle(size=12, spacing=0.04, colour="#3f3a31"),
        "dispute": LabelStyle(size=11, bold=True, colour="#8c1a12"),
        "site": LabelStyle(size=11.5, colour="#221f1b"),
    }
)


def accuracy_class(accuracy_m: float | None) -> AccuracyClass:
    """Return the class of a stated accuracy in metres; the last when none is stated."""
    return next(
        each
        for each in ACCURACY_CLASSES
        if each.up_to_m is None or (accuracy_m is not None and accuracy_m <= each.up_to_m)
    )
