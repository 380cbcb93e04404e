"""WMS as its clients meet it: capabilities, pictures in the right place, what a click tells."""

import io
from typing import Any
from urllib.parse import urlencode
from xml.etree.ElementTree import Element

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from starlette.testclient import TestClient

from app.map_images.layer_list import PLAN
from app.webservices.key_value_pairs import KeyValues
from app.webservices.wms.bbox_crs_size import bounds_in, wms_name, written_bounds
from app.webservices.wms.versions import V111, V130, version_of
from tests.app.conftest import Serve, with_key
from tests.app.map_images.places import check_places
from zones.crs.transform import CRS
from zones.gml.safe_xml import local_name, parse_xml
from zones.gml.srs_names_and_axes import OFFERED
from zones.model import BBox
from zones.snapshot.model import Snapshot

VERSIONS = {"1.3.0": V130, "1.1.1": V111}
VIEW = BBox(123.35, 41.72, 123.43, 41.78)
SIDE = 160


def asked(version: str = "1.3.0", crs: CRS = CRS.EPSG_4490, **more: object) -> dict[str, str]:
    """Return the parameters of a GetMap, as a client of the version sends them."""
    told = VERSIONS[version]
    box = written_bounds(bounds_in(VIEW, crs), crs, told)
    usual = {
        "SERVICE": "WMS", "VERSION": version, "REQUEST": "GetMap", "LAYERS": "zones",
        "STYLES": "", told.crs: wms_name(crs), "BBOX": ",".join(map(repr, box)),
        "WIDTH": SIDE, "HEIGHT": SIDE, "FORMAT": "image/png", "TRANSPARENT": "TRUE",
    }  # fmt: skip
    return {key: str(value) for key, value in {**usual, **more}.items() if value is not None}


def pixels(client: TestClient, told: dict[str, str]) -> NDArray[np.uint8]:
    """Return the picture that answers a request."""
    answer = client.get("/wms", params=told)
    assert answer.headers["content-type"].startswith("image/"), answer.text[:500]
    return np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGBA"))


def fault(client: TestClient, told: dict[str, str]) -> tuple[str | None, str]:
    """Return code and words of the exception that answers a request."""
    answer = client.get("/wms", params=told)
    (exception,) = [e for e in parse_xml(_plain(answer.content)).iter() if e.get("code")]
    return exception.get("code"), exception.text or ""


def _plain(document: bytes) -> bytes:
    """Return a document without the type that version 1.1.1 declares."""
    return b"\n".join(line for line in document.splitlines() if not line.startswith(b"<!DOCTYPE"))


def capabilities(client: TestClient, version: str, **more: str) -> Element:
    """Return the capabilities."""
    told = {"service": "WMS", "request": "GetCapabilities", "version": version, **more}
    return parse_xml(_plain(client.get("/wms", params=told).content))


@pytest.mark.parametrize("version", VERSIONS)
def test_capabilities_list_the_plan_and_every_collection(
    client: TestClient, seeded_snapshot: Snapshot, version: str
) -> None:
    root = capabilities(client, version)
    assert root.get("version") == version
    layers = [
        {local_name(e): e.text for e in each} for each in root.iter() if local_name(each) == "Layer"
    ]
    named = {each["Name"]: each["Title"] for each in layers if "Name" in each}
    assert named.keys() == {PLAN, *seeded_snapshot.collections}
    assert named["zones"] == "六区"
    systems = {e.text for e in root.iter() if local_name(e) == VERSIONS[version].crs}
    assert {"EPSG:4490", "EPSG:4550", "EPSG:4326", "EPSG:3857"} <= systems
    assert ("CRS:84" in systems) == (version == "1.3.0")


