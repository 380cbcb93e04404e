"""Measure the tile encoder beside PostGIS and ``mapbox-vector-tile``, in process, in one run.

    .venv/bin/python tests/bench/tiles.py [--sets 5000,200000] [--zooms 12,13,14] [--rounds 3]
                                          [--pg "host=... dbname=..."]

Every tile of a zoom over a partition of Shenyang's size is encoded, one after the other, in one
thread; all contestants carry the same five attributes, an extent of 4096 and a buffer of 64 units.
Rounds take turns; the table shows the mean over the tiles of the best time of each, as other work
on the machine only ever adds time. PostGIS (``ST_AsMVT`` through psycopg, prepared) takes part
when ``--pg`` names a database in which tables may be made, and the package when it is installed.
"""

import argparse
import importlib
import importlib.util
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import shapely

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.partitions import BOX, Geometries, partition
from zones.crs.transform import CRS, geometry_from_storage
from zones.model import JSON, CollectionInfo, Feature
from zones.snapshot.collection import Collection
from zones.tiles import (
    WEB_MERCATOR_QUAD,
    Tile,
    TileLimits,
    TileMatrixSet,
    TileSource,
    encode_tile,
    prepare_tiles,
    tile_source,
)
from zones.tiles.draw_shapes import BUFFER
from zones.tiles.layer_bytes import EXTENT
from zones.tiles.shapes_on_grid import Shapes

KINDS = ("residential", "industrial", "green", "water", "commercial")
BENDS = {5_000: 6, 200_000: 2}
UNLIMITED = TileLimits(sys.maxsize, sys.maxsize, overview_bytes=sys.maxsize)
"""All is drawn, as by the others; above 12,000 features in a tile small ones are counted still."""
COLUMNS = ("zid", "name", "kind", "people", "score")

Encode = Callable[[Tile], bytes]


@dataclass(frozen=True)
class Parcels:
    """A partition and its attributes."""

    geometries: Geometries
    properties: list[dict[str, JSON]]


def main() -> None:
    """Measure in interleaved rounds and print the best of each."""
    options = parse_options()
    for count in map(int, options.sets.split(",")):
        parcels = made_parcels(count)
        contestants = entered(parcels, options)
        print(f"\n{count} polygons\n")
        print("| contestant | zoom | tiles | ms/tile | tiles/s | kB/tile | beside ours |")
        print("|---|--:|--:|--:|--:|--:|--:|", flush=True)
        for zoom in map(int, options.zooms.split(",")):
            report(contestants, tiles_over_box(zoom), options.rounds)


def parse_options() -> argparse.Namespace:
    """Return the command line's options."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", default="5000,200000")
    parser.add_argument("--zooms", default="12,13,14")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pg", help="connection string of a PostGIS database")
    return parser.parse_args()


def made_parcels(count: int) -> Parcels:
    """Return a partition of so many polygons, always the same."""
    rng = np.random.default_rng(77)
    kinds, people = rng.integers(0, len(KINDS), count), rng.integers(0, 20_000, count)
    score = np.round(rng.uniform(0, 1, count), 4)
    properties: list[dict[str, JSON]] = [
        dict(zip(COLUMNS, (i, f"parcel-{i}", KINDS[k], p, s), strict=True))
        for i, (k, p, s) in enumerate(
            zip(kinds.tolist(), people.tolist(), score.tolist(), strict=True)
        )
    ]
    return Parcels(partition(count, bends=BENDS.get(count, 4)), properties)


def entered(parcels: Parcels, options: argparse.Namespace) -> dict[str, Encode]:
    """Return the contestants that can take part; print how long each took to prepare."""
    makers: dict[str, Callable[[], Encode]] = {
        "ours": partial(ours, parcels),
        "ours, without names": partial(ours_without_names, parcels),
    }
    if options.pg:
        for srid in (4326, 3857):
            makers[f"PostGIS, {srid} stored"] = partial(postgis, parcels, options.pg, srid)
    if importlib.util.find_spec("mapbox_vector_tile"):
        makers["mapbox-vector-tile"] = partial(package, parcels)
    contestants = {}
    for name, make in makers.items():
        started = time.perf_counter()
        contestants[name] = make()
        print(f"{name}: prepared in {time.perf_counter() - started:.2f} s", flush=True)
    return contestants


def tiles_over_box(zoom: int) -> list[Tile]:
    """Return every tile of a zoom that the partition touches."""
    west, south, east, north = BOX
    first = WEB_MERCATOR_QUAD.tile_at(zoom, west, north)
    last = WEB_MERCATOR_QUAD.tile_at(zoom, east, south)
    return [
        WEB_MERCATOR_QUAD.tile(zoom, row, column)
        for row in range(first.row, last.row + 1)
        for column in range(first.column, last.column + 1)
    ]


def report(contestants: dict[str, Encode], tiles: list[Tile], rounds: int) -> None:
    """Print one row for each contestant."""
    seconds = {name: np.full((rounds, len(tiles)), np.inf) for name in contestants}
    sizes: dict[str, int] = {}
    for turn in range(rounds):
        for name, encode in contestants.items():
            sizes[name] = 0
            for at, tile in enumerate(tiles):
                started = time.perf_counter()
                sizes[name] += len(encode(tile))
                seconds[name][turn, at] = time.perf_counter() - started
    best = {name: float(times.min(axis=0).mean()) for name, times in seconds.items()}
    for name, each in best.items():
        row = (name, tiles[0].zoom, len(tiles), f"{each * 1e3:.1f}", f"{1 / each:.1f}")
        size, ratio = f"{sizes[name] / len(tiles) / 1e3:.0f}", f"{each / best['ours']:.1f} x"
        print("|", *(f"{cell} |" for cell in (*row, size, ratio)), flush=True)


def ours(parcels: Parcels) -> Encode:
    """Return our encoder; its tiles also have the layer of names, which the others lack."""
    source = made_source(parcels)
    return lambda tile: encode_tile(source, tile, limits=UNLIMITED)


def ours_without_names(parcels: Parcels) -> Encode:
    """Return our encoder of what the others encode too."""
    unnamed = Unnamed(made_source(parcels).collection)
    return lambda tile: encode_tile(unnamed, tile, limits=UNLIMITED)


class Unnamed(TileSource):
    """A source of tiles without the layer of names."""

    def labels(self, tms: TileMatrixSet) -> Shapes | None:
        """Return no points."""
        return None


def made_source(parcels: Parcels) -> TileSource:
    """Return the source of a collection's tiles, all of it worked out."""
    features = [
        Feature(str(i), geometry, one)
        for i, (geometry, one) in enumerate(
            zip(parcels.geometries, parcels.properties, strict=True)
        )
    ]
    collection = Collection(CollectionInfo("parcels", "parcels", "parcels"), 1, features)
    prepare_tiles(collection, WEB_MERCATOR_QUAD)
    return tile_source(collection)


