"""The first line of a parcel -> its attributes, by the place at which each stands.

Eight places are the same with all programs; what follows differs. The names of thirteen are those
of github.com/znlgis/opengis-utils-for-java; a ninth alone is a description (XIAOFUTools). A cell
that holds 面, 线 or 点 shows where the fifth place is, in case a name has a comma in it or is
missing.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final, Literal

from zones.formats.csv.place_numbers import number
from zones.model import JSON, FieldInfo

Kind = Literal["点", "线", "面"]

AREA, CODE, NAME, KIND, SHEET, USE, CLASS = (
    "地块面积",
    "地块编号",
    "地块名称",
    "图形属性",
    "图幅号",
    "地块用途",
    "地类编码",
)
USUAL: Final = (AREA, CODE, NAME, KIND, SHEET, USE, CLASS)
"""After the number of vertices, which is no attribute of the parcel."""
_MORE: Final = ("图斑类型", "地类", "改造前质量等别", "改造后质量等别", "备注")
_DESCRIPTION: Final = "描述"
_WITH_DESCRIPTION, _PLACE_OF_KIND = 9, 4
_KINDS: Final = frozenset({"点", "线", "面"})
_COUNT: Final = re.compile(r"\d{1,9}")
_AREA: Final = re.compile(r"([\d.]+)\s*(公顷|ha|hm2|hm²|平方米|㎡|m2|m²|亩)?", re.IGNORECASE)
_HECTARES: Final = {"平方米": 1e-4, "㎡": 1e-4, "m2": 1e-4, "m²": 1e-4, "亩": 1 / 15}
_TITLES: Final = {
    "": "地块面积（公顷）",
    "gtxt-area-in-m2": "地块面积（平方米）",
    "gtxt-area-in-mu": "地块面积（亩）",
}


def titled(names: Collection[str]) -> FieldInfo:
    """Return the title of the area with its unit.

    Parameters
    ----------
    names
        What the areas of the first parcels tell of their unit: codes of ``area_problem``, an empty
        text for hectares. Where they do not agree, or tell none, the title has no unit.
    """
    units = _TITLES.keys() & set(names) if names else {""}
    return FieldInfo(AREA, _TITLES[units.pop()] if len(units) == 1 else AREA)


@dataclass(frozen=True, slots=True)
class Stated:
    """What the first line of a parcel states.

    ``count`` is its number of vertices and ``hectares`` its area, None where there is none;
    ``unit`` the unit that stands behind the area, if it is not hectares; ``odd`` whether cells do
    not stand where they usually do.
    """

    properties: dict[str, JSON]
    count: int | None = None
    hectares: float | None = None
    digits: int = 0
    unit: str = ""
    odd: bool = False

    @property
    def kind(self) -> Kind:
        """Whether it is points, lines or, if nothing is said, areas."""
        kind = self.properties.get(KIND)
        return kind if kind in ("点", "线") else "面"  # type: ignore[return-value]  # narrowed by the set


def names_of(widths: Iterable[int]) -> tuple[str, ...]:
    """Return the attributes of a file whose parcels have so many cells."""
    names = dict.fromkeys(USUAL)
    for width in widths:
        names |= dict.fromkeys(_names(width)[1:])
    return tuple(names)


def stated_by(cells: list[str] | None) -> Stated:
    """Return what the cells of a parcel's first line state."""
    if cells is None:
        return Stated({})
    if not _COUNT.fullmatch(cells[0]):
        return _without_count(cells)
    placed, odd = _placed(cells)
    texts = dict(zip(_names(len(placed)), placed, strict=True))
    properties: dict[str, JSON] = {name: text or None for name, text in texts.items() if name}
    area = _AREA.fullmatch(texts.get(AREA, ""))
    hectares = number(area[1]) if area else None
    if area is None or hectares is None:
        return Stated(properties, int(cells[0]), odd=odd)
    unit = (area[2] or "").casefold()
    hectares = round(hectares * _HECTARES.get(unit, 1.0), 12)
    properties[AREA] = hectares
    digits = len(area[1].partition(".")[2])
    return Stated(
        properties, int(cells[0]), hectares, digits, unit if unit in _HECTARES else "", odd
    )


def _names(width: int) -> tuple[str, ...]:
    """Return the names of so many cells; the first, the number of vertices, has none."""
    if width == _WITH_DESCRIPTION:
        return ("", *USUAL, _DESCRIPTION)
    known = ("", *USUAL, *_MORE)
    return (*known, *(f"field_{at}" for at in range(len(known) + 1, width + 1)))[:width]


def _placed(cells: list[str]) -> tuple[list[str], bool]:
    """Return the cells with the kind at its place, and whether they were moved."""
    kinds = [at for at, cell in enumerate(cells) if cell in _KINDS]
    if len(kinds) != 1 or kinds[0] == _PLACE_OF_KIND:
        return cells, False
    at = kinds[0]
    if at == _PLACE_OF_KIND - 1:
        return [*cells[:at], "", *cells[at:]], True
    if at > _PLACE_OF_KIND:
        return [*cells[:3], ",".join(cells[3:at]), *cells[at:]], True
    return cells, False


def _without_count(cells: list[str]) -> Stated:
    """Return what a line that begins with no number states: code, name, whatever else."""
    names = (CODE, NAME, *(f"field_{at}" for at in range(3, len(cells) + 1)))
    properties: dict[str, JSON] = {
        name: text or None for name, text in zip(names, cells, strict=False) if text
    }
    return Stated(properties, odd=len(cells) > 1)
