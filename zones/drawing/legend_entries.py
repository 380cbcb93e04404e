"""What a picture's signs stand for: the lines of its legend, in the plan's own order."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, Literal

from zones.drawing.model import Style
from zones.drawing.plan_element_colours import ACCURACY_CLASSES, ELEMENT_STYLES, FILL_OPACITY
from zones.drawing.plan_layer_style import LOOKS
from zones.drawing.staff_layer_style import Symbology, as_dot, symbology_of
from zones.messages import Lang, say
from zones.snapshot.model import Snapshot

Kind = Literal["area", "line", "point"]

_KINDS: Final[Mapping[str, Kind]] = {"polygon": "area", "line": "line", "point": "point"}


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A sign and its words; ``styles`` lie over each other, the lowest first.

    Without styles it is the heading of the entries below.
    """

    title: str
    kind: Kind = "area"
    styles: tuple[Style, ...] = ()


def legend_entries(
    snapshot: Snapshot,
    collections: Iterable[str],
    lang: Lang,
    symbologies: Mapping[str, Symbology] = MappingProxyType({}),
) -> list[LegendEntry]:
    """Return the lines for these collections, in their order.

    Raises
    ------
    UnknownCollectionError
    """
    return [
        entry
        for id_ in collections
        for entry in _of_collection(snapshot, id_, lang, symbologies.get(id_))
    ]


def _of_collection(
    snapshot: Snapshot, id_: str, lang: Lang, symbology: Symbology | None
) -> Iterator[LegendEntry]:
    info = snapshot.collection(id_).info
    title = (lang == "en" and info.title_en) or info.title or info.id
    if symbology is None and id_ in _PLAN:
        yield from _PLAN[id_](snapshot, title, lang)
        return
    drawn = symbology or symbology_of(info)
    kinds = [_KINDS[kind] for kind in sorted(info.kinds)] or ["area"]
    if drawn.classes:
        yield LegendEntry(title)
    for each in drawn.classes:
        words = each.title or ", ".join(each.values)
        yield LegendEntry(words, kinds[0], _signed(each.style, kinds[0]))
    yield from (LegendEntry(title, kind, _signed(drawn.otherwise, kind)) for kind in kinds)


def _signed(style: Style, kind: Kind) -> tuple[Style, ...]:
    return (as_dot(style) if kind == "point" else style,)


def _elements(snapshot: Snapshot, type_: str, lang: Lang) -> Iterator[tuple[str, str, str]]:
    """Yield name, colour and line of the plan's elements of a type."""
    for element in snapshot.plan.elements:
        signs = ELEMENT_STYLES.get(element.id)
        if element.type == type_ and signs is not None:
            name = element.name_en if lang == "en" else element.name
            yield f"{signs.numeral} {name}", signs.colour, signs.line


def _zones(snapshot: Snapshot, title: str, lang: Lang) -> Iterator[LegendEntry]:
    yield LegendEntry(title)
    for name, colour, line in _elements(snapshot, "zone", lang):
        fill = Style(fill=colour, fill_opacity=FILL_OPACITY, stroke=line, stroke_width=1.8)
        yield LegendEntry(name, "area", (fill,))


def _axes(snapshot: Snapshot, title: str, lang: Lang) -> Iterator[LegendEntry]:
    yield LegendEntry(title)
    for name, colour, _ in _elements(snapshot, "axis", lang):
        styles = (LOOKS["axis-casing"], replace(LOOKS["axis-traced"], stroke=colour))
        yield LegendEntry(name, "line", styles)
    dashed = replace(LOOKS["axis-schematic"], stroke="#555555")
    yield LegendEntry(say("map-key-schematic", lang).message, "line", (dashed,))


def _belts(snapshot: Snapshot, _title: str, lang: Lang) -> Iterator[LegendEntry]:
    for name, colour, _ in _elements(snapshot, "belt", lang):
        yield LegendEntry(name, "area", (replace(LOOKS["belt"], fill=colour, stroke=colour),))


def _sites(_snapshot: Snapshot, title: str, lang: Lang) -> Iterator[LegendEntry]:
    yield LegendEntry(title)
    for status in ("planned", "upgrade", "existing"):
        words = say(f"map-status-{status}", lang).message
        yield LegendEntry(words, "point", (LOOKS[f"site-{status}"],))


def _borders(_snapshot: Snapshot, title: str, lang: Lang) -> Iterator[LegendEntry]:
    yield LegendEntry(title)
    for number, each in enumerate(ACCURACY_CLASSES, 1):
        dash = tuple(float(part) for part in each.dash.split())
        style = Style(stroke=each.colour, stroke_width=each.width, dash=dash, cap="butt")
        yield LegendEntry(say(f"map-accuracy-{number}", lang).message, "line", (style,))


def _one(kind: Kind, *looks: str) -> Callable[[Snapshot, str, Lang], Iterator[LegendEntry]]:
    def entries(_snapshot: Snapshot, title: str, _lang: Lang) -> Iterator[LegendEntry]:
        yield LegendEntry(title, kind, tuple(LOOKS[look] for look in looks))

    return entries


_PLAN: Final[Mapping[str, Callable[[Snapshot, str, Lang], Iterator[LegendEntry]]]] = (
    MappingProxyType(
        {
            "zones": _zones,
            "axes": _axes,
            "belts": _belts,
            "sites": _sites,
            "borders": _borders,
            "belt_lines": _one("line", "belt-centre"),
            "subdistricts": _one("area", "subdistrict"),
            "disputes": _one("area", "dispute"),
            "district": _one("area", "district", "district-line"),
            "basemap": _one("area", "water"),
        }
    )
)
