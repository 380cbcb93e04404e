from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from tests import vct_files
from tests.opened_sources import Read, read
from tests.vct_files import AREA, EDGE, VCT, by_edges, direct_polygon, indirect_polygon, ring_of
from zones.crs.reference_systems import CRS
from zones.crs.transform import geometry_to_storage
from zones.errors import SourceError
from zones.formats.supported_formats import recognise

WEST, SOUTH = 41533000.0, 4626800.0
WITH_HOLE = shapely.Polygon(
    shapely.box(WEST, SOUTH, WEST + 200, SOUTH + 150).exterior,
    [shapely.box(WEST + 60, SOUTH + 50, WEST + 100, SOUTH + 80).exterior],
)
BESIDE = shapely.box(WEST + 200, SOUTH, WEST + 320, SOUTH + 150)
ROWS = ["1,210102000000000001,地块一,28800.00,20261129", "2,210102000000000002,地块二,18000.00,"]


def rings(polygon: BaseGeometry) -> list[list[tuple[float, float]]]:
    return [ring_of(polygon, index) for index in range(-1, len(polygon.interiors))]


def direct(**other: Any) -> VCT:
    areas = [direct_polygon(1, rings(WITH_HOLE)), direct_polygon(2, rings(BESIDE))]
    return VCT(**{"polygons": areas, "rows": ROWS, **other})


def indirect() -> VCT:
    lines, areas = by_edges({1: WITH_HOLE, 2: BESIDE})
    return VCT(lines=lines, polygons=areas, rows=ROWS)


def old(*, topology: bool) -> VCT:
    head = {
        **vct_files.HEAD,
        "DataMark": "CNSDTF-VCT",
        "Version": "1.0",
        "Topo": str(int(topology)),
    }
    codes = (f"{AREA},地类图斑,Polygon,255,DLTB", f"{EDGE},界线,Line,255,DLTBJX")
    if topology:
        lines = [vct_files.old_line(n, ring) for n, ring in enumerate(rings(WITH_HOLE), 1)]
        area = vct_files.old_indirect_polygon(1, [1, 0, 2])
        return VCT(head=head, codes=codes, lines=lines, polygons=[area], rows=ROWS[:1])
    return VCT(
        head=head, codes=codes, polygons=[vct_files.old_polygon(1, rings(WITH_HOLE))], rows=ROWS[:1]
    )


def read_vct(folder: Path, file: VCT | bytes, **request: Any) -> Read:
    content = file.content() if isinstance(file, VCT) else file
    return read(folder, content, "vct", **request)


def geometries(found: Read) -> list[BaseGeometry]:
    return [shapely.from_wkb(row["wkb"]) for row in found.rows]


def farthest_m(found: BaseGeometry, meant: BaseGeometry, crs: CRS = CRS.EPSG_4529) -> float:
    placed = geometry_to_storage(np.array([meant]), crs)[0]
    return float(shapely.hausdorff_distance(found, placed)) * 111_000


@pytest.mark.parametrize("file", [direct(), indirect()], ids=["direct", "indirect"])
def test_areas_come_with_holes_attributes_and_system(tmp_path: Path, file: VCT) -> None:
    found = read_vct(tmp_path, file)
    assert (found.errors, found.findings.crs.key, found.findings.layer) == (
        0,
        "EPSG:4529",
        "地类图斑",
    )
    one, two = geometries(found)
    assert len(one.interiors) == 1
    assert max(farthest_m(one, WITH_HOLE), farthest_m(two, BESIDE)) < 0.001
    assert [row["properties"] for row in found.rows] == [
        {"BSM": "210102000000000001", "DKMC": "地块一", "TBMJ": 28800.0, "DCRQ": "2026-11-29"},
        {"BSM": "210102000000000002", "DKMC": "地块二", "TBMJ": 18000.0, "DCRQ": None},
    ]
    assert [row["fid"] for row in found.rows] == ["1", "2"]


