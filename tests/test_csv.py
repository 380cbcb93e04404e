from pathlib import Path
from typing import Any

import pytest
import shapely

from tests.opened_sources import Read, layer_of, read
from zones.errors import SourceError
from zones.sources.csv_table import Place, place_of


def read_csv(folder: Path, text: str, *, encoding: str = "utf-8", **options: Any) -> Read:
    return read(folder, text.encode(encoding), "csv", **{"crs": "CRS84", **options})


def shapes(found: Read) -> list[Any]:
    return [row["wkb"] and shapely.from_wkb(bytes.fromhex(row["wkb"])) for row in found.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_chinese_tables_read_the_same_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    text = '名称,经度,纬度,备注\r\n"沈阳站, 东口",123.40,41.79,"第一行\n第二行"\r\n'
    found = read_csv(tmp_path, text, encoding=encoding)
    (row,) = found.rows
    assert row["properties"] == {"名称": "沈阳站, 东口", "备注": "第一行\n第二行"}
    assert shapes(found) == [shapely.Point(123.40, 41.79)]


@pytest.mark.parametrize(
    ("names", "place"),
    [
        (["id", "Longitude", "Latitude"], Place(x=1, y=2, named_degrees=True)),
        (["X", "Y", "lon", "lat"], Place(x=2, y=3, named_degrees=True)),
        (["POINT_X", "POINT_Y"], Place(x=0, y=1)),
        (["经度（°）", "纬度（°）"], Place(x=0, y=1, named_degrees=True)),
        (["东坐标", "北坐标"], Place(x=0, y=1)),
        (["北纬", "东经"], Place(x=1, y=0, named_degrees=True)),
        (["lon", "lat", "WKT"], Place(wkt=2)),
    ],
)
def test_columns_of_places_are_known_by_many_names(names: list[str], place: Place) -> None:
    assert place_of(names) == place


def test_shapes_in_wkt_are_read_with_or_without_an_srid(tmp_path: Path) -> None:
    text = (
        "name;wkt\n"
        "a;POLYGON ((123.4 41.7, 123.5 41.7, 123.5 41.8, 123.4 41.7))\n"
        'b;"SRID=4326;POINT Z (123.4 41.7 9)"\n'
    )
    found = read_csv(tmp_path, text)
    assert [shape.geom_type for shape in shapes(found)] == ["Polygon", "Point"]
    assert found.codes == ["heights-dropped"]


def test_columns_of_numbers_become_numbers_and_codes_stay_text(tmp_path: Path) -> None:
    text = (
        "lon,lat,n,area,code,long\n"
        "123.4,41.7,1,2.5,0210,123456789012345678901\n"
        "123.4,41.7,,-3,02,1\n"
    )
    found = read_csv(tmp_path, text)
    assert [row["properties"] for row in found.rows] == [
        {"n": 1, "area": 2.5, "code": "0210", "long": "123456789012345678901"},
        {"n": None, "area": -3.0, "code": "02", "long": "1"},
    ]
    types = {item.name: item.type for item in found.findings.fields}
    assert types == {"n": "number", "area": "number", "code": "text", "long": "text"}


def test_a_row_without_numbers_has_no_place_and_half_a_pair_is_a_problem(tmp_path: Path) -> None:
    text = "lon,lat,n\n,,1\n123.4,,2\n123°24′,41.7,3\n１２３.4,41.7,4\n"
    found = read_csv(tmp_path, text)
    assert [(p.code, p.feature) for p in found.problems if p.severity == "error"] == [
        ("csv-not-numbers", 2),
        ("csv-not-numbers", 3),
    ]


def test_swapped_columns_are_told(tmp_path: Path) -> None:
    found = read_csv(tmp_path, "lon,lat\n41.7,123.4\n")
    assert found.codes == ["coordinate-swapped"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("名称,地址\n甲,乙\n".encode(), "csv-no-place"),
        ("lon,lat\n1,2\n".encode("utf-16"), "csv-utf16"),
        (",".join(["lon", "lat", *(f"f{n}" for n in range(300))]).encode(), "too-many-fields"),
        (b"lon,lat,t\n1,2,\xff\xfe\xff\n", "text-encoding"),
    ],
)
def test_what_is_no_table_of_places_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    with pytest.raises(SourceError) as caught:
        layer_of(tmp_path, content, "csv", crs="CRS84")
    assert caught.value.code == code
