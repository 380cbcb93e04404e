"""Layers of a PDF: each can be switched by itself, and nothing else of the sheet changes by it."""

import io
import os
import re
import shutil
import subprocess
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from pypdf import PdfReader

from tests.png_pixels import png_pixels
from zones.errors import PrintEngineError
from zones.printing.make_sheet import make_sheet
from zones.printing.pdf_layers import switched
from zones.printing.sheet_options import AppendixTable, Form, SheetOrder, Size
from zones.snapshot.model import Snapshot

ORDER = SheetOrder(
    size=Size.A4, landscape=False, made_on="2026-11-30", tables=(AppendixTable.FIGURES,)
)
DPI = 40
Pixels = NDArray[np.int_]
needs_gdal = pytest.mark.skipif(
    shutil.which("gdal_translate") is None, reason="GDAL's programs (gdal-bin) are not installed"
)


@pytest.fixture(scope="module")
def body(seeded_snapshot: Snapshot) -> bytes:
    return make_sheet(seeded_snapshot, ORDER).body


@pytest.fixture(scope="module")
def pdf(body: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(body))


@pytest.fixture(scope="module")
def seen(body: bytes, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Pixels]:
    """What GDAL shows of the sheet with some layers off, these by the names that it lists."""
    folder = tmp_path_factory.mktemp("layers")
    (folder / "sheet.pdf").write_bytes(body)

    def picture(*off: str) -> Pixels:
        options = {"GDAL_PDF_LAYERS_OFF": ",".join(off), "GDAL_PDF_DPI": str(DPI)}
        command = ["gdal_translate", "-q", "-of", "PNG", "-b", "1", "-b", "2", "-b", "3"]
        command += [str(folder / "sheet.pdf"), str(folder / "sheet.png")]
        subprocess.run(command, check=True, env={**os.environ, **options})
        return png_pixels((folder / "sheet.png").read_bytes()).astype(int)

    return picture


@pytest.fixture(scope="module")
def everything(seen: Callable[..., Pixels]) -> Pixels:
    return seen()


def test_layers_are_listed_in_two_groups_and_all_on(pdf: PdfReader) -> None:
    about = pdf.root_object["/OCProperties"]
    (map_title, *on_map), (margin_title, *margin) = about["/D"]["/Order"]  # type: ignore[index]
    assert (map_title, margin_title) == ("地图", "图廓")
    names = [layer.get_object()["/Name"] for layer in on_map]
    assert names[0] == "注记"
    assert names[-1] == "坐标格网"
    assert {"六区", "两轴", "一带", "规划项目与地点"} <= set(names)
    assert "图例" in [layer.get_object()["/Name"] for layer in margin]
    assert about["/D"]["/ON"] == about["/OCGs"]  # type: ignore[index]


def test_every_layer_is_on_the_page_and_ends_there(pdf: PdfReader) -> None:
    page = pdf.pages[0]
    content = page.get_contents()
    assert content is not None
    begun = re.findall(rb"/OC/(L\d+) BDC", content.get_data())
    properties = page["/Resources"]["/Properties"]  # type: ignore[index]
    assert {f"/{name.decode()}" for name in begun} == set(properties)
    layers = pdf.root_object["/OCProperties"]["/OCGs"]  # type: ignore[index]
    assert len(properties) == len(layers)
    depth = 0
    for operator in re.findall(rb"\b(BDC|BMC|EMC)\b", content.get_data()):
        depth += -1 if operator == b"EMC" else 1
        assert depth >= 0
    assert depth == 0


@pytest.mark.slow
@needs_gdal
def test_layer_that_is_off_vanishes_and_nothing_else(
    seen: Callable[..., Pixels], everything: Pixels, seeded_snapshot: Snapshot
) -> None:
    title = seeded_snapshot.info("zones").title
    without = np.abs(everything - seen(f"地图.{title}")).max(axis=2) > 8
    foot = int(0.83 * len(without))
    assert without[:foot].mean() > 0.1
    assert not without[foot:].any()
    bare = np.abs(everything - seen("地图.注记", "图廓.图例")).max(axis=2) > 8
    assert 0.003 < bare[:foot].mean() < 0.1
    left, right = np.array_split(bare[foot:], 2, axis=1)
    assert left.mean() > 0.02
    assert not right[:, right.shape[1] // 3 :].any()


@needs_gdal
def test_sheet_with_layers_looks_as_one_without(
    everything: Pixels, seeded_snapshot: Snapshot
) -> None:
    order = SheetOrder(form=Form.PNG, size=Size.A4, landscape=False, made_on="2026-11-30", dpi=DPI)
    plain = png_pixels(make_sheet(seeded_snapshot, order).body).astype(int)
    rows, columns = (
        min(a, b) // 6 for a, b in zip(plain.shape[:2], everything.shape, strict=False)
    )
    # Two programs smooth edges differently: blocks of pixels are compared. Any layer has more.
    blocks = [
        each[: rows * 6, : columns * 6].reshape(rows, 6, columns, 6, 3).mean(axis=(1, 3))
        for each in (plain, everything)
    ]
    apart = np.abs(blocks[0] - blocks[1]).max(axis=2)
    assert (apart > 40).mean() < 0.03


def test_layers_that_do_not_end_are_a_fault() -> None:
    mark = (
        b"/Artifact<</Type/Layout>>BDC\nq 1 0 0 -1 0 566.9 cm/c0 cs 1 0 0.011764706 scn "
        b"0 0 m 0.01 0 l 0.01 0.01 l 0 0.01 l\nh\nf\nQ\nEMC"
    )
    end = mark.replace(b"0.011764706", b"0")
    assert switched(mark + b"\nq\nQ" + end) == (b"\n/OC/L3 BDC\nq\nQ\nEMC", {3})
    with pytest.raises(PrintEngineError):
        switched(mark)


def test_pages_are_bookmarks(pdf: PdfReader) -> None:
    titles = [str(item["/Title"]) for item in pdf.outline]  # type: ignore[call-overload]
    assert len(titles) == len(pdf.pages) == 2
    assert "规划布局图" in titles[0]


def test_pdf_is_one_for_archives_and_says_what_it_is(
    pdf: PdfReader, seeded_snapshot: Snapshot
) -> None:
    assert pdf.metadata is not None
    assert "规划布局图" in str(pdf.metadata.title)
    assert pdf.metadata.author == seeded_snapshot.plan.source.publisher
    assert "D:20261130" in str(pdf.metadata.creation_date_raw)
    assert pdf.root_object["/Lang"] == "zh-CN"
    told = pdf.xmp_metadata
    assert told is not None
    assert b"<pdfaid:part>2</pdfaid:part>" in told.stream.get_data()


def test_letters_that_archives_may_not_have_are_printed(seeded_snapshot: Snapshot) -> None:
    order = SheetOrder(size=Size.A4, collections=("zones",), title="和平\N{ALIEN MONSTER}\ue000")
    assert make_sheet(seeded_snapshot, order).body.startswith(b"%PDF")
