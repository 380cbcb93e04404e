"""Tiles of a collection in a segment are made from files that all processes share."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.zones.snapshot.test_mapped import INFO, features_of
from zones.model import Feature
from zones.segments.derived import DerivedFiles
from zones.segments.folder import Made, SegmentFolder
from zones.segments.rows import SegmentRows
from zones.segments.write import write_segment
from zones.snapshot.collection import Collection
from zones.snapshot.mapped import MappedCollection
from zones.tiles import WEB_MERCATOR_QUAD, WORLD_CRS84_QUAD, Tile, encode_tile, tile_source
from zones.tiles.matrix import TileMatrixSet

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
        monkeypatch.setattr(f"zones.tiles.source.{name}", None)
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
