"""GDAL and OWSLib as clients of WMS and WMTS, against a server in its own process."""

import io
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from owslib.wms import WebMapService
from owslib.wmts import WebMapTileService
from PIL import Image

from app.map_images.layer_list import PLAN
from tests.app.map_images.places import check_places
from tests.app.processes import Server, server
from zones.crs.transform import CRS
from zones.snapshot.model import Snapshot
from zones.tiles import CGCS2000_QUAD

BOX = (123.34, 41.70, 123.44, 41.80)
WMS = """<GDAL_WMS><Service name="WMS"><Version>{version}</Version><ServerUrl>{url}/wms?</ServerUrl>
<Layers>zones</Layers><Styles>unlabelled</Styles><{key}>EPSG:4490</{key}>{order}
<ImageFormat>image/png</ImageFormat><Transparent>TRUE</Transparent></Service>
<DataWindow><UpperLeftX>123.34</UpperLeftX><UpperLeftY>41.80</UpperLeftY>
<LowerRightX>123.44</LowerRightX><LowerRightY>41.70</LowerRightY>
<SizeX>300</SizeX><SizeY>300</SizeY></DataWindow>
<BlockSizeX>300</BlockSizeX><BlockSizeY>300</BlockSizeY>
<Projection>EPSG:4490</Projection><BandsCount>4</BandsCount></GDAL_WMS>"""
needs_gdal = pytest.mark.skipif(
    shutil.which("gdal_translate") is None, reason="GDAL's programs (gdal-bin) are not installed"
)


@pytest.fixture(scope="module")
def running(seeded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a server with the seed."""
    store = tmp_path_factory.mktemp("images") / "zones.sqlite"
    shutil.copy(seeded_file, store)
    with server(store) as running:
        yield running


def address_of(running: Server) -> str:
    """Return where the server is."""
    return str(running.client.base_url).rstrip("/")


def translated(source: str, folder: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    """Return what ``gdal_translate`` says, the picture being ``out.png``."""
    return subprocess.run(
        ["gdal_translate", "-q", "-of", "PNG", *options, source, str(folder / "out.png")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "GDAL_ENABLE_WMS_CACHE": "NO"},
    )


def picture(folder: Path) -> NDArray[np.uint8]:
    """Return what was written."""
    return np.asarray(Image.open(folder / "out.png").convert("RGBA"))


@needs_gdal
@pytest.mark.parametrize(
    ("version", "key", "order"),
    [("1.3.0", "CRS", "<BBoxOrder>yxYX</BBoxOrder>"), ("1.1.1", "SRS", "")],
)
def test_gdal_puts_wms_in_its_place(
    running: Server, seeded_snapshot: Snapshot, tmp_path: Path, version: str, key: str, order: str
) -> None:
    source = tmp_path / "wms.xml"
    url = address_of(running)
    source.write_text(WMS.format(version=version, key=key, order=order, url=url))
    ran = translated(str(source), tmp_path)
    assert ran.returncode == 0, ran.stderr
    check_places(picture(tmp_path), BOX, CRS.EPSG_4490, seeded_snapshot)


@needs_gdal
def test_gdal_is_told_that_its_axes_are_turned(running: Server, tmp_path: Path) -> None:
    """Without BBoxOrder its driver sends longitude first in 1.3.0 as well."""
    url = address_of(running)
    source = tmp_path / "wms.xml"
    source.write_text(WMS.format(version="1.3.0", key="CRS", order="", url=url))
    ran = translated(str(source), tmp_path)
    assert ran.returncode != 0
    assert "BBoxOrder" in ran.stderr


@needs_gdal
@pytest.mark.parametrize("tms", ["CGCS2000Quad", "WorldCRS84Quad"])
def test_gdal_puts_wmts_in_its_place(
    running: Server, seeded_snapshot: Snapshot, tmp_path: Path, tms: str
) -> None:
    url = address_of(running)
    document = f"{url}/wmts/1.0.0/WMTSCapabilities.xml"
    source = f"WMTS:{document},layer=zones,tilematrixset={tms},style=unlabelled"
    tile = CGCS2000_QUAD.tile_at(12, 123.40, 41.75)
    west, south, east, north = tile.bounds
    window = map(repr, (west, north, east, south))
    ran = translated(source, tmp_path, "-projwin", *window, "-outsize", "256", "256")
    assert ran.returncode == 0, ran.stderr
    check_places(picture(tmp_path), tile.bounds, CRS.EPSG_4490, seeded_snapshot)


@pytest.mark.parametrize("version", ["1.3.0", "1.1.1"])
def test_owslib_lists_draws_and_asks(
    running: Server, seeded_snapshot: Snapshot, version: str
) -> None:
    wms = WebMapService(f"{address_of(running)}/wms", version=version)
    assert set(wms.contents) >= {PLAN, *seeded_snapshot.collections}
    assert wms["zones"].title == "六区"
    assert "EPSG:4490" in wms["zones"].crsOptions
    asked = {"layers": ["zones"], "srs": "EPSG:4490", "bbox": BOX, "size": (120, 120)}
    drawn = wms.getmap(**asked, styles=["unlabelled"], format="image/png", transparent=True).read()
    image = np.asarray(Image.open(io.BytesIO(drawn)).convert("RGBA"))
    check_places(image, BOX, CRS.EPSG_4490, seeded_snapshot)
    told = wms.getfeatureinfo(
        **asked, query_layers=["zones"], info_format="text/plain", xy=(70, 60)
    ).read()
    assert "六区" in told.decode()


def test_owslib_reads_tiles(running: Server, seeded_snapshot: Snapshot) -> None:
    wmts = WebMapTileService(f"{address_of(running)}/wmts")
    assert set(wmts.contents) == {PLAN, *seeded_snapshot.collections}
    tile = CGCS2000_QUAD.tile_at(12, 123.40, 41.75)
    data = wmts.gettile(
        layer="zones", style="unlabelled", format="image/png", tilematrixset="CGCS2000Quad",
        tilematrix="12", row=tile.row, column=tile.column,
    ).read()  # fmt: skip
    image = np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))
    check_places(image, tile.bounds, CRS.EPSG_4490, seeded_snapshot)
