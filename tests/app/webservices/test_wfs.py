"""WFS as its clients meet it: documents, pages, forms, faults."""

import csv
import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.etree.ElementTree import Element

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from zones.gml.safe_xml import local_name, parse_xml
from zones.gml.xml_names import NAMESPACE
from zones.snapshot.model import Snapshot

GML = "{http://www.opengis.net/gml/3.2}"
HZ = f"{{{NAMESPACE}}}"
GET_FEATURE = {"service": "WFS", "version": "2.0.0", "request": "GetFeature"}
ENVELOPE = (
    "<fes:BBOX><fes:ValueReference>geometry</fes:ValueReference><gml:Envelope srsName='{srs}'>"
    "<gml:lowerCorner>{lower}</gml:lowerCorner><gml:upperCorner>{upper}</gml:upperCorner>"
    "</gml:Envelope></fes:BBOX>"
)
SPACES = "xmlns:fes='http://www.opengis.net/fes/2.0' xmlns:gml='http://www.opengis.net/gml/3.2'"


def ask(client: TestClient, *, status: int = 200, **asked: object) -> Element:
    """Return the root of an answer in XML."""
    answer = client.get("/wfs", params={key: str(value) for key, value in asked.items()})
    assert answer.status_code == status, answer.text[:500]
    return parse_xml(answer.content)


def features(client: TestClient, **asked: object) -> Element:
    """Return the answer to a GetFeature."""
    return ask(client, **{**GET_FEATURE, **asked})


def ids(root: Element) -> list[str]:
    """Return the ids of an answer's features."""
    found = [member[0] for member in root if local_name(member) == "member"]
    found += [each for e in root if local_name(e) == "featureMembers" for each in e]
    return [
        next(value for key, value in each.attrib.items() if key.endswith("}id")) for each in found
    ]


def faults(root: Element) -> list[tuple[str | None, str | None]]:
    """Return codes and locators of an exception report."""
    assert local_name(root) == "ExceptionReport"
    return [(each.get("exceptionCode"), each.get("locator")) for each in root]


@pytest.mark.parametrize("version", ["2.0.0", "1.1.0"])
def test_capabilities_name_every_collection(
    client: TestClient, seeded_snapshot: Snapshot, version: str
) -> None:
    root = ask(client, service="WFS", request="GetCapabilities", version=version)
    assert root.get("version") == version
    types = [e for e in root.iter() if local_name(e) == "FeatureType"]
    texts = [{local_name(e): e.text for e in each} for each in types]
    assert [each["Name"] for each in texts] == [f"hz:{id_}" for id_ in seeded_snapshot.collections]
    assert texts[0]["Title"] == "六区"
    systems = {"DefaultCRS", "DefaultSRS"}
    assert all(each[name].endswith("4490") for each in texts for name in systems & each.keys())


def test_the_version_is_agreed_on(client: TestClient) -> None:
    for asked, agreed in {"1.0.0": "1.1.0", "2.0.2": "2.0.0", "3.0.0,1.1.0": "1.1.0"}.items():
        root = ask(client, service="WFS", request="GetCapabilities", acceptVersions=asked)
        assert root.get("version") == agreed


def test_english_titles_on_request(client: TestClient) -> None:
    root = ask(client, service="WFS", request="GetCapabilities", lang="en")
    titles = [e.text for e in root.iter() if local_name(e) == "Title"]
    assert "Six zones" in titles


def test_names_of_parameters_may_be_in_any_case(client: TestClient) -> None:
    root = ask(client, SERVICE="wfs", REQUEST="getfeature", TypeName="zones", MAXFEATURES=2)
    assert len(ids(root)) == 2


