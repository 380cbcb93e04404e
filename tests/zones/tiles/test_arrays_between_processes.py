"""Tiles of a collection in a segment are made from files that all processes share."""

import gc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.tile_reader import TileLayer, read_tile
from tests.zones.snapshot.test_mapped_collection import INFO, feature_of, features_of
from zones.model import Feature
from zones.segment_files.derived_files import DerivedFiles
from zones.segment_files.segment_folder import Made, SegmentFolder
from zones.segment_files.segment_rows import SegmentRows
from zones.segment_files.write_segment import write_segment
from zones.snapshot.collection import Collection
from zones.snapshot.mapped_collection import MappedCollection
from zones.tiles import (
    WEB_MERCATOR_QUAD,
    WORLD_CRS84_QUAD,
    Tile,
    are_tiles_shared,
    encode_part,
    encode_tile,
    prepare_tiles,
    tile_source,
)
from zones.tiles.tile_matrix_sets import TileMatrixSet

FEATURES = features_of(60)
MEMORY = Collection(INFO, 1, FEATURES)
MADE = Made("mixed", 1, "t")


def opened(path: Path, *, max_bytes: int = 2**30) -> MappedCollection:
    folder = SegmentFolder(path, max_bytes=max_bytes)
    folder.make(MADE, lambda file, most: write_segment(file, FEATURES, MADE.as_json()))
    file = folder.opened(MADE)
    assert file is not None
    rows = SegmentRows(file, lambda begin, end: FEATURES[begin:end], DerivedFiles(folder, MADE))
    return MappedCollection(INFO, 1, rows)


def tiles(collection: Collection, tms: TileMatrixSet = WEB_MERCATOR_QUAD) -> Iterator[bytes]:
    source = tile_source(collection)
    column, row = (13_807, 6_100) if tms is WEB_MERCATOR_QUAD else (27_613, 4_392)
    for zoom in range(9, 15):
        shift = 14 - zoom
        around = range(-2, 3)
        for x, y in ((x, y) for x in around for y in around):
            tile = Tile(tms, zoom, (row >> shift) + y, (column >> shift) + x)
            yield encode_tile(source, tile)


@pytest.mark.parametrize("tms", [WEB_MERCATOR_QUAD, WORLD_CRS84_QUAD])
def test_tiles_are_those_of_the_same_features_in_memory(tms: TileMatrixSet, tmp_path: Path) -> None:
    expected = [*tiles(MEMORY, tms)]
    assert any(expected)
    assert [*tiles(opened(tmp_path), tms)] == expected
    assert [*tiles(opened(tmp_path), tms)] == expected  # from the files


def test_what_one_process_worked_out_others_map(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = [*tiles(opened(tmp_path))]
    for name in ("all_shapes", "label_shapes", "attribute_table"):
        monkeypatch.setattr(f"zones.tiles.prepared_source.{name}", None)
    assert [*tiles(opened(tmp_path))] == expected


def test_without_room_tiles_are_made_in_memory(tmp_path: Path) -> None:
    assert [*tiles(opened(tmp_path, max_bytes=2**10))] == [*tiles(MEMORY)]


def test_changed_file_is_made_again(tmp_path: Path) -> None:
    expected = [*tiles(opened(tmp_path))]
    for path in tmp_path.glob("*.tile-*"):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 4
        path.unlink()
        path.write_bytes(content)
    assert [*tiles(opened(tmp_path))] == expected


@pytest.mark.slow
def test_files_of_a_former_segment_go_with_it(tmp_path: Path) -> None:
    [*tiles(opened(tmp_path))]
    folder = SegmentFolder(tmp_path, max_bytes=2**30)
    folder.sweep(["mixed"])
    assert len([*tmp_path.glob("*.segment")]) == 4
    later = Made("mixed", 2, "t")
    folder.make(later, lambda file, most: write_segment(file, FEATURES, later.as_json()))
    gc.collect()  # what was derived from a collection refers to it
    folder.sweep(["mixed"])
    assert len([*tmp_path.glob("*.segment")]) == 1


def test_edits_over_a_segment_are_in_the_tiles(tmp_path: Path) -> None:
    first = FEATURES[1]
    edited = [Feature(first.fid, first.geometry, {"kind": "new"})]
    ours = opened(tmp_path).with_delta(edited, ["f2"], revision=2)
    assert [*tiles(ours)] == [*tiles(MEMORY.with_delta(edited, ["f2"], revision=2))]


def features_in(layer: TileLayer) -> list[tuple[object, ...]]:
    """Return what a layer says of each feature, and where it is drawn, to a unit."""
    return sorted(
        (
            str(each.id),
            str(sorted(each.properties.items())),
            [round(bound / 4) for bound in each.geometry.bounds],
        )
        for each in layer.features
    )


def all_features(tile: bytes) -> dict[str, list[tuple[object, ...]]]:
    return {name: features_in(layer) for name, layer in read_tile(tile).items()}


@pytest.mark.parametrize("tms", [WEB_MERCATOR_QUAD, WORLD_CRS84_QUAD])
def test_tile_made_from_what_lies_near_shows_the_same(tms: TileMatrixSet, tmp_path: Path) -> None:
    collection, source = opened(tmp_path), tile_source(MEMORY)
    west, south, east, north = MEMORY.extent or (0, 0, 0, 0)
    for zoom in range(5, 15):
        tile = tms.tile_at(zoom, (west + east) / 2, (south + north) / 2)
        expected = all_features(encode_tile(source, tile))
        assert expected
        assert all_features(encode_part(collection, tile)) == expected
    assert tile_source(collection).fields == source.fields
    assert not are_tiles_shared(collection, tms)
    prepare_tiles(collection, tms)
    assert are_tiles_shared(collection, tms)


def test_tile_of_very_many_near_features_counts_the_small_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zones.tiles.tile_without_preparation.MOST", 10)
    collection = opened(tmp_path)
    tile = WEB_MERCATOR_QUAD.tile_at(6, *(MEMORY.extent or (0, 0))[:2])
    (cells,) = read_tile(encode_part(collection, tile)).values()
    placed = np.isfinite(MEMORY.bounds).all(axis=1)
    assert sum(int(each.properties["count"]) for each in cells.features) == placed.sum()


def test_changes_show_in_tiles_at_once(tmp_path: Path) -> None:
    changes = {"put": [feature_of(number, seed=2) for number in (1, 60)], "remove": ["f0"]}
    ours, memory = (one.with_delta(**changes, revision=2) for one in (opened(tmp_path), MEMORY))
    assert isinstance(ours, MappedCollection)
    tile = WEB_MERCATOR_QUAD.tile_at(10, *(MEMORY.extent or (0, 0))[:2])
    expected = all_features(encode_tile(tile_source(memory), tile))
    assert all_features(encode_part(ours, tile)) == expected
