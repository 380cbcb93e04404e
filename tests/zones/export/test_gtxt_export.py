"""国土 TXT out: read back by our own reader, and as offices' programs read it."""

import random
from pathlib import Path
from typing import Any

import pytest
import shapely

from tests.exported import PLOTS
from tests.gtxt_files import parcels
from tests.opened_sources import Read, read
from zones.crs.transform import CRS, geometry_to_storage, parse_crs, to_plane
from zones.export.export_options import ExportError, export_options, parcel_layout
from zones.export.write_file import export_remarks, write_export
from zones.formats.signatures import format_by_content
from zones.model import Feature

_ODD = {"地块名称": "和平，一", "图幅号": "K-51", "地块用途": "居住用地", "地类编码": "0701"}


def features(seed: int, **properties: Any) -> list[Feature]:
    """Return parcels as stored, with all attributes that the format has."""
    made = parcels(random.Random(seed), 4)  # noqa: S311 - the same each time
    return [
        Feature(
            parcel.code,
            geometry_to_storage(parcel.shape, CRS.EPSG_4550),
            {
                "地块面积": round(parcel.shape.area / 1e4, 4),
                "地块编号": parcel.code,
                "图形属性": "面",
                **_ODD,
                **properties,
            },
        )
        for parcel in made
    ]


def written(folder: Path, found: list[Feature], **options: Any) -> bytes:
    path = folder / "out.txt"
    layout = parcel_layout(*(options.pop(name, None) for name in ("order", "closing", "fields")))
    crs = parse_crs(options.pop("crs", "EPSG:4529"))
    made = export_options("gtxt", crs=crs, layout=layout, **options)
    write_export(path, PLOTS, found, options=made)
    return path.read_bytes()


def back(folder: Path, content: bytes) -> Read:
    assert format_by_content(content) == "gtxt"
    result = read(folder, content, "gtxt")
    assert (result.errors, result.question) == (0, None), result.problems
    return result


def same(one: Any, other: Any) -> bool:
    """Return whether two shapes have the same rings to 0.2 mm, wherever these begin."""
    found, wanted = to_plane(one), to_plane(other)
    rings = [len(shapely.get_rings(shapely.get_parts(each))) for each in (found, wanted)]
    counts = [int(shapely.get_num_coordinates(each)) for each in (found, wanted)]
    apart = shapely.hausdorff_distance(found.boundary, wanted.boundary)
    return rings[0] == rings[1] and counts[0] == counts[1] and apart < 2e-4


@pytest.mark.parametrize("crs", ["EPSG:4529", "EPSG:4550", "EPSG:4490", "EPSG:4528"])
@pytest.mark.parametrize("order", ["north-east", "east-north"])
@pytest.mark.parametrize("closing", ["repeat", "open"])
@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "utf-8-sig"])
def test_export_and_import_is_the_identity(
    tmp_path: Path, crs: str, order: str, closing: str, encoding: str
) -> None:
    found = features(3, 描述="沿河")
    content = written(tmp_path, found, crs=crs, order=order, closing=closing, encoding=encoding)
    result = back(tmp_path, content)
    assert result.findings.crs.key == crs
    for row, feature in zip(result.rows, found, strict=True):
        assert row["properties"] == feature.properties
        assert same(shapely.from_wkb(row["wkb"]), feature.geometry)


def test_a_file_as_land_offices_have_it(tmp_path: Path) -> None:
    square = geometry_to_storage(shapely.box(533000, 4626800, 533200, 4626950), CRS.EPSG_4550)
    text = written(tmp_path, [Feature("7", square, {"DKMC": "甲,乙", "DLBM": "0701"})]).decode(
        "gbk"
    )
    assert "几度分带=3\r\n" in text
    assert text.split("[地块坐标]\r\n")[1].split("\r\n") == [
        "5,3.0000,7,甲，乙,面,,,0701,@",
        "J1,1,4626800.0000,41533200.0000",
        "J2,1,4626950.0000,41533200.0000",
        "J3,1,4626950.0000,41533000.0000",
        "J4,1,4626800.0000,41533000.0000",
        "J1,1,4626800.0000,41533200.0000",
        "",
    ]


def test_what_has_no_place_in_it_is_told(tmp_path: Path) -> None:
    point = shapely.Point(123.4, 41.78)
    mixed = shapely.GeometryCollection([point, shapely.box(123.4, 41.78, 123.41, 41.79)])
    found = [
        Feature("1", point, {"名称": "𠀀,\n", "height": 3, "层数": 7}),
        Feature("2", None, {}),
        Feature("3", mixed, {}),
    ]
    options = export_options("gtxt", encoding="gbk")
    told = {each.code: each.params for each in export_remarks(PLOTS, found, options=options)}
    assert told["export-gtxt-fields"] == {"count": 2, "fields": "height, 层数"}
    assert told["export-gtxt-no-place"] == {"count": 2}
    assert set(told) > {"export-gtxt-commas"}
    chosen = export_options("gtxt", layout=parcel_layout(fields="height,层数"))
    kept = {each.code: each.params for each in export_remarks(PLOTS, found, options=chosen)}
    assert kept["export-gtxt-fields"]["fields"] == "名称"


def test_points_and_lines_come_back(tmp_path: Path) -> None:
    shapes = [
        shapely.Point(123.4, 41.78),
        shapely.LineString([(123.4, 41.78), (123.41, 41.78)]),
        shapely.MultiPoint([(123.4, 41.78), (123.41, 41.79)]),
    ]
    found = [Feature(str(at), shape, {}) for at, shape in enumerate(shapes)]
    result = back(tmp_path, written(tmp_path, found))
    kinds = [shapely.from_wkb(row["wkb"]).geom_type for row in result.rows]
    assert kinds == ["Point", "LineString", "MultiPoint"]


@pytest.mark.parametrize(
    ("format_", "options", "code"),
    [
        ("gtxt", {"crs": CRS.GCJ02}, "export-gtxt-crs"),
        ("gtxt", {"crs": CRS.EPSG_3857}, "export-gtxt-crs"),
        ("gtxt", {"encoding": "utf-16"}, "export-encoding"),
        ("shp", {"layout": parcel_layout(closing="open")}, "export-gtxt-only"),
    ],
)
def test_options_that_cannot_be_are_refused(
    format_: str, options: dict[str, Any], code: str
) -> None:
    with pytest.raises(ExportError) as caught:
        export_options(format_, **options)
    assert caught.value.code == code
    assert caught.value.text("zh").hint


def test_a_word_that_is_no_option_is_refused() -> None:
    with pytest.raises(ExportError) as caught:
        parcel_layout(order="yx")
    assert caught.value.code == "export-gtxt-layout"