def test_boxes_in_capabilities_have_the_order_of_the_version(client: TestClient) -> None:
    for version, east in {"1.3.0": "miny", "1.1.1": "minx"}.items():
        boxes = [e for e in capabilities(client, version).iter() if local_name(e) == "BoundingBox"]
        told = [e for e in boxes if e.get(VERSIONS[version].crs) in {"EPSG:4490", "EPSG:4326"}]
        assert told
        assert all(123 < float(e.get(east, "0")) < 124 for e in told)


def test_versions_are_agreed_on() -> None:
    for told, agreed in {"1.3.0": V130, "1.1.0": V111, "1.0.0": V111, "1.2": V111, "9": V130,
                         "nonsense": V130}.items():  # fmt: skip
        assert version_of(KeyValues({"version": told})) is agreed
    assert version_of(KeyValues({"srs": "EPSG:4326"})) is V111


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("crs", OFFERED)
def test_zones_are_drawn_where_they_are(
    client: TestClient, seeded_snapshot: Snapshot, version: str, crs: CRS
) -> None:
    picture = pixels(client, asked(version, crs, STYLES="unlabelled"))
    check_places(picture, bounds_in(VIEW, crs), crs, seeded_snapshot)


def test_a_box_that_is_turned_round_is_told_so(client: TestClient) -> None:
    for crs in (CRS.EPSG_4490, CRS.EPSG_4326, CRS.EPSG_4550):
        turned = written_bounds(bounds_in(VIEW, crs), crs, V111)
        code, words = fault(client, asked(crs=crs, BBOX=",".join(map(repr, turned))))
        assert code == "InvalidParameterValue"
        assert "轴序" in words
        assert "BBoxOrder" in words
    turned = (VIEW.south, VIEW.west, VIEW.north, VIEW.east)
    told = asked("1.1.1", lang="en", BBOX=",".join(map(repr, turned)))
    assert "east first" in fault(client, told)[1]


def test_far_away_is_blank_and_the_whole_earth_is_drawn(client: TestClient) -> None:
    assert not pixels(client, asked(BBOX="10,20,11,21"))[..., 3].any()
    assert pixels(client, asked(BBOX="-90,-180,90,180"))[..., 3].any()
    assert pixels(client, asked(BBOX="-200,-400,200,400"))[..., 3].any()
    mercator = "-25000000,-25000000,25000000,25000000"
    assert pixels(client, asked(crs=CRS.EPSG_3857, BBOX=mercator))[..., 3].any()


def test_every_form_is_what_it_says(client: TestClient) -> None:
    forms = {"image/png": "PNG", "image/png; mode=24bit": "PNG", "image/jpeg": "JPEG",
             "image/webp": "WEBP", "image/png8": "PNG"}  # fmt: skip
    for form, known in forms.items():
        answer = client.get("/wms", params=asked(LAYERS=PLAN, FORMAT=form))
        image = Image.open(io.BytesIO(answer.content))
        assert (image.format, image.size) == (known, (SIDE, SIDE))
        assert answer.headers["content-type"] == form.partition(";")[0].replace("8", "")
    svg = client.get("/wms", params=asked(LAYERS=PLAN, FORMAT="image/svg+xml"))
    assert local_name(parse_xml(svg.content)) == "svg"
    assert "浑河" in svg.text


def test_the_ground_is_the_colour_that_is_asked_for(client: TestClient) -> None:
    corner = BBox(123.20, 41.60, 123.25, 41.65)
    box = ",".join(map(repr, written_bounds(bounds_in(corner, CRS.EPSG_4490), CRS.EPSG_4490, V130)))
    told = asked(BBOX=box, TRANSPARENT="FALSE", BGCOLOR="0x336699")
    assert pixels(client, told)[5, 5].tolist() == [0x33, 0x66, 0x99, 255]
    assert pixels(client, {**told, "FORMAT": "image/jpeg"})[5, 5, 3] == 255


