"""What is measured beside peers, and at which addresses each of them answers it."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

import numpy as np

from tests.bench.partitions import BOX
from zones.tiles import WEB_MERCATOR_QUAD, Tile

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Peer:
    """Where a contestant has features, a filtered page of them, and tiles; None: it has not."""

    items: Callable[[str], str]
    geometry: str = "geom"
    filters: bool = True
    tile: Callable[[str, Tile], str] | None = None


@dataclass(frozen=True)
class Measure:
    """What is asked for: the addresses that a contestant answers it at, none if it cannot."""

    name: str
    goal: str
    paths: Callable[[Peer], list[str]]
    who: tuple[str, ...] = ("tipg", "pygeoapi", "mapserver", "ours")


def filter_of(text: str) -> str:
    """Return a filter as parameters."""
    return f"&limit=10&filter-lang=cql2-text&filter={quote(text)}"


PEERS = {
    "tipg": Peer(
        lambda name: f"/collections/public.{name}/items?f=geojson",
        tile=lambda name, t: (
            f"/collections/public.{name}/tiles/WebMercatorQuad/{t.zoom}/{t.column}/{t.row}"
        ),
    ),
    "pygeoapi": Peer(lambda name: f"/collections/{name}_pg/items?f=json"),
    "mapserver": Peer(
        lambda name: f"/z/ogcapi/collections/{name}/items?f=json",
        filters=False,
        tile=lambda name, t: (
            f"/ms?mode=tile&tilemode=gmap&tile={t.column}+{t.row}+{t.zoom}"
            f"&layers={name}&map.imagetype=mvt"
        ),
    ),
    "ours": Peer(
        lambda name: f"/collections/{name}/items?f=json",
        geometry="geometry",
        tile=lambda name, t: (
            f"/collections/{name}/tiles/WebMercatorQuad/{t.zoom}/{t.row}/{t.column}"
        ),
    ),
}


def boxes(share: float, count: int = 20_000) -> list[Box]:
    """Return boxes about random places, each with so much of the data's box along a side.

    So many that none comes again within the second for which an answer may be remembered.
    """
    west, south, east, north = BOX
    half_x, half_y = (east - west) * share / 2, (north - south) * share / 2
    rng = np.random.default_rng(3)
    places = zip(rng.uniform(west, east, count), rng.uniform(south, north, count), strict=True)
    return [
        (
            max(x - half_x, west),
            max(y - half_y, south),
            min(x + half_x, east),
            min(y + half_y, north),
        )
        for x, y in places
    ]


def tiles_over_box(zoom: int) -> list[Tile]:
    """Return every tile of a zoom that the data touch."""
    west, south, east, north = BOX
    first = WEB_MERCATOR_QUAD.tile_at(zoom, west, north)
    last = WEB_MERCATOR_QUAD.tile_at(zoom, east, south)
    rows, columns = range(first.row, last.row + 1), range(first.column, last.column + 1)
    return [WEB_MERCATOR_QUAD.tile(zoom, row, column) for row in rows for column in columns]


def by_filter(peer: Peer, texts: list[str]) -> list[str]:
    """Return the first page of each filter on the large collection."""
    if not peer.filters:
        return []
    return [
        peer.items("parcels200k") + filter_of(text.format(geom=peer.geometry)) for text in texts
    ]


def polygon_filters() -> list[str]:
    """Return filters by polygons that hold a thousand features each."""
    corners = "POLYGON(({0} {1},{2} {1},{2} {3},{0} {3},{0} {1}))"
    texts = [corners.format(*(round(value, 6) for value in box)) for box in boxes(0.07)]
    return [f"S_INTERSECTS({{geom}},{text})" for text in texts]


def tile_measure(name: str, zoom: int, goal: str) -> Measure:
    """Return the measure of cold tiles of a zoom."""

    def paths(peer: Peer) -> list[str]:
        tile = peer.tile
        return [tile(name, one) for one in tiles_over_box(zoom)] if tile else []

    who = ("tipg", "mapserver", "uncached")
    return Measure(f"cold tile, z{zoom}, {name.removeprefix('parcels')}", goal, paths, who)


def bbox_paths(peer: Peer) -> list[str]:
    """Return pages of about a hundred features by box."""
    shown = (",".join(f"{value:.6f}" for value in box) for box in boxes(0.13))
    return [f"{peer.items('parcels5k')}&limit=200&bbox={text}" for text in shown]


MEASURES = (
    Measure("box of 100 features of 5k", "30", bbox_paths),
    Measure(
        "page of 100 features of 5k",
        "50",
        lambda p: [f"{p.items('parcels5k')}&limit=100&offset={n}" for n in range(0, 4900, 100)],
    ),
    Measure("all features of 5k", "50", lambda p: [f"{p.items('parcels5k')}&limit=5000"]),
    Measure("S_INTERSECTS, 200k", "10", lambda p: by_filter(p, polygon_filters())),
    Measure(
        "kind and people, 200k",
        "10",
        lambda p: by_filter(p, [f"kind='green' AND people>{n}" for n in range(15_000, 19_000, 20)]),
    ),
    Measure(
        "score between, 200k",
        "10",
        lambda p: by_filter(
            p, [f"score BETWEEN {n / 1000} AND {n / 1000 + 0.01}" for n in range(200, 400)]
        ),
    ),
    *(tile_measure("parcels5k", zoom, "1.5") for zoom in (12, 13, 14)),
    *(tile_measure("parcels200k", zoom, "1.2") for zoom in (12, 13, 14)),
)