def postgis(parcels: Parcels, connection: str, srid: int) -> Encode:
    """Return PostGIS' encoder of a table with the geometry in that system, and a GiST index."""
    psycopg = importlib.import_module("psycopg")
    database = psycopg.connect(connection, autocommit=True, prepare_threshold=1)
    load(database, parcels, srid)
    geometry = "geom" if srid == 3857 else "st_transform(geom, 3857)"
    query = f"""
        with box as (select st_tileenvelope(%s, %s, %s) as edges, st_transform(
            st_tileenvelope(%s, %s, %s, margin => {BUFFER / EXTENT}), {srid}) as reach),
        drawn as (select zid, name, kind, people, score,
            st_asmvtgeom({geometry}, box.edges, {EXTENT}, {BUFFER}, true) as geom
            from parcels_{srid}, box where geom && box.reach)
        select st_asmvt(drawn, 'parcels', {EXTENT}, 'geom') from drawn
    """  # noqa: S608 - every value put into the text is one of our own numbers

    def encode(tile: Tile) -> bytes:
        address = (tile.zoom, tile.column, tile.row)
        return bytes(database.execute(query, address * 2, binary=True).fetchone()[0] or b"")

    return encode


def load(database: Any, parcels: Parcels, srid: int) -> None:
    """Fill the table of one system."""
    columns = "zid bigint, name text, kind text, people bigint, score double precision"
    table = f"parcels_{srid}"
    wkb = shapely.to_wkb(shapely.set_srid(parcels.geometries, 4326), hex=True, include_srid=True)
    database.execute("drop table if exists loading")
    database.execute(f"drop table if exists {table}")
    database.execute(f"create temporary table loading ({columns}, geom geometry)")
    with database.cursor().copy("copy loading from stdin") as copy:
        for one, geometry in zip(parcels.properties, wkb, strict=True):
            copy.write_row((*(one[column] for column in COLUMNS), geometry))
    database.execute(f"create table {table} ({columns}, geom geometry(polygon, {srid}))")
    database.execute(
        f"insert into {table} select {', '.join(COLUMNS)}, st_transform(geom, {srid}) from loading"  # noqa: S608 - names of ours
    )
    database.execute(f"create index on {table} using gist (geom)")
    database.execute(f"vacuum analyze {table}")


def package(parcels: Parcels) -> Encode:
    """Return the package's encoder, fed with what shapely clips of the geometries in metres."""
    mvt = importlib.import_module("mapbox_vector_tile")
    projected = geometry_from_storage(parcels.geometries, CRS.EPSG_3857)
    tree = shapely.STRtree(projected)

    def encode(tile: Tile) -> bytes:
        west, south, east, north = tile.bounds
        buffer = (east - west) * BUFFER / EXTENT
        box = (west - buffer, south - buffer, east + buffer, north + buffer)
        found = np.sort(tree.query(shapely.box(*box)))
        clipped = shapely.clip_by_rect(projected[found], *box)
        features = [
            {"geometry": geometry, "properties": parcels.properties[i]}
            for i, geometry in zip(found.tolist(), clipped, strict=True)
            if not geometry.is_empty
        ]
        options = {"quantize_bounds": tuple(tile.bounds), "extents": EXTENT}
        data: bytes = mvt.encode([{"name": "parcels", "features": features}], options)
        return data

    return encode


if __name__ == "__main__":
    main()