@pytest.mark.parametrize("topology", [False, True])
def test_version_1_is_read_with_and_without_topology(tmp_path: Path, topology: bool) -> None:
    found = read_vct(tmp_path, old(topology=topology))
    assert found.errors == 0
    assert farthest_m(geometries(found)[0], WITH_HOLE) < 0.001
    assert found.rows[0]["properties"]["DKMC"] == "地块一"


def test_lines_without_attributes_are_told_as_edges(tmp_path: Path) -> None:
    found = read_vct(tmp_path, indirect())
    assert found.codes == ["vct-edges"]
    assert found.findings.layers == ("地类图斑",)


def test_lines_in_wrong_order_or_direction_are_put_in_order_and_told(tmp_path: Path) -> None:
    file = indirect()
    file.polygons[0] = indirect_polygon(1, [1, -2, 4, 3, 0, 5, 6, 7, 8])
    found = read_vct(tmp_path, file)
    assert "vct-edges-sorted" in found.codes
    assert farthest_m(geometries(found)[0], WITH_HOLE) < 0.001


def test_rings_need_no_zero_between_them_and_ids_may_stand_one_to_a_line(tmp_path: Path) -> None:
    file = indirect()
    file.polygons[0] = indirect_polygon(1, [1, 2, 3, 4, 5, 6, 7, 8], to_a_line=1)
    found = read_vct(tmp_path, file)
    assert found.errors == 0
    assert farthest_m(geometries(found)[0], WITH_HOLE) < 0.001


def test_a_zero_alone_on_a_line_of_ids_ends_no_object(tmp_path: Path) -> None:
    file = indirect()
    file.polygons[0] = indirect_polygon(1, [1, 2, 3, 4, 0, 5, 6, 7, 8], to_a_line=1)
    found = read_vct(tmp_path, file)
    assert (found.errors, len(found.rows)) == (0, 2)
    assert farthest_m(geometries(found)[0], WITH_HOLE) < 0.001


def test_an_area_made_of_areas_has_the_rings_of_both(tmp_path: Path) -> None:
    file = indirect()
    file.polygons.append(indirect_polygon(3, [1, 2], made_of=22))
    found = read_vct(tmp_path, file)
    meant = shapely.multipolygons([WITH_HOLE, BESIDE])
    assert shapely.area(geometries(found)[2]) == pytest.approx(
        shapely.area(geometry_to_storage(np.array([meant]), CRS.EPSG_4529)[0]), rel=1e-9
    )


def test_a_missing_line_and_an_open_ring_are_told_by_id(tmp_path: Path) -> None:
    file = indirect()
    file.polygons = [indirect_polygon(1, [1, 2, 77]), indirect_polygon(2, [1, 2])]
    found = read_vct(tmp_path, file)
    told = {problem.code: problem.params for problem in found.problems}
    assert told["vct-part-missing"] == {"id": 1, "part": 77}
    assert told["vct-open-ring"] == {"id": 2, "lines": "1, 2"}


@pytest.mark.parametrize(
    ("parameters", "spheroid", "shift", "name"),
    [
        ("123,1,41500000,0,3,41", "CGCS2000,6378137.0,298.257222101", 0, "zone 41"),
        ("123,1,500000,0,3,41", "2000国家大地坐标系", 41e6, "CM 123E"),
        ("123,1,41500000,0,3,41", "CGCS2000,6378137,298.257222101", 41e6, "CM 123E"),
        ("123,1,21500000,0,6,21", "CGCS2000,6378137,298.257222101", 20e6, "zone 21"),
    ],
)
def test_the_system_is_by_spheroid_and_by_the_numbers(
    tmp_path: Path, parameters: str, spheroid: str, shift: float, name: str
) -> None:
    moved = shapely.box(WEST - shift, SOUTH, WEST - shift + 100, SOUTH + 100)
    file = VCT(polygons=[direct_polygon(1, rings(moved))], rows=ROWS[:1])
    file.head.update(Parameters=parameters, Spheroid=spheroid)
    found = read_vct(tmp_path, file)
    system = found.findings.crs
    assert (system.basis, "CGCS2000" in system.name) == ("file", True)
    assert system.name.endswith(name)


