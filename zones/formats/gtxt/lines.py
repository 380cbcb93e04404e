"""Lines of a 国土 TXT: what kind each is, and what it says.

The format has no public standard. A text has sections ``[属性描述]`` (``key=value``) and
``[地块坐标]``, in which a line that ends in ``@`` begins a parcel and lines ``点号,圈号,X,Y``
follow, X being the northing. Programs differ in brackets, blanks, tabs and commas, which may be
full-width; the rules here are those on which the readers of surveyors' tools agree
(github.com/znlgis/opengis-utils-for-java, docs of 国土 TXT; github.com/xiaofuX1/XIAOFUTools;
the sample of the CASS "电子报盘" at celiang.net/13032).
"""

import re
from typing import Final, NamedTuple

from zones.formats.csv.place_numbers import INVISIBLE, number

COORDINATES: Final = "地块坐标"
_SECTION: Final = re.compile(r"[\[【［]\s*([^\[\]【】［］]{1,40}?)\s*[\]】］]")
_PAIR: Final = re.compile(r"([^=＝,，@]{1,40}?)\s*[=＝]\s*(.*)")
_END_OF_HEAD: Final = re.compile(r"[,，\s]*@[\s,，]*\Z")
_FEWEST_COMMAS: Final = 3
_WITH_RING, _WITHOUT_RING = 4, 3


class SectionStart(NamedTuple):
    """The start of a section."""

    name: str


class Entry(NamedTuple):
    """A key and its value."""

    key: str
    value: str


class ParcelLine(NamedTuple):
    """The line that begins a parcel; its cells without the ``@``."""

    cells: list[str]


class PointLine(NamedTuple):
    """A vertex: its line in the text (from 1), name, ring, and two numbers in the file's order.

    ``more`` is what stands behind the numbers.
    """

    line: int
    name: str
    ring: str
    first: float
    second: float
    more: str = ""


class Unread(NamedTuple):
    """A line that is none of these."""

    text: str


Line = SectionStart | Entry | ParcelLine | PointLine | Unread


def line_read(text: str, line: int, *, in_header: bool) -> Line | None:
    """Return what a line of the text says; None for one without a visible character.

    ``in_header`` if ``key=value`` may stand here.

    Examples
    --------
    >>> line_read("J1,1,4626950.000,41533000.000", 7, in_header=False)
    PointLine(line=7, name='J1', ring='1', first=4626950.0, second=41533000.0, more='')
    >>> line_read("５，1.8，DK-002，@", 6, in_header=False)
    ParcelLine(cells=['５', '1.8', 'DK-002'])
    """
    bare = INVISIBLE.sub("", text).strip()
    if not bare:
        return None
    if found := _SECTION.fullmatch(bare):
        return SectionStart(found[1])
    if end := _END_OF_HEAD.search(bare):
        return ParcelLine(_cells_of_head(bare[: end.start()]))
    if in_header and (pair := _PAIR.fullmatch(bare)):
        return Entry(pair[1].strip(), pair[2].strip())
    return _point(bare, line) or Unread(bare)


def _cells_of_head(text: str) -> list[str]:
    """Return the cells; a full-width comma parts them only where there are no others."""
    mark = "," if text.count(",") >= _FEWEST_COMMAS or "，" not in text else "，"
    text = text if mark == "," else text.replace(",", mark)
    return [cell.strip() for cell in text.split(mark)]


def _point(text: str, line: int) -> PointLine | None:
    plain = text.replace("，", ",").replace("；", ",")
    cells = [cell.strip() for cell in (plain.split(",") if "," in plain else plain.split())]
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) >= _WITH_RING:
        (name, ring, one, other), more = cells[:_WITH_RING], ",".join(cells[_WITH_RING:])
    elif len(cells) == _WITHOUT_RING and all("." in cell for cell in cells[1:]):
        (name, one, other), ring, more = cells, "", ""
    else:
        return None
    first, second = number(one), number(other)
    if first is None or second is None:
        return None
    return PointLine(line, name, ring, first, second, more)
