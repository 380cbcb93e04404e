"""What .prj files say: recognised, brought to CGCS2000, and its accuracy stated."""

import pyproj
import pytest
import shapely

from zones.crs.reference_systems import CRS, parse_crs
from zones.crs.source_crs import SourceCRS, source_crs_from_epsg, source_crs_from_wkt
from zones.crs.transform import geometry_from_storage, geometry_to_storage
from zones.errors import UnknownCRSError
from zones.messages import say

DEGREE = 'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]'
CHINA_2000 = (
    f'GEOGCS["GCS_CGCS",DATUM["{{}}",SPHEROID["CGCS2000",6378137.0,298.257222101]],{DEGREE}]'
)
BEIJING = (
    'GEOGCS["B",DATUM["D_Beijing_1954",SPHEROID["Krasovsky_1940",6378245.0,298.3]{}],'
    + DEGREE
    + "]"
)
GAUSS = (
    'PROJCS["{name}",{geographic},PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",{east}],'
    'PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",{meridian}],'
    'PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]{end}]'
)


def gauss(geographic: str, *, meridian: float = 123, end: str = "", east: float = 5e5) -> str:
    return GAUSS.format(
        name="our survey", geographic=geographic, meridian=meridian, end=end, east=east
    )


def esri_wkt(code: int) -> str:
    return str(pyproj.CRS.from_epsg(code).to_wkt("WKT1_ESRI"))


def said_codes(source: SourceCRS) -> list[str]:
    for note in source.notes:
        assert say(note.code, "zh", **note.params).message
        assert say(note.code, "en", **note.params).message
    return [note.code for note in source.notes]


@pytest.mark.parametrize("code", [4490, 4550, 4529, 4549, 4528])
def test_esri_wkt_of_cgcs2000_is_recognised_and_exact(code: int) -> None:
    source = source_crs_from_wkt(esri_wkt(code))
    assert source.known
    assert source.known.key == f"EPSG:{code}"
    assert source.accuracy_m == 0
    assert source.notes == ()


@pytest.mark.parametrize("code", [4550, 4529, 4549, 4528])
def test_wkt_1_without_axes_puts_places_where_its_code_does(code: int) -> None:
    """PostGIS writes it so; PROJ then takes 4550 for 4510, and 4529 for none."""
    known = parse_crs(f"EPSG:{code}")
    source = source_crs_from_wkt(pyproj.CRS.from_epsg(code).to_wkt("WKT1_GDAL"))
    assert source.known in (known, None)
    assert (source.accuracy_m, source.notes) == (0, ())
    place = geometry_from_storage(shapely.Point(123.4, 41.8), known)
    read = geometry_to_storage(place, source)
    assert (read.x, read.y) == pytest.approx((123.4, 41.8), abs=1e-9)


def test_parameters_count_and_not_the_code_a_file_claims() -> None:
    wkt = gauss(CHINA_2000.format("D_China_2000"), meridian=120, end=',AUTHORITY["EPSG","4550"]')
    assert source_crs_from_wkt(wkt).known is CRS.EPSG_4549


@pytest.mark.parametrize("datum", ["D_China_2000", "D_CGCS_2000", "CGCS2000"])
def test_cgcs2000_is_known_under_the_names_that_programs_write(datum: str) -> None:
    source = source_crs_from_wkt(gauss(CHINA_2000.format(datum), meridian=123.4))
    assert source.known is None
    assert (source.accuracy_m, source.notes) == (0, ())


@pytest.mark.parametrize("code", [4326, 3857, 32651])
def test_wgs84_is_taken_as_cgcs2000_with_a_note(code: int) -> None:
    source = source_crs_from_wkt(esri_wkt(code))
    assert said_codes(source) == ["datum-same-within-metre"]
    assert source.notes[0].severity == "note"
    assert source.accuracy_m == 1


@pytest.mark.parametrize("code", [4610, 2386, 4214, 2438, 4555])
def test_xian80_and_beijing54_are_accepted_with_a_warning_of_100_m(code: int) -> None:
    source = source_crs_from_wkt(esri_wkt(code))
    assert said_codes(source) == ["datum-shift-unknown"]
    assert source.notes[0].severity == "warning"
    assert source.accuracy_m is None
    assert "100" in say("datum-shift-unknown", "zh", **source.notes[0].params).message


def test_a_datum_without_a_name_is_not_taken_for_wgs84() -> None:
    wkt = f'GEOGCS["x",DATUM["unknown",SPHEROID["WGS84",6378137,298.257223563]],{DEGREE}]'
    source = source_crs_from_wkt(wkt)
    assert source.known is None
    assert said_codes(source) == ["datum-shift-unknown"]


def test_parameters_of_the_file_itself_are_used() -> None:
    shift = ",TOWGS84[15.8,-154.4,-82.3,0,0,0,0]"
    plain = source_crs_from_wkt(gauss(BEIJING.format("")))
    shifted = source_crs_from_wkt(gauss(BEIJING.format(shift)))
    assert said_codes(shifted) == ["datum-shifted-by-file"]
    assert "helmert" not in plain.pipeline
    assert "x=15.8 y=-154.4 z=-82.3" in shifted.pipeline


def test_parameters_of_another_region_are_not_used_for_beijing54() -> None:
    assert "helmert" not in source_crs_from_epsg(4214).pipeline


def test_a_foreign_datum_states_operation_and_accuracy() -> None:
    source = source_crs_from_epsg(4301)
    assert said_codes(source) == ["datum-shifted"]
    assert source.accuracy_m == 10
    assert source.notes[0].params["operation"] == "Tokyo to WGS 84 (108)"


@pytest.mark.parametrize("code", [4979, 9518])
def test_heights_of_a_system_are_ignored(code: int) -> None:
    source = source_crs_from_wkt(pyproj.CRS.from_epsg(code).to_wkt())
    assert source.known is CRS.EPSG_4326


@pytest.mark.parametrize("text", ["", "garbage", "EPSG:4490", "GEOGCS[", "x" * 100_000])
def test_text_that_is_no_wkt_is_refused_and_quoted_in_short(text: str) -> None:
    with pytest.raises(UnknownCRSError) as caught:
        source_crs_from_wkt(text)
    assert caught.value.code == "crs-unreadable"
    assert "crs=" in caught.value.text("zh").hint
    assert len(caught.value.text("en").message) < 200


def test_a_code_that_epsg_lacks_is_refused() -> None:
    with pytest.raises(UnknownCRSError, match="EPSG:999999"):
        source_crs_from_epsg(999999)


@pytest.mark.parametrize("wkt", ['LOCAL_CS["沈阳独立坐标系",UNIT["metre",1]]', None])
def test_a_system_without_relation_to_the_earth_is_refused(wkt: str | None) -> None:
    with pytest.raises(UnknownCRSError) as caught:
        source_crs_from_wkt(wkt or pyproj.CRS.from_epsg(5737).to_wkt())
    assert caught.value.code == "crs-not-on-earth"