def test_an_older_datum_is_named(tmp_path: Path) -> None:
    file = direct()
    file.head.update(Spheroid="1980西安坐标系,6378140,298.257")
    assert "Xian 1980" in read_vct(tmp_path, file).findings.crs.name


def test_a_system_that_the_numbers_deny_is_asked_about(tmp_path: Path) -> None:
    file = direct()
    file.head.update(Parameters="120,1,40500000,0,3,40")
    question = read_vct(tmp_path, file).question
    assert question is not None
    assert question.candidates[0].options["crs"] == "EPSG:4529"


def test_an_offset_is_added_and_northings_first_are_swapped(tmp_path: Path) -> None:
    moved = shapely.transform(BESIDE, lambda xy: xy - (WEST, SOUTH))
    file = VCT(polygons=[direct_polygon(2, rings(moved))], rows=ROWS[1:])
    file.head["Offset"] = f"{WEST},{SOUTH}"
    assert farthest_m(geometries(read_vct(tmp_path, file))[0], BESIDE) < 0.001
    swapped = shapely.transform(BESIDE, lambda xy: xy[:, ::-1])
    found = read_vct(tmp_path, VCT(polygons=[direct_polygon(2, rings(swapped))], rows=ROWS[1:]))
    assert farthest_m(geometries(found)[0], BESIDE) < 0.001
    assert "vct-swapped" in found.codes


def test_a_row_that_does_not_fit_the_table_is_refused_with_its_id(tmp_path: Path) -> None:
    file = direct(rows=["1,210102000000000001,地块,一,28800.00,20261129", ROWS[1]])
    found = read_vct(tmp_path, file)
    (problem,) = (each for each in found.problems if each.code == "vct-row-length")
    assert (problem.severity, problem.feature, problem.params["id"]) == ("error", 1, 1)


def test_a_value_that_is_not_of_its_type_stays_text_and_is_told(tmp_path: Path) -> None:
    found = read_vct(tmp_path, direct(rows=["1,210102000000000001,一,约三亩,2026", ROWS[1]]))
    values = found.rows[0]["properties"]
    assert (values["TBMJ"], values["DCRQ"]) == ("约三亩", "2026")
    assert found.codes.count("vct-value-as-text") == 2


def test_objects_without_a_row_are_told(tmp_path: Path) -> None:
    found = read_vct(tmp_path, direct(rows=ROWS[:1]))
    assert found.rows[1]["properties"] == dict.fromkeys(["BSM", "DKMC", "TBMJ", "DCRQ"])
    assert "vct-row-missing" in found.codes


def test_the_first_of_several_rows_of_an_object_counts_and_the_others_are_told(
    tmp_path: Path,
) -> None:
    found = read_vct(tmp_path, direct(rows=[*ROWS, ROWS[0].replace("地块一", "别的")]))
    assert [row["properties"]["DKMC"] for row in found.rows] == ["地块一", "地块二"]
    (told,) = (each for each in found.problems if each.code == "vct-rows-repeated")
    assert told.params["count"] == 1


def test_the_count_of_positions_is_not_trusted(tmp_path: Path) -> None:
    text = direct().text().replace("\n11\n5\n", "\n11\n9\n", 1)
    found = read_vct(tmp_path, text.encode("gbk"))
    assert farthest_m(geometries(found)[0], WITH_HOLE) < 0.001
    assert "vct-count-wrong" in found.codes


def test_long_texts_are_put_where_the_row_names_them(tmp_path: Path) -> None:
    file = direct(fields=("BSM,Char,18", "BZ,Varchar"), rows=["1,甲,7", "2,乙,8"])
    file.extra = "VarcharBegin\n7\n第一行\n第二行\n,\n8\n短\n,\nVarcharEnd"
    found = read_vct(tmp_path, file)
    assert [row["properties"]["BZ"] for row in found.rows] == ["第一行\n第二行", "短"]


