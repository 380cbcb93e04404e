"""What the map is drawn with: colours, numerals and short labels of the plan's elements.

Zone fills are six of the nine colours of Paul Tol's qualitative scheme *light* ("Colour
Schemes", SRON/EPS/TN/09-002, issue 3.2), which is meant for filled areas with dark text on
them. Its light cyan is left out (it would read as water), as are pear and pale grey. Of the
assignments in which the only blue lies away from the river, this one keeps neighbouring zones
furthest apart: at the fill's opacity the smallest CIE 1976 difference between neighbours is
13, between any two zones 9, over normal, protan, deutan and tritan sight (Machado et al. 2009).
Colour is never the only cue: every zone also carries its numeral and its name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

PAPER = "#fbf9f4"
FILL_OPACITY = 0.62


@dataclass(frozen=True, slots=True)
class ElementStyle:
    """How one of the nine elements is drawn.

    ``colour`` is the fill of a zone, the line of an axis, the corridor's edge of the belt;
    ``line`` is a darker shade that stays legible as a thin line or as text (contrast to
    paper at least 4.5:1); ``short`` and ``short_en`` are labels where the name does not fit.
    """

    colour: str
    line: str
    numeral: str
    short: str
    short_en: str


ELEMENT_STYLES: Mapping[str, ElementStyle] = MappingProxyType(
    {
        "zone-beishichang": ElementStyle("#77AADD", "#2b5f93", "①", "北市场", "Beishichang"),
        "zone-nanshichang": ElementStyle("#FFAABB", "#a23750", "②", "南市场", "Nanshichang"),
        "zone-fantaiyuanjie": ElementStyle(
            "#EEDD88", "#75650a", "③", "泛太原街", "Greater Taiyuan St"
        ),
        "zone-sanhaojie": ElementStyle("#EE8866", "#a2401c", "④", "三好街", "Sanhao Street"),
        "zone-changbaidao": ElementStyle("#AAAA00", "#62620a", "⑤", "长白岛", "Changbai Island"),
        "zone-manrong": ElementStyle("#44BB99", "#14694f", "⑥", "满融", "Manrong"),
        "axis-nanjingjie": ElementStyle(
            "#882255", "#882255", "⑦", "南京街发展轴", "Nanjing St axis"
        ),
        "axis-sanhaojie": ElementStyle("#332288", "#332288", "⑧", "三好街发展轴", "Sanhao St axis"),
        "belt-hunhe": ElementStyle("#117766", "#0f6455", "⑨", "浑河生态带", "Hun River belt"),
    }
)
"""Axes: wine and indigo of Tol's scheme *muted*, the darkest two, so lines stand out on fills."""

ZONE_GREYS: Mapping[str, str] = MappingProxyType(
    {
        "zone-beishichang": "#b0b0b0",
        "zone-nanshichang": "#f1f1f1",
        "zone-fantaiyuanjie": "#7d7d7d",
        "zone-sanhaojie": "#909090",
        "zone-changbaidao": "#4c4c4c",
        "zone-manrong": "#aaaaaa",
    }
)
"""Fills of zones printed without colours; those above are almost equally light."""


@dataclass(frozen=True, slots=True)
class AccuracyClass:
    """Border pieces whose stated accuracy is at most ``up_to_m`` metres (None: any, or none)."""

    up_to_m: float | None
    colour: str
    dash: str
    width: float


ACCURACY_CLASSES: tuple[AccuracyClass, ...] = (
    AccuracyClass(25, "#004488", "", 3.2),
    AccuracyClass(100, "#BB5566", "10 4", 3.0),
    AccuracyClass(300, "#997700", "4 5", 3.0),
    AccuracyClass(None, "#555555", "1 6", 2.8),
)
"""Good, fair, weak, schematic. Paul Tol's *high-contrast* scheme, and each with its own dash,
so that the classes differ in print and for every reader."""
