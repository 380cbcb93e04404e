"""Which features of a picture are named: in which order, with which texts, in which letters."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Final, Literal

from zones.drawing.draw_plan_layers import Subject
from zones.drawing.model import LabelStyle
from zones.drawing.plan_layer_style import LABELS
from zones.drawing.staff_layer_style import symbology_of
from zones.drawing.text_width import balanced
from zones.messages import Lang, say
from zones.model import CollectionInfo
from zones.properties.feature_name import feature_name
from zones.properties.titles_and_codes import FieldWords, written
from zones.snapshot.plan_feature_reading import Properties, text

GROUND_M_OF_ZOOM_0: Final = 116_785.0
"""Metres a pixel of Web Mercator's zoom 0 in the city's latitude, 41.75 degrees."""
NEIGHBOURS_UNTIL_ZOOM: Final = 14.0
STREETS_FROM_ZOOM: Final = 13.0
_WHOLE_NAME_EM: Final = {"zh": 9.2, "en": 11.0}

Kind = Literal["zone", "belt", "axis", "ground", "subdistrict", "dispute", "site", "own"]


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to write a name: its text, its letters; ``numeral`` is written in a disc above it.

    ``roominess`` is how many radii of the circle in a polygon the name may be wide at most, None
    where it does not matter.
    """

    text: str
    style: LabelStyle
    numeral: str = ""
    roominess: float | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """How names of a collection's features are placed: lower ranks first, from which zoom on.

    ``avoids_dots`` keeps them clear of the points of sites.
    """

    kind: Kind
    rank: int
    from_zoom: float
    avoids_dots: bool = False


RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        "zones": Rule("zone", 0, 10),
        "belts": Rule("belt", 1, 11.5),
        "axes": Rule("axis", 2, 11.5),
        "basemap": Rule("ground", 4, 10, avoids_dots=True),
        "subdistricts": Rule("subdistrict", 5, 12.75, avoids_dots=True),
        "disputes": Rule("dispute", 6, 13.5),
        "sites": Rule("site", 7, 14, avoids_dots=True),
    }
)
OWN_RULE: Final = Rule("own", 8, 13, avoids_dots=True)
OWN_STYLE: Final = LABELS["site"]
NAMELESS: Final = frozenset({"district", "belt_lines", "borders"})


def rule_of(collection_id: str) -> Rule | None:
    """Return how features of a collection are named, None if they are not."""
    return None if collection_id in NAMELESS else RULES.get(collection_id, OWN_RULE)


def wordings(
    subject: Subject, rule: Rule, lang: Lang, zoom: float, *, screen_zoom: float
) -> list[Wording]:
    """Return the ways to write a feature's name, the best first; none if it is not to be named.

    Parameters
    ----------
    zoom
        That of a screen that would show as many names; ``screen_zoom`` of one as large.
    """
    is_neighbour = subject.properties.get("kind") == "neighbour"
    if rule.kind == "ground" and is_neighbour and screen_zoom > NEIGHBOURS_UNTIL_ZOOM:
        return []
    return _BY_KIND[rule.kind](subject, lang, zoom)


def name_in(subject: Subject, lang: Lang) -> str | None:
    """Return a feature's name in a language, or in Chinese where that has none; None if nameless.

    Line breaks and other blanks in it become single spaces.
    """
    return _name_in(subject.properties, subject.collection.info, lang)


def _name_in(properties: Properties, info: CollectionInfo, lang: Lang) -> str | None:
    english = text(properties, "name_en") if lang == "en" else None
    name = english or feature_name(properties, info.title_field)
    return " ".join(name.split()) if name else None


def _zone(subject: Subject, lang: Lang, _: float) -> list[Wording]:
    known, style = subject.element_style, LABELS["zone"]
    name = name_in(subject, lang) or subject.fid
    whole = balanced(name, _WHOLE_NAME_EM[lang])
    if known is None:
        return [Wording(whole, style, roominess=2.3)]
    style = replace(style, colour=known.line)
    numeral = unicodedata.normalize("NFKC", known.numeral)
    short = known.short_en if lang == "en" else known.short
    return [
        Wording(whole, style, numeral, 2.3),
        Wording(short, style, numeral, 4.6),
        Wording("", style, numeral),
    ]


def _line_of_element(kind: str) -> Callable[[Subject, Lang, float], list[Wording]]:
    def words(subject: Subject, lang: Lang, _: float) -> list[Wording]:
        known, style = subject.element_style, LABELS[kind]
        if lang == "en":
            style = replace(style, spacing=0.0)
        if known is None:
            return _plain(name_in(subject, lang), style)
        name = known.short_en if lang == "en" else known.short
        if kind == "axis":
            style = replace(style, colour=known.line, frame=known.line)
        return [Wording(name, style)]

    return words


def _ground(subject: Subject, lang: Lang, zoom: float) -> list[Wording]:
    kind = text(subject.properties, "kind") or "street"
    if kind == "street" and zoom < STREETS_FROM_ZOOM:
        return []
    style = LABELS.get(kind, LABELS["street"])
    if lang == "en":
        style = replace(style, spacing=min(style.spacing, 0.06))
    # What stands in brackets explains a name and is none.
    name = (name_in(subject, lang) or "").split("（")[0].split("(")[0].strip()
    return _plain(name or None, style)


def _dispute(_: Subject, lang: Lang, __: float) -> list[Wording]:
    return [Wording(say("map-label-dispute", lang).message, LABELS["dispute"])]


def _named(kind: str) -> Callable[[Subject, Lang, float], list[Wording]]:
    def words(subject: Subject, lang: Lang, _: float) -> list[Wording]:
        return _plain(name_in(subject, lang), LABELS[kind])

    return words


def _own(subject: Subject, lang: Lang, _: float) -> list[Wording]:
    return _plain(own_name(subject.properties, subject.collection.info, lang), OWN_STYLE)


def own_name(properties: Properties, info: CollectionInfo, lang: Lang) -> str | None:
    """Return what staff label a collection's features by: a property's value, else the name."""
    label, texts = _label_of(info)
    if label is None:
        return _name_in(properties, info, lang)
    value = properties.get(label)
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return None
    return " ".join(texts.get(written(value), written(value)).split()) or None


@lru_cache(maxsize=256)
def _label_of(info: CollectionInfo) -> tuple[str | None, Mapping[str, str]]:
    label = symbology_of(info).label
    return label, FieldWords(info).texts(label or "")


def _plain(name: str | None, style: LabelStyle) -> list[Wording]:
    return [Wording(name, style)] if name else []


_BY_KIND: Final[Mapping[Kind, Callable[[Subject, Lang, float], list[Wording]]]] = MappingProxyType(
    {
        "zone": _zone,
        "belt": _line_of_element("belt"),
        "axis": _line_of_element("axis"),
        "ground": _ground,
        "subdistrict": _named("subdistrict"),
        "dispute": _dispute,
        "site": _named("site"),
        "own": _own,
    }
)
