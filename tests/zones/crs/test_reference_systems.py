"""The closed list of reference systems: its facts against EPSG, its names as people write them."""

import doctest

import pyproj
import pytest

from zones.crs import reference_systems
from zones.crs.reference_systems import CRS, parse_crs
from zones.errors import UnknownCRSError

registered = [crs for crs in CRS if not crs.is_shifted]


@pytest.mark.parametrize("crs", registered, ids=str)
def test_axis_order_is_that_of_the_register(crs: CRS) -> None:
    axes = pyproj.CRS(crs.key.replace("CRS84", "OGC:CRS84")).axis_info
    first = "yx" if axes[0].direction == "north" else "xy"
    assert crs.axis_order == first


@pytest.mark.parametrize("crs", registered, ids=str)
def test_kind_is_that_of_the_register(crs: CRS) -> None:
    definition = pyproj.CRS(crs.key.replace("CRS84", "OGC:CRS84"))
    assert crs.is_geographic == definition.is_geographic
    assert (crs.kind == "projected") == definition.is_projected


@pytest.mark.parametrize("crs", registered, ids=str)
def test_datum_is_that_of_the_register(crs: CRS) -> None:
    datum = pyproj.CRS(crs.key.replace("CRS84", "OGC:CRS84")).datum
    assert datum
    expected = {"CGCS2000": "China 2000", "WGS 84": "World Geodetic System 1984"}[crs.datum]
    assert datum.name.startswith(expected)


@pytest.mark.parametrize(
    ("crs", "meridian"),
    [(CRS.EPSG_4550, 123), (CRS.EPSG_4529, 123), (CRS.EPSG_4549, 120), (CRS.EPSG_4528, 120)],
)
def test_label_states_the_meridian_of_the_register(crs: CRS, meridian: int) -> None:
    operation = pyproj.CRS(crs.key).coordinate_operation
    assert operation
    params = {param.name: float(param.value) for param in operation.params}
    assert params["Longitude of natural origin"] == float(meridian)
    assert params["False easting"] == crs.extent.x_min + 500_000.0
    assert f"{meridian}°E" in crs.label
    assert f"{meridian} E" in crs.label_en


@pytest.mark.parametrize("crs", registered, ids=str)
def test_uri_means_the_same_system_to_proj(crs: CRS) -> None:
    assert pyproj.CRS(crs.uri) == pyproj.CRS(crs.key.replace("CRS84", "OGC:CRS84"))


@pytest.mark.parametrize("crs", CRS, ids=str)
def test_key_and_uri_lead_back_to_the_system(crs: CRS) -> None:
    for name in (crs.key, crs.uri):
        assert parse_crs(name) is crs
        assert parse_crs(f"  {name.lower()} ") is crs
        assert parse_crs(name.upper()) is crs


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("EPSG:4490", CRS.EPSG_4490),
        ("epsg:4490", CRS.EPSG_4490),
        ("4490", CRS.EPSG_4490),
        ("CGCS2000", CRS.EPSG_4490),
        ("[EPSG:4326]", CRS.EPSG_4326),
        ("urn:ogc:def:crs:EPSG::4550", CRS.EPSG_4550),
        ("urn:ogc:def:crs:EPSG:9.9.1:4529", CRS.EPSG_4529),
        ("http://www.opengis.net/def/crs/EPSG/0/4549", CRS.EPSG_4549),
        ("https://www.opengis.net/def/crs/EPSG/9.9.1/4528", CRS.EPSG_4528),
        ("http://www.opengis.net/gml/srs/epsg.xml#3857", CRS.EPSG_3857),
        ("OGC:CRS84", CRS.CRS84),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", CRS.CRS84),
        ("urn:ogc:def:crs:OGC::CRS84", CRS.CRS84),
        ("WGS-84", CRS.CRS84),
        ("gcj-02", CRS.GCJ02),
        ("GCJ02", CRS.GCJ02),
        ("bd-09", CRS.BD09),
        ("bd09ll", CRS.BD09),
    ],
)
def test_names_people_write_are_understood(text: str, expected: CRS) -> None:
    assert parse_crs(text) is expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "EPSG:",
        "EPSG:4479",
        "EPSG:32651",
        "EPSG:04490",
        "EP-SG:4490",
        "٤٤٩٠",
        "4490.0",
        "bd09mc",
        "+proj=longlat",
        'GEOGCS["x"]',
        "urn:ogc:def:crs:EPSG::4490/../4550",
        "EPSG:4490\x00",
        "4490" * 1000,
    ],
)
def test_other_names_are_refused_with_the_list_of_those_supported(text: str) -> None:
    with pytest.raises(UnknownCRSError) as caught:
        parse_crs(text)
    said = caught.value.text("en")
    assert all(crs.key in said.hint for crs in CRS)
    assert len(said.message) < 200


def test_labels_and_names_are_each_their_own() -> None:
    for names in ("key", "uri", "label", "label_en"):
        assert len({getattr(crs, names) for crs in CRS}) == len(CRS)


def test_examples_in_the_docstrings_are_true() -> None:
    assert doctest.testmod(reference_systems) == (0, 2)
