"""Tiles of map images as pages of web maps ask for them."""

import io

import anyio
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from starlette.testclient import TestClient

from app.map_images.metatiles import TileKind, block_of, painted, touches, viewport_of
from app.map_images.picture_cache import Images
from app.map_images.picture_request import Picture, drawn
from app.settings import Settings
from app.tiles.recently_requested import TileDemand
from tests.app.map_images.places import check_places
from zones.crs.transform import CRS
from zones.drawing.raster_engine import painter
from zones.model import BBox
from zones.snapshot.model import Snapshot
from zones.tiles import CGCS2000_QUAD, WEB_MERCATOR_QUAD, WORLD_CRS84_QUAD, TileMatrixSet

PLACE = (123.40, 41.75)
PLAIN = TileKind("zones", "png", is_labelled=False)


def pixels(client: TestClient, address: str) -> NDArray[np.uint8]:
    """Return the picture at an address."""
    answer = client.get(address)
    assert answer.headers["content-type"].startswith("image/"), answer.text[:500]
    return np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGBA"))


@pytest.mark.parametrize(("grid", "tms"), [("web", WEB_MERCATOR_QUAD), ("cgcs2000", CGCS2000_QUAD)])
def test_tiles_are_where_their_numbers_say(
    client: TestClient, seeded_snapshot: Snapshot, grid: str, tms: TileMatrixSet
) -> None:
    tile = tms.tile_at(12, *PLACE)
    address = f"/xyz/zones/{grid}/12/{tile.column}/{tile.row}.png?style=unlabelled"
    check_places(pixels(client, address), tile.bounds, tms.crs, seeded_snapshot)


def test_the_grid_of_gcj02_is_shifted_as_amaps_ground_is(
    client: TestClient, seeded_snapshot: Snapshot
) -> None:
    tile = WEB_MERCATOR_QUAD.tile_at(14, *PLACE)
    address = f"/xyz/zones/{{}}/14/{tile.column}/{tile.row}.png?style=unlabelled"
    shifted, plain = (pixels(client, address.format(grid)) for grid in ("gcj02", "web"))
    check_places(shifted, tuple(tile.bbox), CRS.GCJ02, seeded_snapshot)
    assert (shifted != plain).any()


def test_fine_screens_get_twice_the_pixels(client: TestClient) -> None:
    tile = WEB_MERCATOR_QUAD.tile_at(12, *PLACE)
    address = f"/xyz/zones/web/12/{tile.column}/{tile.row}"
    fine, usual = (pixels(client, f"{address}{end}") for end in ("@2x.png", ".png"))
    assert (fine.shape, usual.shape) == ((512, 512, 4), (256, 256, 4))
    for suffix, known in (("jpg", "JPEG"), ("jpeg", "JPEG"), ("webp", "WEBP")):
        answer = client.get(f"{address}.{suffix}")
        assert Image.open(io.BytesIO(answer.content)).format == known


def test_what_is_no_tile_is_told(client: TestClient) -> None:
    for address, status in {
        "/xyz/zones/web/12/0/0.gif": 404,
        "/xyz/zones/mars/12/0/0.png": 404,
        "/xyz/nowhere/web/12/0/0.png": 404,
        "/xyz/zones/web/99/0/0.png": 404,
        "/xyz/zones/web/2/9/0.png": 404,
        "/xyz/zones/web/x/0/0.png": 400,
        "/xyz/zones/web/2/0/0.png?style=pretty": 400,
        "/xyz/zones/web/2/0/0.png?colour=red": 400,
        "/xyz/zones/web/2/0/0.png?revision=99": 404,
    }.items():
        answer = client.get(address)
        assert answer.status_code == status, (address, answer.text)
        assert answer.json()["detail"]


def test_far_away_is_blank(client: TestClient) -> None:
    assert not pixels(client, "/xyz/heping-plan/web/12/10/10.png").any()
    assert (pixels(client, "/xyz/zones/web/12/10/10.jpg") == 255).all()
    # Beside the plan its neighbours' colour goes on.
    plan = pixels(client, "/xyz/heping-plan/web/12/10/10.jpg")
    assert len(np.unique(plan.reshape(-1, 4), axis=0)) == 1
    assert plan[0, 0].tolist() != [255] * 4


def test_tiles_put_together_are_one_picture(seeded_snapshot: Snapshot) -> None:
    kind = TileKind("heping-plan", "png24")
    block = block_of(WEB_MERCATOR_QUAD.tile_at(13, *PLACE))
    tiles = painted(seeded_snapshot, block, kind)
    asked = Picture((kind.layer,), viewport_of(block, kind), kind.form)
    whole = painter()(drawn(seeded_snapshot, asked))
    assert len(tiles) == 16
    for tile, data in tiles.items():
        top, left = (tile.row - block.row) * 256, (tile.column - block.column) * 256
        part = np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))
        assert (part == whole[top : top + 256, left : left + 256]).all()


def test_blocks_end_where_the_grid_does() -> None:
    assert block_of(CGCS2000_QUAD.tile(0, 0, 1)).columns == 2
    assert block_of(WEB_MERCATOR_QUAD.tile(1, 1, 1)).rows == 2
    same = block_of(WORLD_CRS84_QUAD.tile(9, 100, 700))
    assert same == block_of(CGCS2000_QUAD.tile(9, 100, 700))


def test_a_block_beside_the_data_is_left_blank() -> None:
    block = block_of(WEB_MERCATOR_QUAD.tile_at(12, *PLACE))
    assert touches(block, BBox(123.4, 41.7, 123.41, 41.8))
    assert not touches(block, BBox(110, 30, 111, 31))


def test_tiles_asked_for_at_once_are_painted_once(
    seeded_snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = []

    def counted(*told: object) -> object:
        blocks.append(told)
        return painted(*told)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr("app.map_images.picture_cache.painted", counted)
    images = Images(Settings(), TileDemand())
    block = block_of(WEB_MERCATOR_QUAD.tile_at(12, *PLACE))

    async def ask() -> None:
        async with anyio.create_task_group() as group:
            for tile in block.tiles:
                group.start_soon(images.tile, seeded_snapshot, tile, PLAIN)

    anyio.run(ask)
    anyio.run(ask)
    assert len(blocks) == 1
    assert len(images.cache) == 16
