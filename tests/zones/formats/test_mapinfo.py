import base64
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from tests.mapinfo_files import mapinfo, mapinfo_members
from tests.opened_sources import Read, read, read_here
from tests.source_files import write, zip_of
from zones.crs.reference_systems import CRS
from zones.crs.transform import geometry_to_storage
from zones.errors import SourceError
from zones.formats.mapinfo.mif_objects import mif_objects
from zones.formats.supported_formats import recognise
from zones.ingest.read_source import ReadRequest
from zones.sandbox.limits import Limits

PLOT = shapely.Polygon(
    shapely.box(533000, 4626800, 533200, 4626950).exterior,
    [shapely.box(533060, 4626850, 533100, 4626880).exterior],
)
BESIDE = shapely.box(533200, 4626800, 533320, 4626950)
COLUMNS = {"地块名称": ["地块一", "地块二"], "面积": [28800.25, 18000.0]}
# Bounds within which steps are below a millimetre.
FINE = {"BOUNDS": "500000,4600000,600000,4700000"}


def read_zip(folder: Path, content: bytes, **request: Any) -> Read:
    return read(folder, content, "mapinfo", **request)


def geometries(found: Read) -> list[BaseGeometry]:
    return [shapely.from_wkb(row["wkb"]) for row in found.rows]


def farthest_m(found: BaseGeometry, meant: BaseGeometry) -> float:
    placed = geometry_to_storage(np.array([meant]), CRS.EPSG_4550)[0]
    return float(shapely.hausdorff_distance(found, placed)) * 111_000


@pytest.mark.parametrize("name", ["plots.mif", "plots.tab"])
@pytest.mark.parametrize("encoding", ["CP936", "UTF-8"])
def test_tables_come_with_names_texts_and_the_system_that_is_meant(
    tmp_path: Path, name: str, encoding: str
) -> None:
    found = read_zip(
        tmp_path, mapinfo([PLOT, BESIDE], COLUMNS, name=name, encoding=encoding, **FINE)
    )
    assert (found.errors, found.findings.crs.key, found.findings.crs.basis) == (
        0,
        "EPSG:4550",
        "file",
    )
    assert "mapinfo-datum" in found.codes
    assert [row["properties"] for row in found.rows] == [
        {"地块名称": "地块一", "面积": 28800.25},
        {"地块名称": "地块二", "面积": 18000.0},
    ]
    for geometry, meant in zip(geometries(found), (PLOT, BESIDE), strict=True):
        assert farthest_m(geometry, meant) < 0.001


@pytest.mark.parametrize(
    ("crs", "name"),
    [
        ("EPSG:4529", "CGCS2000 / 3-degree Gauss-Kruger zone 41"),
        ("EPSG:2386", "Xian 1980 / 3-degree Gauss-Kruger CM 123E"),
        ("EPSG:2438", "Beijing 1954 / 3-degree Gauss-Kruger CM 123E"),
        ("EPSG:32651", "WGS 84 / UTM zone 51N"),
    ],
)
def test_the_zones_of_china_are_known_by_their_projection(
    tmp_path: Path, crs: str, name: str
) -> None:
    east = 41_000_000 if crs == "EPSG:4529" else 0
    moved = shapely.transform(BESIDE, lambda xy: xy + np.array([east, 0]))
    found = read_zip(tmp_path, mapinfo([moved], {"n": ["甲"]}, crs=crs))
    assert found.findings.crs.name == name


def test_a_system_of_a_person_comes_before_the_files(tmp_path: Path) -> None:
    found = read_zip(tmp_path, mapinfo([PLOT], {"n": ["甲"]}), crs="EPSG:4549")
    assert (found.findings.crs.key, found.findings.crs.in_file) == (
        "EPSG:4549",
        "CGCS2000 / 3-degree Gauss-Kruger CM 123E",
    )
    assert "mapinfo-datum" not in found.codes


def test_the_grid_of_a_tab_is_told_and_is_what_positions_keep_to(tmp_path: Path) -> None:
    found = read_zip(tmp_path, mapinfo([PLOT], {"n": ["甲"]}, name="a.tab"))
    (told,) = (problem for problem in found.problems if problem.code == "mapinfo-grid")
    assert (told.severity, told.params) == ("warning", {"x": "0.03", "y": "0.015"})
    assert 0.001 < farthest_m(geometries(found)[0], PLOT) < 0.02
    fine = read_zip(tmp_path, mapinfo([PLOT], {"n": ["甲"]}, name="a.tab", **FINE))
    assert [p.severity for p in fine.problems if p.code == "mapinfo-grid"] == ["note"]


