"""The map page's values, gathered from the snapshot, the settings and the request."""

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request

from app.app_state import services_of
from app.map_page.load_renderer import load_renderer
from app.pages.assets import Assets
from app.pages.frame import PAGE_IMPORTS, assets_of, nonce_of, path_of, render
from app.settings import Settings
from zones.drawing.visible_features import elements_drawn, superseded
from zones.map_page.basemaps import Basemap, offered_basemaps
from zones.map_page.layer_list import (
    layer_groups,
    map_elements,
    opening_bbox,
    place_names,
    status_word,
)
from zones.map_page.values import MapPage, PageAssets
from zones.messages import Lang, say
from zones.model import BBox
from zones.snapshot.model import Snapshot

NO_BASEMAP = "none"

SCRIPTS = ("leaflet/dist/leaflet.js", "proj4/dist/proj4.js")
MODULES = ("js/map/main.js",)
BUNDLE = "main.js"
STYLES = (
    "leaflet/dist/leaflet.css",
    "css/shared/site.css",
    "css/map/map.css",
    "css/shared/panel.css",
    "css/map/tools.css",
)
IMPORTS = {
    **PAGE_IMPORTS,
    "@mapbox/point-geometry": "@mapbox/point-geometry/index.js",
    "@mapbox/vector-tile": "@mapbox/vector-tile/index.js",
    "pbf": "pbf/index.js",
    "polylabel": "polylabel/polylabel.js",
    "tinyqueue": "tinyqueue/index.js",
}
NEEDED_PACKAGES = frozenset({"leaflet", "proj4", *IMPORTS})
TOOL_IMPORTS = {
    "geographiclib-geodesic": "geographiclib-geodesic/geographiclib-geodesic.min.js",
    "lean-qr": "lean-qr/nano.mjs",
}
"""What single tools import when they are first used; without it the map does all the rest."""


@dataclass(frozen=True, slots=True)
class MapRequest:
    """What is asked of the map page; ``visible`` None shows what is shown by default."""

    lang: Lang
    visible: Collection[str] | None = None
    bbox: BBox | None = None
    basemap: str = NO_BASEMAP
    pinned: int | None = None


def basemaps_of(settings: Settings, lang: Lang) -> tuple[Basemap, ...]:
    """Return the basemaps of others that the settings allow."""
    return offered_basemaps(
        lang, tianditu_key=settings.tianditu_key, online=settings.online_basemaps
    )


def map_html(request: Request, snapshot: Snapshot, map_request: MapRequest) -> str:
    """Return the page as HTML.

    Raises
    ------
    UnknownCollectionError
        If a collection to be shown does not exist.
    """
    lang = map_request.lang
    status = status_word(snapshot)
    panels = {"status": status, "offline": False}
    return load_renderer()(
        MapPage(
            title=say("map-title", lang).message,
            lang=lang,
            nonce=nonce_of(request),
            revision=snapshot.revision,
            bbox=map_request.bbox or opening_bbox(snapshot, map_request.visible),
            groups=layer_groups(
                snapshot,
                lambda id_: path_of(request, f"/collections/{quote(id_)}/items"),
                lambda id_: path_of(request, f"/collections/{quote(id_)}/tiles/WebMercatorQuad"),
                lang=lang,
                visible=map_request.visible,
                schema_of=lambda id_: path_of(request, f"/collections/{quote(id_)}/schema"),
            ),
            elements=map_elements(snapshot, lang),
            names=place_names(snapshot, lang),
            urls=_urls(request),
            assets=_page_assets(request, assets_of(request)),
            basemaps=basemaps_of(services_of(request).settings, lang),
            basemap=map_request.basemap,
            pinned=map_request.pinned,
            status=say(status, lang).message,
            not_drawn=superseded(snapshot),
            element_of=elements_drawn(snapshot),
            header=render(request, "_header.html", {}, lang=lang, current="map"),
            panels=render(request, "map_panels.html", panels, lang=lang, current="map"),
        )
    )


def _urls(request: Request) -> dict[str, str]:
    paths = {
        "locate": "/locate",
        "plan": "/plan",
        "areas": "/plan/areas",
        "search": "/search",
        "zones": "/collections/zones",
        "subdistricts": "/collections/subdistricts/items",
    }
    return {name: path_of(request, path) for name, path in paths.items()}


def _page_assets(request: Request, assets: Assets) -> PageAssets:
    def address(name: str) -> str:
        return path_of(request, assets.url(name))

    bundled = tuple(path_of(request, url) for url in assets.bundled(BUNDLE))
    return PageAssets(
        scripts=tuple(map(address, SCRIPTS)),
        modules=bundled or tuple(map(address, MODULES)),
        styles=tuple(map(address, STYLES)),
        icon=address("img/icon.svg"),
        import_map={}
        if bundled
        else {
            name: address(file)
            for name, file in {**IMPORTS, **TOOL_IMPORTS}.items()
            if name not in assets.missing
        },
    )
