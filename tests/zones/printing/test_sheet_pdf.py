"""A sheet as a PDF: what can be searched for in it, its fonts, and that nothing is missing."""

import io
import json
import shutil
import subprocess
from pathlib import Path

import pytest
import shapely
from pypdf import PdfReader

from zones.crs.transform import to_plane
from zones.printing.make_sheet import PrintedSheet, make_sheet
from zones.printing.sheet_options import AppendixTable, SheetOrder, Size
from zones.snapshot.model import Snapshot

POINTS_PER_MM = 72 / 25.4


@pytest.fixture(scope="module")
def sheet(seeded_snapshot: Snapshot) -> PrintedSheet:
    order = SheetOrder(size=Size.A3, tables=tuple(AppendixTable), made_on="2026-11-30")
    return make_sheet(seeded_snapshot, order)


@pytest.fixture(scope="module")
def pdf(sheet: PrintedSheet) -> PdfReader:
    return PdfReader(io.BytesIO(sheet.body))


@pytest.fixture(scope="module")
def text(pdf: PdfReader) -> str:
    return "".join("".join(page.extract_text().split()) for page in pdf.pages)


def test_paper_has_its_size(pdf: PdfReader) -> None:
    box = pdf.pages[0].mediabox
    sides = sorted(float(side) / POINTS_PER_MM for side in (box.width, box.height))
    assert sides == pytest.approx([297, 420], abs=0.1)


@pytest.mark.parametrize("word", ["浑河", "长白岛高端商务商业集聚区", "图例", "2026-11-30", "争议"])
def test_words_of_the_map_are_found(text: str, word: str) -> None:
    assert word in text


def test_all_names_of_the_plan_are_found(text: str, seeded_snapshot: Snapshot) -> None:
    plan = seeded_snapshot.plan
    sites = seeded_snapshot.collection("sites")
    names = [element.name for element in plan.elements]
    names += [str(told["name"]) for told in sites.properties]
    assert [name for name in names if "".join(name.split()) not in text] == []


def test_scale_revision_and_sources_are_stated(text: str, seeded_snapshot: Snapshot) -> None:
    assert "1:60000" in text
    assert "EPSG:4550" in text
    assert seeded_snapshot.plan.source.title in text
    assert "非官方界线" in text
    assert "25m以内占" in text


def test_only_faces_for_simplified_chinese_are_embedded(pdf: PdfReader) -> None:
    fonts = {
        str(font.get_object()["/BaseFont"])
        for page in pdf.pages
        for font in page["/Resources"]["/Font"].values()  # type: ignore[index]
    }
    assert fonts
    assert all("sc-" in name or "SC" in name or "SChinese" in name for name in fonts)
    for page in pdf.pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            descendant = font.get_object()["/DescendantFonts"][0].get_object()
            descriptor = descendant["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3"} & descriptor.keys()


def test_no_letter_of_the_plan_is_missing(sheet: PrintedSheet, text: str) -> None:
    assert sheet.missing == ()
    assert "\x00" not in text
    assert "\N{REPLACEMENT CHARACTER}" not in text


def test_pages_are_numbered(sheet: PrintedSheet, pdf: PdfReader, text: str) -> None:
    assert sheet.pages == 1
    assert f"第{len(pdf.pages)}页共{len(pdf.pages)}页" in text


def test_same_order_makes_the_same_bytes(seeded_snapshot: Snapshot) -> None:
    order = SheetOrder(size=Size.A4, collections=("zones",))
    first, second = (make_sheet(seeded_snapshot, order).body for _ in range(2))
    assert first == second


def test_letter_that_the_font_lacks_is_told_on_the_sheet(seeded_snapshot: Snapshot) -> None:
    order = SheetOrder(size=Size.A4, collections=("zones",), title="和平\N{ALIEN MONSTER}")
    made = make_sheet(seeded_snapshot, order)
    assert made.missing == ("\N{ALIEN MONSTER}",)
    assert "U+1F47E" in PdfReader(io.BytesIO(made.body)).pages[0].extract_text()


def test_markup_in_a_title_is_text(seeded_snapshot: Snapshot) -> None:
    title = '#panic("x") $a$ *b* <c> \\u{41}'
    made = make_sheet(
        seeded_snapshot, SheetOrder(size=Size.A4, collections=("zones",), title=title)
    )
    found = PdfReader(io.BytesIO(made.body)).pages[0].extract_text()
    assert "".join(title.split()) in "".join(found.split())


@pytest.mark.skipif(shutil.which("gdalinfo") is None, reason="GDAL's programs are not installed")
def test_gdal_finds_where_the_map_lies(sheet: PrintedSheet, pdf: PdfReader, tmp_path: Path) -> None:
    path = tmp_path / "sheet.pdf"
    path.write_bytes(sheet.body)
    told = subprocess.run(["gdalinfo", "-json", str(path)], capture_output=True, check=True).stdout
    about = json.loads(told)
    assert 'ID["EPSG",4550]' in about["coordinateSystem"]["wkt"]
    west, south, east, north = shapely.from_wkt(about["metadata"][""]["NEATLINE"]).bounds
    gpts = pdf.pages[0]["/VP"][0]["/Measure"]["/GPTS"]
    corners = [to_plane(shapely.Point(gpts[i + 1], gpts[i])) for i in (0, 4)]
    expected = [corners[0].x, corners[0].y, corners[1].x, corners[1].y]
    assert (west, south, east, north) == pytest.approx(expected, abs=1)
    left, across, _, _, _, down = about["geoTransform"]
    assert across == pytest.approx(-down, rel=1e-3)
    assert west > left


def test_the_corners_of_the_map_have_their_degrees(pdf: PdfReader, sheet: PrintedSheet) -> None:
    (viewport,) = pdf.pages[0]["/VP"]
    measure = viewport["/Measure"]
    assert measure["/GCS"]["/EPSG"] == 4550
    lats, lons = measure["/GPTS"][::2], measure["/GPTS"][1::2]
    assert (min(lons), min(lats), max(lons), max(lats)) == pytest.approx(sheet.bbox, abs=1e-6)
    left, low, right, high = (float(side) / POINTS_PER_MM for side in viewport["/BBox"])
    metres = shapely.distance(
        to_plane(shapely.Point(lons[0], lats[0])), to_plane(shapely.Point(lons[3], lats[3]))
    )
    assert (right - left) / 1000 * sheet.scale == pytest.approx(metres, rel=1e-4)
    assert 0 < low < high