def test_beyond_the_neighbours_the_plan_goes_on_in_their_colour(client: TestClient) -> None:
    """They end at a box that is a little turned: a strip of white would be seen beside it."""
    east = BBox(123.46, 41.70, 123.48, 41.72)
    box = ",".join(map(repr, written_bounds(bounds_in(east, CRS.EPSG_4490), CRS.EPSG_4490, V130)))
    plan = pixels(client, asked(LAYERS=PLAN, BBOX=box, TRANSPARENT="FALSE"))
    assert plan[80, 158].tolist() == plan[80, 2].tolist()
    single = pixels(client, asked(BBOX=box, TRANSPARENT="FALSE"))
    assert single[80, 158].tolist() == [255] * 4
    clear = pixels(client, asked(LAYERS=PLAN, BBOX=box))
    assert clear[80, 158, 3] == 0


def test_names_are_left_out_by_the_style(client: TestClient) -> None:
    labelled = pixels(client, asked(FORMAT="image/png24"))
    plain = pixels(client, asked(FORMAT="image/png24", STYLES="unlabelled"))
    assert (labelled != plain).any(axis=2).sum() > 100


def test_the_last_layer_lies_on_top(client: TestClient) -> None:
    middle = SIDE // 2
    on_top = pixels(client, asked(LAYERS="zones,district", STYLES="unlabelled,unlabelled"))
    below = pixels(client, asked(LAYERS="district,zones", STYLES="unlabelled,unlabelled"))
    assert on_top[middle, middle].tolist() == [0xFB, 0xF9, 0xF4, 255]
    assert below[middle, middle].tolist() != on_top[middle, middle].tolist()


@pytest.mark.parametrize(
    "name", [{"DPI": "192"}, {"MAP_RESOLUTION": "192"}, {"FORMAT_OPTIONS": "antialias:on;dpi:192"}]
)
def test_signs_grow_with_the_resolution(client: TestClient, name: dict[str, str]) -> None:
    told = asked(LAYERS="axes", STYLES="unlabelled")
    usual, fine = (pixels(client, each)[..., 3] > 0 for each in (told, {**told, **name}))
    assert 1.5 < fine.sum() / usual.sum() < 2.5


def test_what_is_wrong_is_named(client: TestClient) -> None:
    wrong: dict[str, tuple[dict[str, object], str]] = {
        "LayerNotDefined": ({"LAYERS": "zones,nowhere"}, "nowhere"),
        "StyleNotDefined": ({"STYLES": "pretty"}, "unlabelled"),
        "InvalidFormat": ({"FORMAT": "image/tiff"}, "image/png"),
        "InvalidCRS": ({"CRS": "EPSG:32651"}, "EPSG:4490"),
        "OperationNotSupported": ({"REQUEST": "GetStyles"}, "GetMap"),
        "InvalidDimensionValue": ({"TIME": "1999-01-01"}, "1999"),
        "MissingParameterValue": ({"BBOX": None}, "BBOX"),
    }
    for code, (more, words) in wrong.items():
        told = fault(client, asked(**more))
        assert told[0] == code
        assert words in told[1]
    assert fault(client, asked("1.1.1", SRS="EPSG:32651"))[0] == "InvalidSRS"
    for more in ({"WIDTH": "99999"}, {"WIDTH": "0"}, {"BBOX": "1,2,3"}, {"BBOX": "2,2,1,1"},
                 {"BGCOLOR": "red"}, {"DPI": "0"}, {"SLD_BODY": "<x/>"}, {"CRS": "gcj02"},
                 {"CQL_FILTER": "1=1"}, {"FEATUREID": "zones.1"}, {"ANGLE": "45"},
                 {"TIME": "yesterday"}, {"TIME": "2026-01-01T00:00:00+99:99"},
                 {"REVISION": "999"}, {"LAYERS": ",".join(["zones"] * 201)}):  # fmt: skip
        assert fault(client, asked(**more))[1], more