def test_several_layers_are_offered_and_may_be_named_by_table(tmp_path: Path) -> None:
    file = direct(points=["7\n3001\nunknown\n1\n41533000.0,4626800.0\n0\n"])
    asked = read_vct(tmp_path, file).question
    assert asked is not None
    assert [each.options["layer"] for each in asked.candidates] == ["地类图斑", "界址点"]
    found = read_vct(tmp_path, file, layer="JZD")
    assert [geometry.geom_type for geometry in geometries(found)] == ["Point"]


@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "utf-8-sig"])
def test_texts_are_read_in_the_encoding_they_are_in(tmp_path: Path, encoding: str) -> None:
    found = read_vct(tmp_path, direct().content(encoding))
    assert found.rows[0]["properties"]["DKMC"] == "地块一"


def test_a_comment_before_the_head_and_any_suffix_are_taken_for_vct() -> None:
    content = b"CommentBegin\r\nx\r\nCommentEnd\r\n" + direct().content()
    assert recognise("a.txt", content).name == recognise("a.vct").name == "vct"
    assert recognise("a.vct").driver == ""


@pytest.mark.parametrize(
    ("cut", "code"),
    [("PolygonEnd", "vct-broken"), ("AttributeEnd", "vct-broken"), ("HeadBegin", "vct-broken")],
)
def test_a_file_that_breaks_off_is_refused(tmp_path: Path, cut: str, code: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_vct(tmp_path, direct().text().replace(cut, "", 1).encode("gbk"))
    assert caught.value.code == code


def test_objects_longer_than_what_is_read_at_once_are_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zones.formats.vct.scan._WINDOW_BYTES", 700)
    many = shapely.segmentize(WITH_HOLE, 1.0)
    areas = [direct_polygon(1, rings(many)), direct_polygon(2, rings(BESIDE))]
    found = read_vct(tmp_path, VCT(polygons=areas, rows=ROWS))
    assert (found.errors, len(found.rows)) == (0, 2)
    assert shapely.get_num_coordinates(geometries(found)[0]) == shapely.get_num_coordinates(many)


@st.composite
def partitions(draw: st.DrawFn) -> dict[int, BaseGeometry]:
    """Return adjoining areas on a grid of metres, some with a hole, some with an island in it."""
    columns = draw(st.integers(1, 4))
    found: dict[int, BaseGeometry] = {}
    for index in range(columns * draw(st.integers(1, 3))):
        x, y = WEST + index % columns * 100, SOUTH + index // columns * 100
        area = shapely.box(x, y, x + 100, y + 100)
        if draw(st.booleans()):
            area = area.difference(shapely.box(x + 20, y + 20, x + 80, y + 80))
            if draw(st.booleans()):
                area = area.union(shapely.box(x + 40, y + 40, x + 60, y + 60))
        found[index + 1] = area
    return found


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(partitions(), st.data())
def test_any_partition_comes_back_as_it_was_written(
    tmp_path: Path, areas: dict[int, BaseGeometry], data: st.DataObject
) -> None:
    texts = st.text(
        st.characters(codec="gbk", exclude_categories=("C", "Z"), exclude_characters=","),
        max_size=8,
    )
    names = [data.draw(texts) for _ in areas]
    rows = [f"{n},{n:018d},{name},1.5,20260101" for n, name in enumerate(names, 1)]
    lines, polygons = by_edges(areas)
    found = read_vct(tmp_path, VCT(lines=lines, polygons=polygons, rows=rows), encoding="gbk")
    assert found.errors == 0
    assert [row["properties"]["DKMC"] or "" for row in found.rows] == names
    for geometry, area in zip(geometries(found), areas.values(), strict=True):
        meant = geometry_to_storage(np.array([area]), CRS.EPSG_4529)[0]
        assert shapely.equals_exact(shapely.normalize(geometry), shapely.normalize(meant), 1e-9)