def test_pages_lead_through_one_revision(client: TestClient, seeded_snapshot: Snapshot) -> None:
    fids = [f"sites.{fid}" for fid in seeded_snapshot.collection("sites").fids]
    root = features(client, typeNames="hz:sites", count=100)
    found = ids(root)
    assert root.get("numberMatched") == str(len(fids))
    while (address := root.get("next")) is not None:
        asked = dict(parse_qsl(urlsplit(address).query))
        assert asked["revision"] == "1"
        root = ask(client, **asked)
        found += ids(root)
    assert found == fids
    assert root.get("previous")


def test_hits_are_counted_without_features(client: TestClient) -> None:
    root = features(client, typeNames="zones", resultType="hits")
    assert (root.get("numberMatched"), root.get("numberReturned"), len(root)) == ("6", "0", 0)
    old = features(client, version="1.1.0", typeName="zones", resultType="hits")
    assert (old.get("numberOfFeatures"), len(old)) == ("6", 0)


@pytest.mark.parametrize("operation", ["GetFeature", "GetPropertyValue&valueReference=id"])
def test_a_page_of_no_features_leads_nowhere(client: TestClient, operation: str) -> None:
    asked = f"version=2.0.0&request={operation}&typeNames=zones"
    none = parse_xml(client.get(f"/wfs?{asked}&count=0").content)
    assert (none.get("numberReturned"), none.get("numberMatched")) == ("0", "6")
    assert none.get("next") is None
    some = parse_xml(client.get(f"/wfs?{asked}&count=2").content)
    assert some.get("next")


def test_properties_and_order_are_as_asked_for(client: TestClient) -> None:
    root = features(client, typeNames="zones", propertyName="name,order", sortBy="order DESC")
    zones = [member[0] for member in root]
    assert [int(zone.findtext(f"{HZ}order") or 0) for zone in zones] == [6, 5, 4, 3, 2, 1]
    assert {local_name(e) for e in zones[0]} == {"boundedBy", "geometry", "name", "order"}


@pytest.mark.parametrize(
    ("srs", "first"),
    [
        ("urn:ogc:def:crs:EPSG::4490", "41."),
        ("EPSG:4490", "123."),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", "123."),
        ("urn:ogc:def:crs:EPSG::4550", "4"),
        ("EPSG:4550", "5"),
        ("http://www.opengis.net/def/crs/EPSG/0/4550", "4"),
    ],
)
def test_axes_follow_the_form_of_the_name(client: TestClient, srs: str, first: str) -> None:
    root = features(client, typeNames="zones", srsName=srs, count=1)
    polygon = next(e for e in root.iter() if local_name(e) == "Polygon")
    places = next(e for e in root.iter() if local_name(e) == "posList")
    assert polygon.get("srsName") == srs
    assert (places.text or "").startswith(first)


@pytest.mark.parametrize(
    ("box", "count"),
    [
        ("41.80,123.39,41.82,123.43", 1),
        ("41.80,123.39,41.82,123.43,urn:ogc:def:crs:EPSG::4490", 1),
        ("123.39,41.80,123.43,41.82,EPSG:4490", 1),
        ("123.39,41.80,123.43,41.82,CRS84", 1),
        ("0,0,1,1", 0),
    ],
)
def test_a_box_is_read_in_the_order_of_its_system(client: TestClient, box: str, count: int) -> None:
    found = ids(features(client, typeNames="zones", bbox=box))
    assert ("zones.zone-beishichang" in found) == bool(count)


def test_a_box_the_wrong_way_round_is_told(client: TestClient) -> None:
    root = features(client, typeNames="zones", bbox="123.39,41.80,123.43,41.82", status=400)
    assert faults(root) == [("InvalidParameterValue", "bbox")]
    assert "EPSG:4490" in "".join(root.itertext())


