"""Tiles of others that may lie under our layers, and the datum each of them is drawn in."""

from dataclasses import dataclass
from typing import Literal

from zones.messages import Lang, say

TILE_HOSTS_TIANDITU = tuple(f"https://t{n}.tianditu.gov.cn" for n in range(8))
TILE_HOST_OSM = "https://tile.openstreetmap.org"
TILE_HOSTS_AMAP = tuple(f"https://webrd0{n}.is.autonavi.com" for n in range(1, 5))


@dataclass(frozen=True, slots=True)
class TileLayer:
    """Tiles by address (Leaflet's template) in Web Mercator; ``attribution`` is markup of ours."""

    url: str
    attribution: str
    subdomains: str
    max_zoom: int


@dataclass(frozen=True, slots=True)
class Basemap:
    """A choice of basemap: its layers from the lowest up.

    ``datum`` is ``gcj02`` where the tiles are shifted, so that our layers must be asked for in
    GCJ-02 as well; None where they are in CGCS2000 or WGS 84. ``hosts`` are the origins that a
    page with this basemap loads images from.
    """

    id: str
    title: str
    datum: Literal["gcj02"] | None
    layers: tuple[TileLayer, ...]
    hosts: tuple[str, ...]


def offered_basemaps(lang: Lang, *, tianditu_key: str, online: bool) -> tuple[Basemap, ...]:
    """Return the basemaps that the settings allow, best known first; none by default."""
    found: list[Basemap] = []
    if tianditu_key:
        found.append(_tianditu(lang, tianditu_key))
    if online:
        found += [_amap(lang), _openstreetmap(lang)]
    return tuple(found)


def _tianditu(lang: Lang, key: str) -> Basemap:
    # "_w" is the Web Mercator set of tiles; the map and its names are two layers.
    layers = tuple(
        TileLayer(
            "https://t{s}.tianditu.gov.cn/" + f"{name}_w/wmts?SERVICE=WMTS&REQUEST=GetTile"
            f"&VERSION=1.0.0&LAYER={name}&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles"
            "&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}" + f"&tk={key}",
            say("map-attribution-tianditu", lang).message,
            "01234567",
            18,
        )
        for name in ("vec", "cva")
    )
    title = say("map-basemap-tianditu", lang).message
    return Basemap("tianditu", title, None, layers, TILE_HOSTS_TIANDITU)


def _amap(lang: Lang) -> Basemap:
    tiles = TileLayer(
        "https://webrd0{s}.is.autonavi.com/appmaptile"
        "?lang=zh_cn&size=1&scale=1&style=8&x={x}&y={y}&z={z}",
        say("map-attribution-amap", lang).message,
        "1234",
        18,
    )
    title = say("map-basemap-amap", lang).message
    return Basemap("amap", title, "gcj02", (tiles,), TILE_HOSTS_AMAP)


def _openstreetmap(lang: Lang) -> Basemap:
    tiles = TileLayer(
        TILE_HOST_OSM + "/{z}/{x}/{y}.png",
        # The licence asks for this link wherever the tiles are shown.
        '© <a href="https://www.openstreetmap.org/copyright" rel="noopener" target="_blank">'
        "OpenStreetMap</a>",
        "abc",
        19,
    )
    title = say("map-basemap-osm", lang).message
    return Basemap("osm", title, None, (tiles,), (TILE_HOST_OSM,))