def test_a_neutral_tab_in_gbk_has_the_names_that_its_table_has(tmp_path: Path) -> None:
    found = read_zip(
        tmp_path, neutral(mapinfo_members([PLOT, BESIDE], COLUMNS, name="a.tab", **FINE))
    )
    assert found.rows[0]["properties"]["地块名称"] == "地块一"
    assert (found.findings.encoding.name, found.findings.encoding.basis) == ("GB18030", "bytes")


def neutral(members: dict[str, bytes]) -> bytes:
    """Return a table whose label is Neutral and whose names have lost their first bytes."""
    lines = members["a.tab"].replace(b"WindowsSimpChinese", b"Neutral").split(b"\n")
    name = "地块名称".encode("gbk")
    members["a.tab"] = b"\n".join(line.replace(name, b"_" + name[1:]) for line in lines)
    as_written = "地块名称".encode()[:10]
    members["a.dat"] = members["a.dat"].replace(as_written, name.ljust(10, b"\0"), 1)
    return zip_of(members)


def test_a_label_that_is_wrong_is_told_and_the_bytes_decide(tmp_path: Path) -> None:
    members = mapinfo_members([PLOT, BESIDE], COLUMNS, encoding="UTF-8")
    members["plots.mif"] = members["plots.mif"].replace(b'"UTF-8"', b'"WindowsSimpChinese"')
    found = read_zip(tmp_path, zip_of(members))
    assert found.rows[0]["properties"]["地块名称"] == "地块一"
    assert "encoding-label-wrong" in found.codes


def test_several_tables_are_offered_and_may_be_read_together(tmp_path: Path) -> None:
    members = {
        **mapinfo_members([PLOT], {"n": ["甲"]}, name="用地.mif"),
        **mapinfo_members([BESIDE], {"n": ["乙"]}, name="站点.tab", **FINE),
    }
    asked = read_zip(tmp_path, zip_of(members)).question
    assert asked is not None
    assert {each.options["layer"] for each in asked.candidates} == {"用地", "站点"}
    found = read_zip(tmp_path, zip_of(members), layer="*")
    assert [row["properties"] for row in found.rows] == [
        {"n": "甲", "layer": "用地"},
        {"n": "乙", "layer": "站点"},
    ]


def test_a_zip_is_known_by_what_it_holds(tmp_path: Path) -> None:
    path = write(tmp_path, mapinfo([PLOT], {"n": ["甲"]}), "a.zip")
    found = read_here(path, file_name="a.zip", request=ReadRequest(), limits=Limits())
    assert (found.findings.format, found.findings.features) == ("mapinfo", 1)


@pytest.mark.parametrize(
    ("name", "without", "code"),
    [
        ("a.mif", "a.mid", "mapinfo-part-missing"),
        ("a.tab", "a.dat", "mapinfo-part-missing"),
        ("a.tab", "a.map", "mapinfo-part-missing"),
    ],
)
def test_a_part_that_is_missing_is_named(
    tmp_path: Path, name: str, without: str, code: str
) -> None:
    members = mapinfo_members([PLOT], {"n": ["甲"]}, name=name)
    del members[without]
    with pytest.raises(SourceError) as caught:
        read_zip(tmp_path, zip_of(members))
    assert (caught.value.code, caught.value.params["suffix"]) == (code, Path(without).suffix)


@pytest.mark.parametrize(
    "text",
    [
        b'!table\n!version 300\nDefinition Table\n  Type DBF Charset "Neutral"\n  Fields 0\n',
        b'!table\n!version 300\nDefinition Table\n  File "/etc/passwd"\n  Type "RASTER"\n',
        b'!table\n!version 100\nOpen Table "x"\nCreate View y As\nSelect a\n',
    ],
)
def test_a_tab_that_names_other_files_is_refused(tmp_path: Path, text: bytes) -> None:
    members = {**mapinfo_members([PLOT], {"n": ["甲"]}, name="a.tab"), "a.tab": text}
    with pytest.raises(SourceError) as caught:
        read_zip(tmp_path, zip_of(members))
    assert caught.value.code == "mapinfo-not-native"


@pytest.mark.parametrize("name", ["a.mif", "a.TAB", "a.mid", "a.map"])
def test_one_of_a_tables_files_alone_is_met_with_what_to_send(name: str) -> None:
    with pytest.raises(SourceError) as caught:
        recognise(name)
    assert caught.value.code == "mapinfo-in-parts"


_TEXTS = st.text(
    st.characters(codec="gbk", exclude_categories=("C", "Z"), exclude_characters='"\\'),
    max_size=12,
)


