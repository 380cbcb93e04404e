"""Colours of classes: ramps of figures, sets of categories, and those of land and sea use.

Ramps: *YlOrBr* and *sunset* of Paul Tol ("Colour Schemes", SRON/EPS/TN/09-002, issue 3.2) and
*cividis* (Nuñez, Anderton and Renslow 2018); categories: Tol's *muted*, of more than nine his
discrete rainbow. All are made for readers who do not tell red from green.

Land and sea use: first classes and some second ones by 市级国土空间总体规划制图规范（试行）(2021),
most of them compared in two public uses of its colours; those of the older letters (R, B, M …,
GB 50137-2011) are of the class that took their place. A class without a colour has its parent's.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from zones.properties.one_map_dictionary import land_use_code

RAMPS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "ylorbr": (
            *("#fff7bc", "#fee391", "#fec44f", "#fb9a29"),
            *("#ec7014", "#cc4c02", "#993404", "#662506"),
        ),
        "cividis": ("#fde737", "#d2c060", "#a59c74", "#7c7b78", "#575d6d", "#2f456b", "#00224e"),
        "sunset": (
            *("#364b9a", "#4a7bb7", "#6ea6cd", "#98cae1", "#c2e4ef", "#eaeccc"),
            *("#feda8b", "#fdb366", "#f67e4b", "#dd3d2d", "#a50026"),
        ),
    }
)
MUTED: Final = (
    *("#88ccee", "#ddcc77", "#cc6677", "#117733", "#332288"),
    *("#aa4499", "#44aa99", "#999933", "#882255"),
)
RAINBOW: Final = (
    *("#d1bbd7", "#ae76a3", "#882e72", "#1965b0", "#5289c7", "#7bafde", "#4eb265", "#90c987"),
    *("#cae0ab", "#f7f056", "#f6c141", "#f1932d", "#e8601c", "#dc050c", "#72190e"),
)
LAND_USE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "01": "#f5f8dc",
        "02": "#bfe9aa",
        "03": "#68b167",
        "04": "#cdf57a",
        "05": "#65cdaa",
        "06": "#d8d79f",
        "07": "#ffff2d",
        "08": "#eb46da",
        "0803": "#ff7f00",
        "0804": "#ff85c9",
        "0805": "#00a57c",
        "0806": "#ff7f7e",
        "0807": "#ff9f7f",
        "09": "#ff0000",
        "0902": "#c00000",
        "10": "#bb9674",
        "1002": "#9e6c54",
        "11": "#8761d3",
        "12": "#b7b7b7",
        "1201": "#595959",
        "1202": "#adadad",
        "1208": "#d9d9d9",
        "13": "#006380",
        "14": "#00ff00",
        "1403": "#acffcf",
        "15": "#859156",
        "1503": "#cc0066",
        "1506": "#4f7e3e",
        "16": "#ffffff",
        "17": "#338ec0",
        "1705": "#9abce2",
        "23": "#c9c2b2",
    }
)
_OF_LETTERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "R": "07",
        "A": "08",
        "A2": "0803",
        "A3": "0804",
        "A4": "0805",
        "A5": "0806",
        "A6": "0807",
        "A9": "1503",
        "B": "09",
        "B2": "0902",
        "M": "10",
        "W": "11",
        "S": "12",
        "U": "13",
        "G": "14",
        "G3": "1403",
        "E1": "17",
        "H4": "15",
    }
)
PALETTES: Final = ("ylorbr", "cividis", "sunset", "muted", "land-use")
UNKNOWN: Final = "#d9d4c8"


def ramp(palette: str, count: int) -> list[str]:
    """Return so many colours of a ramp, from its lowest to its highest."""
    anchors = [_channels(colour) for colour in RAMPS.get(palette, RAMPS["ylorbr"])]
    places = [i * (len(anchors) - 1) / max(count - 1, 1) for i in range(count)]
    if count == 1:
        places = [(len(anchors) - 1) / 2]
    return [_mixed(anchors, place) for place in places]


def category_colours(values: Sequence[str], palette: str) -> list[str]:
    """Return a colour for each value: by what it stands for, or one after the other."""
    if palette == "land-use":
        return [land_use_colour(value) or UNKNOWN for value in values]
    colours = MUTED if len(values) <= len(MUTED) else RAINBOW
    if len(values) <= len(colours):
        return list(colours[: len(values)])
    anchors = [_channels(colour) for colour in colours]
    step = (len(anchors) - 1) / (len(values) - 1)
    return [_mixed(anchors, i * step) for i in range(len(values))]


def land_use_colour(value: str) -> str | None:
    """Return the colour of a class of land or sea use by code or name; None of what is none."""
    text = value.strip()
    code = land_use_code(text)
    if code is None:
        letters = text.upper()
        found = [letters[:length] for length in (2, 1) if letters[:length] in _OF_LETTERS]
        is_code = letters.isascii() and letters.isalnum() and len(letters) <= _LONGEST_LETTERS
        code = _OF_LETTERS[found[0]] if found and is_code else None
    while code:
        if code in LAND_USE:
            return LAND_USE[code]
        code = code[:-2]
    return None


_LONGEST_LETTERS: Final = 4


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _mixed(anchors: Sequence[tuple[int, int, int]], place: float) -> str:
    index = min(int(place), len(anchors) - 2)
    share = place - index
    pairs = zip(anchors[index], anchors[index + 1], strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)