def test_a_feature_by_its_id(client: TestClient) -> None:
    stored = {"storedQuery_Id": "urn:ogc:def:query:OGC-WFS::GetFeatureById"}
    root = features(client, **stored, ID="zones.zone-manrong")
    assert root.tag == f"{HZ}zones"
    assert root.get(f"{GML}id") == "zones.zone-manrong"
    assert faults(features(client, **stored, ID="zones.none", status=404)) == [
        ("NotFound", "resourceId")
    ]
    assert ids(features(client, resourceId="zones.zone-manrong")) == ["zones.zone-manrong"]
    assert ids(features(client, typeNames="zones", featureId="zones.zone-manrong")) == [
        "zones.zone-manrong"
    ]


def test_values_of_one_property(client: TestClient) -> None:
    root = ask(client, request="GetPropertyValue", typeNames="zones", valueReference="order")
    assert ["".join(member.itertext()) for member in root] == ["1", "2", "3", "4", "5", "6"]


def test_stored_queries_are_listed(client: TestClient) -> None:
    for operation in ("ListStoredQueries", "DescribeStoredQueries"):
        root = ask(client, request=operation)
        assert root[0].get("id", "").endswith("GetFeatureById")


@pytest.mark.parametrize("version", ["2.0.0", "1.1.0"])
def test_queries_come_as_xml_as_well(client: TestClient, version: str) -> None:
    space = "wfs/2.0" if version == "2.0.0" else "wfs"
    name = "typeNames" if version == "2.0.0" else "typeName"
    box = ENVELOPE.format(srs="EPSG:4490", lower="123.39 41.80", upper="123.43 41.82")
    body = (
        f"<wfs:GetFeature service='WFS' version='{version}' xmlns:wfs='http://www.opengis.net/{space}'"
        f" {SPACES}><wfs:Query {name}='hz:zones'><fes:Filter>{box}</fes:Filter>"
        "<fes:SortBy><fes:SortProperty><fes:ValueReference>order</fes:ValueReference>"
        "<fes:SortOrder>DESC</fes:SortOrder></fes:SortProperty></fes:SortBy></wfs:Query>"
        "</wfs:GetFeature>"
    )
    answer = client.post("/wfs", content=body, headers={"content-type": "text/xml"})
    assert answer.status_code == 200
    found = ids(parse_xml(answer.content))
    assert found[-1] == "zones.zone-beishichang"


def test_a_form_may_be_posted(client: TestClient) -> None:
    answer = client.post("/wfs", data={**GET_FEATURE, "typenames": "zones", "count": "1"})
    assert len(ids(parse_xml(answer.content))) == 1


def test_other_forms_hold_the_same(client: TestClient, seeded_snapshot: Snapshot) -> None:
    asked = {**ZONES, "count": "2", "propertyName": "name"}
    page = client.get("/wfs", params={**asked, "outputFormat": "application/json"}).json()
    assert page["numberMatched"] == 6
    assert page["features"][0]["properties"].keys() == {"name"}
    assert page["features"][0]["geometry"]["coordinates"][0][0][0] > 100
    table = client.get("/wfs", params={**asked, "outputFormat": "csv"}).content.decode("utf-8-sig")
    rows = [*csv.reader(io.StringIO(table))]
    assert len(rows) == 3
    assert client.get("/wfs", params={**asked, "outputFormat": "SHAPE-ZIP"}).content[:2] == b"PK"
    old = features(client, typeNames="zones", outputFormat="text/xml; subtype=gml/3.1.1")
    assert any(e.tag.startswith("{http://www.opengis.net/gml}") for e in old.iter())


def test_geojson_in_the_order_of_the_authority_is_refused(client: TestClient) -> None:
    asked = {"typeNames": "zones", "outputFormat": "json", "status": 400}
    assert faults(features(client, srsName="urn:ogc:def:crs:EPSG::4490", **asked)) == [
        ("InvalidParameterValue", "srsName")
    ]