@pytest.mark.slow
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.tuples(_TEXTS, st.integers(-(2**31) + 1, 2**31 - 1)), min_size=1, max_size=4),
    st.sampled_from(["a.mif", "a.tab"]),
)
def test_any_table_comes_back_as_gdal_wrote_it(
    tmp_path: Path, rows: list[tuple[str, int]], name: str
) -> None:
    areas = [
        shapely.transform(PLOT, lambda xy, n=n: xy + np.array([n * 300, 0]))
        for n in range(len(rows))
    ]
    columns = {"名称": [text for text, _ in rows], "数": [number for _, number in rows]}
    content = mapinfo(areas, columns, name=name, **FINE)
    found = read_zip(tmp_path, content, encoding="GBK")
    assert found.errors == 0
    told = [tuple(row["properties"].values()) for row in found.rows]
    assert [(text or "", number) for text, number in told] == rows
    for geometry, meant in zip(geometries(found), areas, strict=True):
        assert farthest_m(geometry, meant) < 0.001


@pytest.mark.parametrize(
    ("part", "old", "new", "code", "line"),
    [
        ("mif", b"533060 ", b"53x060 ", "markup-number", 20),
        ("mif", b"533060 ", b"533060,5 ", "markup-number", 20),
        ("mid", b"28800.25", b"28x", "mid-number", 1),
        ("mid", b"28800.25", b"28,800.25", "mid-row", 1),
        ("mid", b",18000", b"", "mid-row", 2),
    ],
)
def test_what_gdal_would_cut_is_told_with_its_line(
    tmp_path: Path, part: str, old: bytes, new: bytes, code: str, line: int
) -> None:
    members = mapinfo_members([PLOT, BESIDE], COLUMNS, name="plots.mif")
    name = f"plots.{part}"
    members[name] = members[name].replace(old, new, 1)
    with pytest.raises(SourceError) as refused:
        read_zip(tmp_path, zip_of(members))
    assert (refused.value.code, refused.value.params["line"]) == (code, line)


@pytest.mark.parametrize("written", [b"2147483648", b"-99999999999", b"3e9"])
def test_whole_numbers_beyond_their_type_are_told_with_their_line(
    tmp_path: Path, written: bytes
) -> None:
    members = mapinfo_members([PLOT, BESIDE], {"户数": [7, 8]}, name="plots.mif")
    members["plots.mif"] = members["plots.mif"].replace(b"LargeInt", b"Integer")
    members["plots.mid"] = members["plots.mid"].replace(b"8", written)
    with pytest.raises(SourceError) as refused:
        read_zip(tmp_path, zip_of(members))
    assert refused.value.code == "mid-number-beyond"
    assert (refused.value.params["line"], refused.value.params["type"]) == (2, "integer")


def test_blank_cells_of_a_mid_are_missing_and_no_zeros(tmp_path: Path) -> None:
    columns = {"户数": [7, 8], "面积": [1.5, 0.0], "名称": ["", "乙"]}
    members = mapinfo_members([PLOT, BESIDE], columns, name="plots.mif")
    members["plots.mid"] = members["plots.mid"].replace(b"7,1.5", b", ")
    found = read_zip(tmp_path, zip_of(members))
    rows = [(row["properties"]["户数"], row["properties"]["面积"]) for row in found.rows]
    assert rows == [(None, None), (8, 0.0)]


@pytest.mark.parametrize(
    ("type_", "good", "wrong"),
    [
        ("Date", b"20240229", [b"2024-02-29", b"02/29/2024", b"20240230", b"240229"]),
        ("Time", b"083000000", [b"08:30:00", b"250000000", b"0830"]),
        ("DateTime", b"20240229083000000", [b"20240229", b"2024-02-29 08:30"]),
        ("Logical", b"T", [b"X", b"2", b"\xca\xc7"]),
        ("Integer", b"7", [b"1.5", b"1e3"]),
    ],
)
def test_cells_that_are_no_values_of_their_type_are_told_with_their_line(
    tmp_path: Path, type_: str, good: bytes, wrong: list[bytes]
) -> None:
    members = mapinfo_members([PLOT, BESIDE], {"n": [7, 8]}, name="plots.mif")
    members["plots.mif"] = members["plots.mif"].replace(b"LargeInt", type_.encode())
    for cell in wrong:
        members["plots.mid"] = good + b"\r\n" + cell + b"\r\n"
        with pytest.raises(SourceError) as refused:
            read_zip(tmp_path, zip_of(members))
        assert refused.value.code == ("mid-number-beyond" if type_ == "Integer" else "mid-value")
        assert (refused.value.params["line"], refused.value.params["column"]) == (2, "n")
    members["plots.mid"] = good + b"\r\n" + good + b"\r\n"
    assert read_zip(tmp_path, zip_of(members)).rows[1]["properties"]["n"] is not None


