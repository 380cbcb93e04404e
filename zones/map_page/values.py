"""The values of a map page, and the form in which its scripts read them."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from zones.drawing.draw_order import PANES
from zones.drawing.plan_element_colours import ACCURACY_CLASSES, FILL_OPACITY, PAPER
from zones.map_page.basemaps import Basemap
from zones.map_page.layer_list import LayerGroup, MapElement
from zones.map_page.leaflet_path_options import leaflet_looks
from zones.messages import Lang, catalogue, say
from zones.model import JSON, BBox
from zones.snapshot.uncertainty_circles import CIRCLE_BEYOND_M

WORDS_PREFIX = "map-"


@dataclass(frozen=True, slots=True)
class PageAssets:
    """Addresses of the scripts, styles and images of the page, all on our own server.

    ``scripts`` run before the page is built (Leaflet first), ``modules`` after;
    ``import_map`` tells modules where third-party modules are. A page that is a file of its own
    has the texts themselves instead: ``inline_styles``, ``inline_scripts`` before the page is
    built, ``inline_module`` after.
    """

    scripts: tuple[str, ...]
    modules: tuple[str, ...]
    styles: tuple[str, ...]
    icon: str
    import_map: Mapping[str, str] = field(default_factory=dict)
    inline_styles: str = ""
    inline_scripts: str = ""
    inline_module: str = ""


@dataclass(frozen=True, slots=True)
class MapPage:
    """Everything the page says and shows.

    ``header`` and ``panels`` are markup of ours, already escaped where it holds values.
    ``pinned`` is the revision to show when it is not the current one. ``urls`` holds the
    addresses ``locate``, ``plan``, ``areas`` and ``search``. ``offline`` is what a page that is
    a file of its own knows (``zones.map_page.offline_values``). ``basemap`` is the id of the one to
    begin with, ``none`` for the plain ground.
    """

    title: str
    lang: Lang
    nonce: str
    revision: int
    bbox: BBox
    groups: tuple[LayerGroup, ...]
    elements: tuple[MapElement, ...]
    names: Mapping[str, str]
    urls: Mapping[str, str]
    assets: PageAssets
    basemaps: tuple[Basemap, ...] = ()
    basemap: str = "none"
    pinned: int | None = None
    status: str = ""
    not_drawn: tuple[str, ...] = ()
    element_of: Mapping[str, str] = field(default_factory=dict)
    header: str = ""
    panels: str = ""
    offline: Mapping[str, object] | None = None


def page_data(page: MapPage, map_name: str) -> dict[str, object]:
    """Return what the page's scripts read; ``map_name`` is the global that holds the map."""
    return {
        "map": map_name,
        "lang": page.lang,
        "revision": page.revision,
        "revision_pinned": page.pinned,
        "bbox": list(page.bbox),
        "paper": PAPER,
        "fill_opacity": FILL_OPACITY,
        "looks": leaflet_looks(),
        "panes": list(PANES),
        "status": page.status,
        "circle_beyond_m": CIRCLE_BEYOND_M,
        "not_drawn": list(page.not_drawn),
        "element_of": dict(page.element_of),
        "groups": [asdict(group) for group in page.groups],
        "elements": [element_json(element) for element in page.elements],
        "names": dict(page.names),
        "accuracy_classes": [
            {**asdict(one), "title": say(f"map-accuracy-{number}", page.lang).message}
            for number, one in enumerate(ACCURACY_CLASSES, start=1)
        ],
        "basemaps": [
            {"id": one.id, "title": one.title, "datum": one.datum}
            | {"layers": [asdict(tiles) for tiles in one.layers]}
            for one in page.basemaps
        ],
        "basemap": page.basemap,
        "urls": dict(page.urls),
        "words": page_words(page.lang),
        "offline": page.offline,
    }


def element_json(element: MapElement) -> dict[str, object]:
    """Return what scripts know of an element of the plan."""
    style = element.style
    return {
        "id": element.id,
        "type": element.type,
        "order": element.order,
        "name": element.name,
        "short": element.label,
        "colour": style.colour,
        "line": style.line,
    }


def page_words(lang: Lang, prefix: str = WORDS_PREFIX) -> dict[str, str]:
    """Return the catalogue's words that begin with ``prefix``, without it, unfilled."""
    return {
        code.removeprefix(prefix): words[lang]
        for code, words in catalogue().items()
        if code.startswith(prefix)
    }


def json_block(document: JSON | Mapping[str, object]) -> str:
    """Return JSON that can stand in a script element: no value in it can end the element."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
