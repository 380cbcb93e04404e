"""Everything a sheet says and shows, as values and pictures for ``sheet.typ``."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from zones.drawing.svg import svg_text
from zones.messages import Lang, say
from zones.plan_text import Element
from zones.printing.appended_tables import printed_table
from zones.printing.map_view import SheetMap, north_box, sheet_map
from zones.printing.overview_map import overview_svg
from zones.printing.scale_bar import scale_bar
from zones.printing.sheet_layers import MapPicture, SheetLayers, map_pictures, sheet_layers
from zones.printing.sheet_legend import legend_rows
from zones.printing.sheet_options import Form, SheetOrder
from zones.printing.source_and_accuracy_notes import notes_of
from zones.snapshot.model import Snapshot

ALL: Final = "all"
_WORDS: Final = (
    "legend", "overview", "north", "scale", "crs", "revision", "made", "status", "sheet",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Content:
    """Values for the template, pictures by their name in it, and the maps that are in it.

    ``layers`` None has none: pictures cannot be switched.
    """

    values: Mapping[str, Any]
    files: Mapping[str, str]
    maps: tuple[SheetMap, ...]
    layers: SheetLayers | None = None


def content_of(snapshot: Snapshot, order: SheetOrder) -> Content:
    """Return what an order's pages hold: the map, or the whole and one map an element.

    Raises
    ------
    UnknownFeatureError
        If there is no such element.
    UnknownCollectionError
    PrintError
    """
    elements = _elements(snapshot, order)
    maps = [sheet_map(snapshot, order, element) for element in elements]
    layers = sheet_layers(snapshot, maps, order.lang) if order.form is Form.PDF else None
    files: dict[str, str] = {}
    pages = []
    for number, (element, shown) in enumerate(zip(elements, maps, strict=True)):
        page = _page(snapshot, shown, order, element, number, files)
        pages.append({**page, "map": _map(shown, layers, number, files)})
    values = {
        "lang": order.lang,
        "parts": None if layers is None else layers.parts,
        "words": {code: say(f"print-{code}", order.lang).message for code in _WORDS},
        "page_words": say("print-page", order.lang, page="{page}", pages="{pages}").message,
        "pages": pages,
        "tables": [asdict(printed_table(snapshot, table, order.lang)) for table in order.tables],
        "document": _title(snapshot, order, None),
        "author": snapshot.plan.source.publisher,
        "about": _subtitle(snapshot, order.lang),
        "made": [int(part) for part in order.made_on.split("-")] if order.made_on else None,
    }
    return Content(values, files, tuple(maps), layers)


def _elements(snapshot: Snapshot, order: SheetOrder) -> list[Element | None]:
    if order.element is None:
        return [None]
    if order.element == ALL:
        return [None, *snapshot.plan.elements]
    return [snapshot.plan.element(order.element)]


def _page(
    snapshot: Snapshot,
    shown: SheetMap,
    order: SheetOrder,
    element: Element | None,
    number: int,
    files: dict[str, str],
) -> dict[str, Any]:
    layout = shown.layout
    side = _overview_side(shown)
    files[f"overview-{number}.svg"] = overview_svg(snapshot, shown, order, side)
    legend = []
    for place, row in enumerate(legend_rows(snapshot, shown, order)):
        files[f"legend-{number}-{place}.svg"] = row.svg
        legend.append({"title": row.title, "numeral": row.numeral})
    bar_mm = (layout.panel.width * 0.78) if layout.is_landscape else side * 0.9
    return {
        "layout": asdict(layout),
        "north": asdict(north_box(layout)),
        "overview_side": side,
        "title": _title(snapshot, order, element),
        "subtitle": _subtitle(snapshot, order.lang),
        "marks": [asdict(mark) for mark in shown.grid.marks],
        "legend": legend,
        "bar": asdict(scale_bar(shown.scale, bar_mm)),
        "scale": _ratio(shown.scale),
        "scale_note": say("print-scale-on", order.lang, size=order.size.name).message,
        "notes": notes_of(snapshot, shown, order.lang),
        "facts": _facts(snapshot, order, shown),
    }


def _map(
    shown: SheetMap, layers: SheetLayers | None, number: int, files: dict[str, str]
) -> list[dict[str, Any]]:
    """Return the pictures that a map is made of: one for each layer, or the whole."""
    pictures = [MapPicture(svg_text(shown.drawing, decimals=2))]
    if layers is not None:
        pictures = [*map_pictures(shown, layers)]
    found = []
    for place, picture in enumerate(pictures):
        name = f"map-{number}-{place}.svg"
        files[name] = picture.svg
        found.append({"file": name, "layers": picture.layers, "alt": picture.alt})
    return found


def _overview_side(shown: SheetMap) -> float:
    """Return how wide and high the overview is, in mm."""
    panel = shown.layout.panel
    return panel.width * 0.62 if shown.layout.is_landscape else panel.height * 0.6


def _title(snapshot: Snapshot, order: SheetOrder, element: Element | None) -> str:
    if order.title:
        return order.title if element is None else f"{order.title} · {_name(element, order.lang)}"
    if element is not None:
        return _name(element, order.lang)
    district = snapshot.plan.district
    name = district.name_en if order.lang == "en" else district.name
    slogan = snapshot.plan.slogan if order.lang == "zh" else say("print-slogan", "en").message
    return say("print-title", order.lang, district=name, slogan=slogan).message


def _name(element: Element, lang: Lang) -> str:
    return element.name_en if lang == "en" else element.name


def _subtitle(snapshot: Snapshot, lang: Lang) -> str:
    district = snapshot.plan.district
    name = district.name_en if lang == "en" else district.name
    city = "Shenyang" if lang == "en" and district.city == "沈阳市" else district.city
    return say("print-subtitle", lang, city=city, district=name).message


def _facts(snapshot: Snapshot, order: SheetOrder, shown: SheetMap) -> list[list[str]]:
    """Return the rows of the title block: what is stated of the sheet, and the statement."""

    def word(code: str) -> str:
        return say(f"print-{code}", order.lang).message

    revision = f"{snapshot.revision}" + (f"（{order.revised_on}）" if order.revised_on else "")
    if order.lang == "en":
        revision = revision.replace("（", " (").replace("）", ")")
    return [
        [word("scale"), _ratio(shown.scale)],
        [word("crs"), word(f"crs-{order.grid.value}")],
        [word("revision"), revision],
        [word("made"), order.made_on or "—"],
    ]


def _ratio(scale: float) -> str:
    return f"1:{scale:,.0f}".replace(",", " ")