INVALID = "InvalidParameterValue"
ZONES = {**GET_FEATURE, "typeNames": "zones"}
FAULTS: list[tuple[dict[str, Any], str, str]] = [
    ({}, "MissingParameterValue", "request"),
    ({"request": "Transaction"}, "OperationNotSupported", "request"),
    ({"request": "GetFeature"}, "MissingParameterValue", "typeNames"),
    ({"request": "GetFeature", "typeNames": "none"}, INVALID, "typeNames"),
    ({"request": "GetFeature", "typeNames": "zones,axes"}, "OptionNotSupported", "typeNames"),
    ({"request": "GetCapabilities", "service": "WMS"}, INVALID, "service"),
    ({**ZONES, "count": "x"}, INVALID, "count"),
    ({**ZONES, "outputFormat": "x"}, INVALID, "outputFormat"),
    ({**ZONES, "filter": "<a"}, "OperationParsingFailed", ""),
    ({**ZONES, "filter": "<Filter><X/></Filter>"}, INVALID, "filter"),
    ({**ZONES, "filter": "<Filter/>", "bbox": "1,1,2,2"}, INVALID, "filter"),
    ({**ZONES, "cql_filter": "name ="}, INVALID, "filter"),
    ({**ZONES, "sortBy": "none"}, INVALID, "sortBy"),
    ({**ZONES, "propertyName": "none"}, INVALID, "propertyName"),
    ({**ZONES, "resourceId": "axes.1"}, INVALID, "filter"),
    ({**GET_FEATURE, "storedQuery_id": "x"}, INVALID, "storedQuery_Id"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "code", "locator"), FAULTS)
def test_what_is_wrong_is_told_as_ogc_has_it(
    client: TestClient, asked: dict[str, Any], code: str, locator: str
) -> None:
    answer = client.get("/wfs", params=asked)
    assert 400 <= answer.status_code < 500
    (found,) = faults(parse_xml(answer.content))
    assert found == (code, locator or None)


WORDS = st.sampled_from(
    [
        "GetFeature",
        "zones",
        "2.0.0",
        "1.1.0",
        "-1",
        "",
        "EPSG:4490",
        "1,2,3,4",
        "<Filter/>",
        "*",
        "()",
    ]
) | st.text(max_size=20)
NAMES = st.sampled_from(
    ["request", "typenames", "version", "bbox", "filter", "srsname", "count", "startindex", "query",
     "sortby", "propertyname", "outputformat", "resourceid", "resulttype", "revision", "lang"]
)  # fmt: skip


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.dictionaries(NAMES, WORDS, max_size=6), st.booleans())
def test_no_parameters_are_anything_but_answered(
    client: TestClient, asked: dict[str, str], valid: bool
) -> None:
    start = {"request": "GetFeature", "typenames": "zones"} if valid else {}
    assert client.get("/wfs", params={**start, **asked}).status_code < 500


def elements() -> Iterator[str]:
    yield from ("Filter", "And", "Not", "PropertyIsEqualTo", "ValueReference", "Literal", "BBOX")
    yield from (
        "Envelope",
        "lowerCorner",
        "Query",
        "GetFeature",
        "Point",
        "pos",
        "SortBy",
        "During",
    )


TREES = st.recursive(
    st.text(
        st.characters(codec="utf-8", exclude_characters="<>&", exclude_categories=["Cc", "Cs"]),
        max_size=8,
    ),
    lambda inner: st.builds(
        lambda name, parts: f"<{name}>{''.join(parts)}</{name}>",
        st.sampled_from([*elements()]),
        st.lists(inner, max_size=3),
    ),
    max_leaves=12,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(TREES)
def test_no_xml_is_anything_but_answered(client: TestClient, tree: str) -> None:
    body = f"<GetFeature><Query typeNames='zones'><Filter>{tree}</Filter></Query></GetFeature>"
    answer = client.post("/wfs", content=body.encode(), headers={"content-type": "text/xml"})
    assert answer.status_code < 500


def test_no_role_is_needed_to_ask_by_post(client: TestClient) -> None:
    assert client.post("/wfs", content=b"<x/>").status_code == 400