def test_faults_are_pictures_for_those_who_want_them(client: TestClient) -> None:
    for version, names in {
        "1.3.0": ("INIMAGE", "BLANK"),
        "1.1.1": ("application/vnd.ogc.se_inimage", "application/vnd.ogc.se_blank"),
    }.items():
        words, blank = (
            pixels(client, asked(version, LAYERS="nowhere", EXCEPTIONS=name, WIDTH=400))
            for name in names
        )
        assert words.shape == blank.shape == (SIDE, 400, 4)
        assert words[..., 3].any()
        assert not blank[..., 3].any()


def click(**more: object) -> dict[str, str]:
    """Return the parameters of a GetFeatureInfo in the middle of the view."""
    middle = {"I": SIDE // 2, "J": SIDE // 2, "QUERY_LAYERS": "zones"}
    return asked(REQUEST="GetFeatureInfo", **{**middle, **more})


def test_a_click_finds_the_zone_that_is_there(
    client: TestClient, seeded_snapshot: Snapshot
) -> None:
    zones = seeded_snapshot.collection("zones")
    lon, lat = (VIEW.west + VIEW.east) / 2, (VIEW.south + VIEW.north) / 2
    (there,) = zones.tree.query(shapely.Point(lon, lat), predicate="within").tolist()
    fid, name = zones.fids[there], str(zones.properties[there]["name"])
    told: Any = client.get("/wms", params=click(INFO_FORMAT="application/json")).json()
    assert [each["id"] for each in told["features"]] == [f"zones.{fid}"]
    assert told["features"][0]["properties"]["name"] == name
    assert shapely.from_geojson(str(told["features"][0]["geometry"]).replace("'", '"')).contains(
        shapely.Point(lon, lat)
    )
    for form in ("text/html", "text/plain", "application/vnd.ogc.gml", "text/xml"):
        answer = client.get("/wms", params=click(INFO_FORMAT=form))
        assert name in answer.text
        assert answer.status_code == 200


def test_a_click_in_another_system_tells_places_in_that(client: TestClient) -> None:
    told = click(INFO_FORMAT="application/json")
    told |= asked(crs=CRS.EPSG_4550, REQUEST="GetFeatureInfo")
    document: Any = client.get("/wms", params=told).json()
    assert document["crs"]["properties"]["name"].endswith("4550")
    x, y = document["features"][0]["geometry"]["coordinates"][0][0][:2]
    assert 500_000 < x < 560_000
    assert 4_600_000 < y < 4_700_000


def test_a_click_near_a_line_means_it(client: TestClient, seeded_snapshot: Snapshot) -> None:
    axes = shapely.clip_by_rect(seeded_snapshot.collection("axes").geometries[0], *VIEW)
    place = shapely.line_interpolate_point(shapely.get_parts(axes)[0], 0.5, normalized=True)
    column = int((place.x - VIEW.west) / (VIEW.east - VIEW.west) * SIDE)
    row = int((VIEW.north - place.y) / (VIEW.north - VIEW.south) * SIDE)
    near = {"LAYERS": "axes", "QUERY_LAYERS": "axes", "I": column + 3, "J": row}
    told = click(**near, INFO_FORMAT="application/json")
    found: Any = client.get("/wms", params=told).json()
    assert found["features"]
    nothing: Any = client.get("/wms", params={**told, "FI_LINE_TOLERANCE": "0"}).json()
    assert not nothing["features"]


def test_a_click_beside_the_picture_is_refused(client: TestClient) -> None:
    assert fault(client, click(I=SIDE))[0] == "InvalidPoint"
    assert fault(client, click(QUERY_LAYERS="nowhere"))[0] == "LayerNotDefined"
    assert fault(client, click(INFO_FORMAT="image/png"))[0] == "InvalidFormat"


def test_older_clients_click_with_x_and_y(client: TestClient) -> None:
    told = asked("1.1.1", REQUEST="GetFeatureInfo", QUERY_LAYERS=PLAN, LAYERS=PLAN,
                 X=SIDE // 2, Y=SIDE // 2, FEATURE_COUNT="50",
                 INFO_FORMAT="application/vnd.ogc.gml")  # fmt: skip
    root = parse_xml(client.get("/wms", params=told).content)
    assert {"zones", "subdistricts", "district"} <= {local_name(m[0]) for m in root}


def test_legends_name_the_elements(client: TestClient) -> None:
    told = {"service": "WMS", "version": "1.3.0", "request": "GetLegendGraphic", "layer": PLAN}
    svg = client.get("/wms", params={**told, "format": "image/svg+xml"}).text
    assert "长白岛" in svg
    assert "规划新建" in svg
    small = Image.open(io.BytesIO(client.get("/wms", params=told).content))
    large = Image.open(io.BytesIO(client.get("/wms", params={**told, "DPI": "192"}).content))
    assert large.width == pytest.approx(2 * small.width, abs=1)


def test_a_revision_and_a_time_show_what_was_then(serve: Serve) -> None:
    client = with_key(serve())
    told = asked(STYLES="unlabelled", FORMAT="image/png24")
    before = pixels(client, told)
    at = client.get("/collections/zones/revisions").json()["revisions"][0]["at"]
    removed = client.delete("/collections/zones/items/zone-changbaidao", headers={"If-Match": "*"})
    assert removed.status_code < 300, removed.text
    after = pixels(client, told)
    assert (before != after).any()
    for name, value in (("REVISION", "1"), ("DIM_REVISION", "1"), ("TIME", at),
                        ("TIME", f"{at}/{at}"), ("TIME", f"2020-01-01/{at}/P1D")):  # fmt: skip
        assert (pixels(client, {**told, name: value}) == before).all()
    assert (pixels(client, {**told, "TIME": "current"}) == after).all()


def test_requests_may_be_posted_and_read_without_a_key(client: TestClient) -> None:
    answer = client.post(
        "/wms",
        content=urlencode(asked()),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.headers["content-type"] == "image/png"
    assert answer.content == client.get("/wms", params=asked()).content


def test_a_picture_is_known_by_its_tag(client: TestClient) -> None:
    first = client.get("/wms", params=asked())
    again = client.get("/wms", params=asked(), headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304


def test_the_sequence_of_updates_is_kept(client: TestClient) -> None:
    told = {"service": "WMS", "request": "GetCapabilities", "updatesequence": "1"}
    assert fault(client, told)[0] == "CurrentUpdateSequence"
    assert fault(client, {**told, "updatesequence": "99"})[0] == "InvalidUpdateSequence"


VALUES = st.one_of(
    st.sampled_from(["", "0", "-1", "1e400", "NaN", "4096", "image/png", "EPSG:4490", "zones",
                     "GetMap", "GetFeatureInfo", "GetLegendGraphic", "1,2,3,4", "INIMAGE",
                     "123,41,124,42", "41,123,42,124", "0x00", "TRUE", "EPSG:4550", PLAN,
                     "-1e30,-1e30,1e30,1e30", "0,0,1e-300,1e-300"]),
    st.text(max_size=20),
)  # fmt: skip
NAMES = ["REQUEST", "VERSION", "LAYERS", "STYLES", "CRS", "BBOX", "WIDTH", "HEIGHT", "FORMAT",
         "TRANSPARENT", "BGCOLOR", "EXCEPTIONS", "TIME", "DPI", "FORMAT_OPTIONS", "QUERY_LAYERS",
         "I", "J", "INFO_FORMAT", "FEATURE_COUNT", "LAYER", "FI_POINT_TOLERANCE"]  # fmt: skip


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=4))
def test_nothing_that_is_sent_makes_an_error_of_ours(
    client: TestClient, wrong: dict[str, str]
) -> None:
    answer = client.get("/wms", params={**asked(QUERY_LAYERS=PLAN, I=1, J=1), **wrong})
    assert answer.status_code < 500, (wrong, answer.text[:500])
