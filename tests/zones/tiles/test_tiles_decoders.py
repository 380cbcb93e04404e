"""What independent decoders find in our tiles, and the specification's own fixtures."""

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from tests.bench.partitions import partition
from tests.paths import ROOT
from tests.tile_reader import TileFeature, read_commands, read_tile
from tests.toy import SD_1, ZONE_B, at, collection, feature, line
from zones.model import JSON
from zones.ragged_arrays import offsets_of
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot
from zones.tiles import CGCS2000_QUAD, WEB_MERCATOR_QUAD, encode_tile, tile_source
from zones.tiles.attributes import attribute_table
from zones.tiles.geometry_commands import geometry_commands
from zones.tiles.paths import GeomType, Paths

DECODER = ROOT / "tests" / "tiles_decoder"
FIXTURES = DECODER / "node_modules" / "@mapbox" / "mvt-fixtures" / "fixtures"


@pytest.fixture(scope="session")
def decoder() -> Path:
    """Return the folder of the JavaScript decoder, its packages installed."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("node and npm are not installed")
    installed = DECODER / "node_modules" / ".package-lock.json"
    lock = DECODER / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        ran = _run(["npm", "ci"], DECODER)
        if ran.returncode and not os.environ.get("CI"):
            pytest.skip(f"npm ci failed: {ran.stderr[-200:]}")
        assert ran.returncode == 0, ran.stderr
    return DECODER


def _run(command: list[str], folder: Path, *, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, input=text, capture_output=True, encoding="utf-8", check=False
    )


def _source(name: str, seeded_snapshot: Snapshot) -> Collection:
    if name == "parcels":
        polygons = partition(300, bends=8)
        kinds: list[JSON] = ["green", "water", None, 3, -4.5, True]
        return collection(
            "parcels", [feature(str(i), p, kind=kinds[i % 6]) for i, p in enumerate(polygons)]
        )
    if name == "mixed":
        ring = shapely.Polygon(SD_1.exterior, [shapely.box(*at(0.2, 0.2), *at(0.5, 0.9)).exterior])
        return collection(
            "mixed",
            [
                feature("9007199254740991", ring, 名称="和平区", count=-(2**40), big=2**53 - 1),
                feature("2", shapely.MultiPolygon([ZONE_B, shapely.box(*at(0, 0), *at(1, 1))])),
                feature("3", shapely.MultiLineString([line((0, 0), (3, 1)), line((0, 1), (1, 1))])),
                feature("4", shapely.MultiPoint([at(0, 0), at(1, 1), at(2, 1)]), parts=[{"a": 1}]),
            ],
        )
    return seeded_snapshot.collection(name)


ADDRESSES = [
    WEB_MERCATOR_QUAD.tile_at(zoom, 123.41 + 0.003 * zoom, 41.755) for zoom in (0, 9, 11, 12, 13)
] + [CGCS2000_QUAD.tile_at(zoom, 123.41, 41.77) for zoom in (10, 12, 14)]
SOURCES = ["parcels", "mixed", "zones", "belts", "axes", "sites", "borders"]


def _decoded(decoder: Path, tiles: list[bytes]) -> list[Any]:
    lines = "\n".join(base64.b64encode(tile).decode() for tile in tiles)
    ran = _run(["node", "decode.js"], decoder, text=lines)
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


@pytest.mark.parametrize("name", SOURCES)
def test_the_javascript_decoder_finds_what_we_wrote(
    name: str, decoder: Path, seeded_snapshot: Snapshot
) -> None:
    source = tile_source(_source(name, seeded_snapshot))
    tiles = [data for address in ADDRESSES if (data := encode_tile(source, address))]
    assert tiles
    for tile, layers in zip(tiles, _decoded(decoder, tiles), strict=True):
        ours = read_tile(tile)
        assert [layer["name"] for layer in layers] == list(ours)
        for layer in layers:
            assert (layer["version"], layer["extent"]) == (2, 4096)
            pairs = zip(layer["features"], ours[layer["name"]].features, strict=True)
            for theirs, found in pairs:
                _same_as_javascript(theirs, found)


def _same_as_javascript(theirs: dict[str, Any], ours: TileFeature) -> None:
    assert (theirs["id"], theirs["type"]) == (ours.id, ours.kind)
    assert theirs["properties"] == ours.properties
    assert theirs["paths"] == _as_lists(ours.paths)
    if ours.kind == GeomType.POLYGON:
        assert theirs["polygons"] == [_as_lists(polygon) for polygon in ours.polygons]


def _as_lists(paths: list[list[tuple[int, int]]]) -> list[list[list[int]]]:
    return [[list(place) for place in path] for path in paths]


@pytest.mark.parametrize("name", SOURCES)
def test_the_python_decoder_finds_what_we_wrote(name: str, seeded_snapshot: Snapshot) -> None:
    mvt = pytest.importorskip("mapbox_vector_tile", reason="mapbox-vector-tile is not installed")
    source = tile_source(_source(name, seeded_snapshot))
    for address in ADDRESSES:
        tile = encode_tile(source, address)
        layers = mvt.decode(tile, default_options={"y_coord_down": True})
        ours = read_tile(tile)
        assert list(layers) == list(ours)
        for layer_name, layer in layers.items():
            assert (layer["version"], layer["extent"]) == (2, 4096)
            pairs = zip(layer["features"], ours[layer_name].features, strict=True)
            for theirs, found in pairs:
                assert (theirs["id"], theirs["properties"]) == (found.id, found.properties)
                shape = shapely.from_geojson(json.dumps(theirs["geometry"]))
                assert shapely.equals(shapely.normalize(shape), shapely.normalize(found.geometry))


def test_types_of_attributes_survive_both_decoders(decoder: Path) -> None:
    mvt = pytest.importorskip("mapbox_vector_tile", reason="mapbox-vector-tile is not installed")
    values: dict[str, JSON] = {
        "s": "中",
        "t": True,
        "f": False,
        "i": 7,
        "n": -7,
        "d": 0.25,
        "w": 4.0,
    }
    tile = encode_tile(
        tile_source(collection("things", [feature("1", SD_1, **values)])),
        WEB_MERCATOR_QUAD.tile_at(12, *at(1, 1)),
    )
    (python,) = mvt.decode(tile)["things"]["features"]
    for key, value in values.items():
        assert python["properties"][key] == value
        assert type(python["properties"][key]) is type(value)
    ((layer, _),) = _decoded(decoder, [tile])
    assert layer["features"][0]["properties"] == {"name": "1", **values}


def _fixture(number: int) -> Any:
    return json.loads((FIXTURES / f"{number:03}" / "tile.json").read_text())["layers"][0]


# Points, lines, polygons, one part and several, and squares at a tile's edge.
@pytest.mark.parametrize("number", [17, 18, 19, 20, 21, 22, 53, 54, 55, 56])
def test_geometries_of_the_fixtures_are_written_as_the_specification_writes_them(
    number: int, decoder: Path
) -> None:
    (stated,) = _fixture(number)["features"]
    kind = GeomType(stated["type"])
    paths = read_commands(stated["geometry"])
    if kind is GeomType.POINT:
        paths = [[place for path in paths for place in path]]
    if kind is GeomType.POLYGON:
        paths = [path[:-1] for path in paths]
    x, y = np.array([place for path in paths for place in path], dtype=float).T
    count = len(paths)
    written, offsets = geometry_commands(
        Paths(
            x,
            y,
            offsets_of(np.array([len(path) for path in paths])),
            np.zeros(count, dtype=np.int64),
            np.ones(count, dtype=bool),
        ),
        kind,
    )
    assert written.tolist() == stated["geometry"]
    assert offsets.tolist() == [0, len(stated["geometry"])]


# A boolean, a string, a double and a whole number, as the fixtures have them.
@pytest.mark.parametrize("number", [27, 32, 34, 36])
def test_values_of_the_fixtures_are_written_as_the_specification_writes_them(
    number: int, decoder: Path
) -> None:
    ((_, value),) = _fixture(number)["values"][0].items()
    written = attribute_table([{"key": value}]).tags(np.array([0])).dictionaries
    stated = (FIXTURES / f"{number:03}" / "tile.mvt").read_bytes()
    ours = written[written.index(b'"') :]
    assert ours in stated


def test_our_reader_reads_the_valid_fixtures_as_their_authors_do(decoder: Path) -> None:
    for number in (17, 18, 19, 20, 21, 22, 32, 33, 34, 35, 36, 37, 53, 54, 55, 56):
        stated = _fixture(number)
        layer = read_tile((FIXTURES / f"{number:03}" / "tile.mvt").read_bytes())[stated["name"]]
        assert layer.keys == stated["keys"]
        assert layer.values == pytest.approx(
            [value for one in stated["values"] for value in one.values()]
        )
        assert [f.commands for f in layer.features] == [f["geometry"] for f in stated["features"]]