def test_objects_that_gdal_passes_over_do_not_shift_the_rows(tmp_path: Path) -> None:
    members = mapinfo_members([PLOT, BESIDE], {"n": [7, 8]}, name="plots.mif")
    members["plots.mif"] = members["plots.mif"].replace(b"Region", b"Blob 1\r\nRegion", 1)
    members["plots.mid"] += b"9\r\n"
    with pytest.raises(SourceError) as refused:
        read_zip(tmp_path, zip_of(members))
    assert refused.value.code == "mif-mid-differ"
    assert refused.value.params == {"rows": 3, "shapes": 2}


def test_words_of_texts_on_the_map_are_kept(tmp_path: Path) -> None:
    members = mapinfo_members([PLOT], {"text": ["甲"]}, name="plots.mif")
    box = b"\r\n    533000 4626800 533100 4626900\r\n"
    text = '"花园 ""A""\\n二乗n"'.encode("gbk")
    assert b"\\n" in "乗n".encode("gbk")
    members["plots.mif"] += b"Text\r\n    " + text + box + b"none\r\nText " + b'"b"' + box
    members["plots.mid"] += b'"c"\n"d"\n"e"\n'
    found = read_zip(tmp_path, zip_of(members))
    rows = [row["properties"] for row in found.rows]
    assert [row["text"] for row in rows] == ["甲", "c", "d", "e"]
    assert [row["Text_2"] for row in rows] == [None, '花园 "A"\n二乗n', None, "b"]


def test_parts_of_a_collection_are_no_objects_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "a.mif"
    head = b"Data\n"
    parts = b"Region 1\n 3\n1 1\n2 1\n1 2\nPline 2\n1 1\n2 2\n"
    path.write_bytes(head + b"\nCollection 2\n" + parts + b'Text\n "a"\n1 1 2 2\nPoint 1 1\n')
    met = [(each.kind, each.line, each.words) for each in mif_objects(path, len(head))]
    assert met == [("COLLECTION", 3, b""), ("TEXT", 12, b"a"), ("POINT", 15, b"")]


@pytest.mark.parametrize("more", [b"None\r\n", b"Point 533000 4626800\r\n"])
def test_an_object_without_a_row_is_named(tmp_path: Path, more: bytes) -> None:
    members = mapinfo_members([PLOT, BESIDE], {"n": [7, 8]}, name="plots.mif")
    line = members["plots.mif"].count(b"\n") + 1
    members["plots.mif"] += more
    with pytest.raises(SourceError) as refused:
        read_zip(tmp_path, zip_of(members))
    kind = more.split()[0].decode().upper()
    told = {"object": kind, "line": line, "number": 3, "rows": 2}
    assert (refused.value.code, refused.value.params) == ("mid-row-missing", told)


# A point, a text and nothing, as GDAL 3.6.2 makes a TAB of a MIF that has them; zlib in base 85.
TAB_WITH_TEXT = {
    "a.tab": (
        "c-m7eNleN~<x(t5Eh^5;&r>iqFyK;5&PXgOPAyUJOD!!aO3dNna!F0g%*!kRDF^|pS5OG4EJ#)Ga}4ne"
        "b5(GLs#k()Py))kWv1q&6e}14nF<PdU?mC~CYlP?TmWHwBGC"
    ),
    "a.dat": ("c-mu5=Hz5%U|?`$U}eAt@(@gC5W#{b&#RCKBo&fCL^6<&0sv~610("),
    "a.map": (
        "c-mv&;uGZ)lU}rJwUn0r(v@46Z@tMct}HCC4J7@;ljkg1xnRZGB`em7Nm=p=ngbO8*_*cA*}M0Pwtnb|"
        "GdGT(zHs^a-$RFfG7L?yDZHKO3nK#)g!jSz!3hC|tMikD4EO~Z9_&mK!qC70rMVaw7?Fg*Y$kNY>`csz"
        "3?7UOjEsy789==<?5kISfP({s4sZwy4Gm>Im46Vbp#e-Dh;u+S=Yu_1vPI63VHAu4Dgq`3X9kWp0t~m-"
        "0Mj}fPymRTK#3Wa5f}wQshR^Q%!$zT|NnoGrrSVGTvEWqkDhB7M+0_<0A^^k?p|?agMuU1wtu5RGNJ&m"
        "ZeqZw^H@g1WuyRB23trv02SGc;06pci0N3AnV5q|9}7s4G6T<O2o7xk0L|22B>"
    ),
    "a.id": ("c-j+TVPH@KVh{iT0#pD$"),
}


def test_words_of_texts_in_a_tab_are_kept(tmp_path: Path) -> None:
    packed = TAB_WITH_TEXT.items()
    members = {name: zlib.decompress(base64.b85decode(text)) for name, text in packed}
    found = read_zip(tmp_path, zip_of(members), encoding="GBK")
    assert [row["properties"] for row in found.rows] == [
        {"n": "a", "Text": None},
        {"n": "b", "Text": "花园 A\n二"},
        {"n": "c", "Text": None},
    ]
