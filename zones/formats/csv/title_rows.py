"""What title rows of a survey table say of the rows below: 地块编号：DK-001, 项目名称：某某项目.

Such a row stands above the headings, and above those of each next parcel. What it says may be in
its cell behind a colon, or in the next cell.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

_KEY: Final = (
    r"((?:地块|宗地|图斑|地籍|项目|用地)(?:编号|编码|代码|号|名称|名)|权利人|土地坐落|坐落|图幅号)"
)
_NAMED: Final = re.compile(_KEY)
_IN_CELL: Final = re.compile(_KEY + r"\s*[:：]\s*([^\s:：,，;；]+)(?![^\s]*[:：])")
_BEFORE: Final = re.compile(r"(?:.*\s)?" + _KEY + r"\s*[:：]?\s*")
_LONGEST: Final = 200
_PROJECT: Final = "项目"


def may_be_title(cell: str) -> bool:
    """Return whether a cell is worth looking at; most are numbers and tell at once."""
    return len(cell) > 1 and cell[0] > "~" and _NAMED.search(cell) is not None


def titled_in(cells: Sequence[str]) -> dict[str, str]:
    """Return what a row says of those below, by its words for it; empty for any other row.

    Examples
    --------
    >>> titled_in(["地块编号：DK-001  地块名称：地块一", "", ""])
    {'地块编号': 'DK-001', '地块名称': '地块一'}
    >>> titled_in(["宗地代码", "210102001", "权利人：", "某公司"])
    {'宗地代码': '210102001', '权利人': '某公司'}
    >>> titled_in(["地块编号", "点号", "X", "Y"])
    {}
    """
    return dict(_pairs([cell for cell in cells if cell.strip()]))


def said_below(before: Mapping[str, str], said: Mapping[str, str]) -> dict[str, str]:
    """Return what holds below further titles: what they say, and the project of those before.

    Examples
    --------
    >>> said_below({"项目名称": "某项目", "地块名称": "地块一"}, {"地块编号": "DK-002"})
    {'项目名称': '某项目', '地块编号': 'DK-002'}
    """
    of_project = {name: text for name, text in before.items() if name.startswith(_PROJECT)}
    return {**of_project, **said}


def _pairs(filled: Sequence[str]) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(filled):
        cell, at = filled[at].strip(), at + 1
        for found in _IN_CELL.finditer(cell):
            yield found[1], found[2][:_LONGEST]
        named = _BEFORE.fullmatch(cell)
        if named and at < len(filled) and _is_value(filled[at], after_colon=cell[-1] in ":："):
            yield named[1], filled[at].strip()[:_LONGEST]
            at += 1


def _is_value(cell: str, *, after_colon: bool) -> bool:
    """Return whether a cell is what the one before it names, and not the next heading."""
    is_heading = _BEFORE.fullmatch(cell.strip()) is not None
    return not is_heading and (after_colon or any(map(str.isdigit, cell)))
