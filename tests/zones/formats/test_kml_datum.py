"""The datum that a KML names itself decides; what contradicts it is told."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from tests.format_files import kml
from tests.opened_sources import Read, read
from zones.crs.reference_systems import CRS
from zones.crs.transform import geometry_from_storage, parse_crs
from zones.errors import UnknownCRSError

PLACES = [(123.40, 41.78), (123.41, 41.79)]


def at(place: tuple[float, float], datum: str | None, *, means: CRS, name: str = "点") -> str:
    """Return a placemark at a place in EPSG:4490, written in a datum, which it names or not."""
    point = geometry_from_storage(shapely.Point(place), means)
    named = f"<OvCoordType>{datum}</OvCoordType>" if datum is not None else ""
    icon = "<OvAttr><OvIcon>1</OvIcon></OvAttr>"
    written = f"<Point><coordinates>{point.x!r},{point.y!r},0</coordinates></Point>"
    return f"<Placemark><name>{name}</name>{icon}{named}{written}</Placemark>"


def read_kml(folder: Path, *content: str, **options: Any) -> Read:
    return read(folder, kml(*content), "kml", **options)


def metres_off(found: Read) -> float:
    """Return how far the features lie from their places, in metres and roughly."""
    read_at = [shapely.from_wkb(row["wkb"]).coords[0] for row in found.rows]
    return float(np.abs(np.array(read_at) - PLACES[: len(read_at)]).max() * 111_000)


@pytest.mark.parametrize(
    ("datum", "means", "key"),
    [
        ("GCJ-02", CRS.GCJ02, "gcj02"),
        ("GCJ02", CRS.GCJ02, "gcj02"),
        ("gcj_02", CRS.GCJ02, "gcj02"),
        ("BD-09", CRS.BD09, "bd09"),
        ("BD09", CRS.BD09, "bd09"),
        ("WGS84", CRS.CRS84, "CRS84"),
        ("WGS-84", CRS.CRS84, "CRS84"),
        ("CGCS2000", CRS.EPSG_4490, "EPSG:4490"),
    ],
)
def test_the_datum_in_each_placemark_decides(
    tmp_path: Path, datum: str, means: CRS, key: str
) -> None:
    found = read_kml(tmp_path, *(at(place, datum, means=means) for place in PLACES))
    assert metres_off(found) < 0.01
    assert (found.findings.crs.key, found.findings.crs.basis) == (key, "file")
    (told,) = (each for each in found.problems if each.code == "kml-datum-named")
    assert told.params == {"datum": f"{datum} × 2"}


@pytest.mark.parametrize(
    "named",
    [
        "<OvCoordType>GCJ-02</OvCoordType>",
        '<ExtendedData><Data name="OvCoordType"><value>GCJ-02</value></Data></ExtendedData>',
    ],
)
def test_a_datum_of_the_document_or_folder_is_that_of_all_in_it(tmp_path: Path, named: str) -> None:
    inside = "".join(at(place, None, means=CRS.GCJ02) for place in PLACES)
    for content in (named + inside, inside + named, f"<Folder>{inside}{named}</Folder>"):
        found = read_kml(tmp_path, content)
        assert metres_off(found) < 0.01
        assert found.findings.crs.key == "gcj02"


@pytest.mark.parametrize(
    ("datums", "told"),
    [
        ((("GCJ-02", CRS.GCJ02), ("BD-09", CRS.BD09)), "GCJ-02 × 1, BD-09 × 1"),
        ((("GCJ-02", CRS.GCJ02), ("WGS84", CRS.CRS84)), "GCJ-02 × 1, WGS84 × 1"),
        ((("GCJ-02", CRS.GCJ02), (None, CRS.CRS84)), "GCJ-02 × 1, — × 1"),
    ],
)
def test_mixed_datums_are_taken_one_by_one_and_told(
    tmp_path: Path, datums: tuple[tuple[str | None, CRS], ...], told: str
) -> None:
    marks = [
        at(place, datum, means=means) for place, (datum, means) in zip(PLACES, datums, strict=True)
    ]
    found = read_kml(tmp_path, *marks)
    assert metres_off(found) < 0.01
    assert found.findings.crs.basis == "file"
    (warning,) = (each for each in found.problems if each.severity == "warning")
    assert (warning.code, warning.params) == ("kml-datum-mixed", {"datums": told})


def test_only_the_folder_that_is_read_tells_its_datum(tmp_path: Path) -> None:
    one = f"<Folder><name>一</name>{at(PLACES[0], 'GCJ-02', means=CRS.GCJ02)}</Folder>"
    two = f"<Folder><name>二</name>{at(PLACES[0], 'BD-09', means=CRS.BD09)}</Folder>"
    for layer, key in (("一", "gcj02"), ("二", "bd09")):
        found = read_kml(tmp_path, one, two, layer=layer)
        assert metres_off(found) < 0.01
        assert found.findings.crs.key == key
    assert "kml-datum-mixed" in read_kml(tmp_path, one, two, layer="*").codes


@pytest.mark.parametrize("options", [{"datum": "gcj02"}, {"crs": "gcj02"}])
def test_a_person_may_say_what_the_file_says(tmp_path: Path, options: dict[str, str]) -> None:
    found = read_kml(tmp_path, at(PLACES[0], "GCJ-02", means=CRS.GCJ02), **options)
    assert metres_off(found) < 0.01
    assert found.codes == ["heights-dropped"]


@pytest.mark.parametrize(
    ("option", "name"),
    [
        ("datum", "bd09"),
        ("crs", "bd09"),
        ("crs", "CRS84"),
        ("datum", "CRS84"),
        ("datum", "none"),
    ],
)
def test_what_a_person_says_otherwise_is_used_and_told(
    tmp_path: Path, option: str, name: str
) -> None:
    means = CRS.CRS84 if name == "none" else parse_crs(name)
    found = read_kml(tmp_path, at(PLACES[0], "GCJ-02", means=means), **{option: name})
    assert metres_off(found) < 0.01
    (warning,) = (each for each in found.problems if each.severity == "warning")
    assert warning.code == "kml-datum-overruled"
    assert warning.params == {"datum": "GCJ-02 × 1", "option": name}
    assert found.findings.crs.in_file == "GCJ-02 × 1"


def test_a_datum_in_metres_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownCRSError):
        read_kml(tmp_path, at(PLACES[0], "GCJ-02", means=CRS.GCJ02), datum="EPSG:4550")


def test_a_datum_that_is_not_known_is_asked_about(tmp_path: Path) -> None:
    asked = read_kml(tmp_path, at(PLACES[0], "MARS-1", means=CRS.CRS84)).question
    assert asked is not None
    assert (asked.topic, asked.code, asked.params["crs"]) == ("crs", "ask-crs-unreadable", "MARS-1")


def test_mixed_datums_of_what_is_out_of_range_are_told_as_ever(tmp_path: Path) -> None:
    far = at(PLACES[0], "GCJ-02", means=CRS.GCJ02).replace("<coordinates>1", "<coordinates>9")
    near = [at(place, "BD-09", means=CRS.BD09) for place in PLACES]
    found = read_kml(tmp_path, far, *near)
    assert found.errors == 1
    assert found.problems[1].code == "coordinate-out-of-range"
    assert read_kml(tmp_path, far, near[0]).question is not None


@pytest.mark.parametrize("element", ["ovcoordtype", "OVCOORDTYPE", "OvCoordtype"])
def test_the_datum_is_heard_in_any_case(tmp_path: Path, element: str) -> None:
    placemark = at(PLACES[0], "GCJ-02", means=CRS.GCJ02)
    found = read_kml(tmp_path, placemark.replace("OvCoordType", element))
    assert metres_off(found) < 0.01
    value = f"<Data name='{element}'><value>GCJ-02</value></Data>"
    said = f"</name><ExtendedData>{value}</ExtendedData>"
    bare = at(PLACES[0], None, means=CRS.GCJ02)
    assert metres_off(read_kml(tmp_path, bare.replace("</name>", said))) < 0.01


@pytest.mark.parametrize("heading", ["坐标系", "Coord_Type", "datum"])
@pytest.mark.parametrize("form", ["Data", "SimpleData"])
def test_a_datum_among_ordinary_data_decides(tmp_path: Path, heading: str, form: str) -> None:
    def placemark(place: tuple[float, float], word: str) -> str:
        if form == "Data":
            data = f'<Data name="{heading}"><value>{word}</value></Data>'
        else:
            simple = f'<SimpleData name="{heading}">{word}</SimpleData>'
            data = f"<SchemaData>{simple}</SchemaData>"
        plain = at(place, None, means=CRS.GCJ02)
        return plain.replace("</Placemark>", f"<ExtendedData>{data}</ExtendedData></Placemark>")

    found = read_kml(tmp_path, *(placemark(place, "GCJ-02") for place in PLACES))
    assert metres_off(found) < 0.01
    assert "kml-datum-named" in found.codes
    assert found.rows[0]["properties"][heading] == "GCJ-02"
    other = read_kml(tmp_path, *(placemark(place, "北京54") for place in PLACES))
    assert other.findings.crs.basis == "format"
