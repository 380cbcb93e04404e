"""Official boundaries take the place of ours by one upload; all that rests on them follows."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from starlette.testclient import TestClient

from tests.app.conftest import serving_copy
from tests.app.files import send
from tests.official_files import HEIGHT, SOUTH, made_subdistricts, made_zones, official_file
from zones.crs.area_and_length import geodesic_area_m2
from zones.plan_text import Plan

DISPUTED = (123.3865, 41.7500)
"""In our dispute-c04, and not in what is uploaded."""
STATED = [0.1 * n for n in range(1, 11)]
"""Accuracies of the subdistricts in the column of their file, in metres."""


@pytest.fixture(scope="module", params=["EPSG:4528", "EPSG:4550"])
def official(
    request: pytest.FixtureRequest,
    plan: Plan,
    seeded_file: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[TestClient, list[dict[str, Any]]]]:
    """Return a service to which both layers were uploaded, and the reports of the imports."""
    folder = tmp_path_factory.mktemp("official")
    zones = official_file(folder, plan, "zones", request.param)
    subdistricts = official_file(folder, plan, "subdistricts", request.param, accuracy=STATED)
    with serving_copy(seeded_file, folder) as client:
        reports = []
        for layer, file in (("zones", zones), ("subdistricts", subdistricts)):
            given = {"official": "true", "note": "民政局移交"}
            answer = send(client, file.read_bytes(), layer, name=file.name, fields=given)
            assert answer.status_code == 201, answer.text
            reports.append(answer.json())
        yield client, reports


Official = tuple[TestClient, list[dict[str, Any]]]


def _items(client: TestClient, collection: str, **query: Any) -> list[dict[str, Any]]:
    answer = client.get(f"/collections/{collection}/items", params={"limit": 100, **query})
    found: list[dict[str, Any]] = answer.json()["features"]
    return found


def _middle(bounds: tuple[float, float, float, float]) -> tuple[float, float]:
    return (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2


def _located(client: TestClient, lon: float, lat: float) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/locate", params={"lon": lon, "lat": lat}).json()
    return found


def test_accuracy_is_that_of_the_file_or_a_default_that_is_told(official: Official) -> None:
    client, (zones, subdistricts) = official
    assert "official-accuracy" in {p["code"] for p in zones["problems"]}
    assert "official-accuracy" not in {p["code"] for p in subdistricts["problems"]}
    assert {f["properties"]["accuracy_m"] for f in _items(client, "zones")} == {1.0}
    stated = sorted(f["properties"]["accuracy_m"] for f in _items(client, "subdistricts"))
    assert stated == pytest.approx(STATED)
    assert all(f["properties"]["official"] is True for f in _items(client, "zones"))


def test_areas_and_their_bands_are_those_of_the_new_boundaries(
    official: Official, plan: Plan
) -> None:
    rows = {row["id"]: row for row in official[0].get("/plan/areas").json()["rows"]}
    for zone, shape in made_zones(plan).items():
        assert rows[zone]["area_m2"] == pytest.approx(geodesic_area_m2(shape), rel=1e-5)
        # Every line is known to a metre or better.
        assert 0 < rows[zone]["accuracy_bound_m2"] <= 1.01 * 111_200 * shape.length


def test_shares_and_borders_of_a_zone_follow(official: Official, plan: Plan) -> None:
    for element in (e for e in plan.elements if e.type == "zone"):
        profile = official[0].get(f"/plan/{element.id}").json()
        met = {share["id"]: share["share"] for share in profile["subdistricts"]}
        assert set(met) == set(element.subdistricts)
        assert list(met.values()) == pytest.approx([1 / len(met)] * len(met), rel=1e-4)
        assert {line["id"] for line in profile["evidence"]} == {None}
        assert max(line["accuracy_m"] for line in profile["evidence"]) <= 1.0
        assert profile["disputes"] == []


def test_every_subdistrict_is_found_and_certain(official: Official, plan: Plan) -> None:
    for one in plan.subdistricts:
        lon, lat = _middle(made_subdistricts(plan)[one.id].bounds)
        answer = _located(official[0], lon, lat)
        assert (answer["primary"], answer["certain"], answer["conflicts"]) == (one.zone, True, [])
        assert (answer["subdistrict"]["id"], answer["subdistrict"]["certain"]) == (one.id, True)


def test_only_what_is_nearer_to_a_border_than_it_is_known_is_uncertain(
    official: Official, plan: Plan
) -> None:
    zones = list(made_zones(plan).values())
    border, lat = zones[0].bounds[2], SOUTH + HEIGHT / 2
    near, clear = (_located(official[0], border + away, lat) for away in (5e-6, 5e-5))  # 0.4 m, 4 m
    assert (near["certain"], clear["certain"]) == (False, True)
    assert near["nearest_border"]["accuracy_m"] <= 1.0
    assert near["nearest_border"]["id"] is None


def test_disputes_apply_no_longer_but_stay_on_record(official: Official) -> None:
    client, _ = official
    assert _located(client, *DISPUTED)["conflicts"] == []
    assert len(_items(client, "disputes")) == 7
    before = _items(client, "zones", revision=1)
    assert len(before) == 6


@pytest.mark.parametrize(("revision", "found"), [(None, 0), (1, 1)])
def test_a_click_on_a_map_image_finds_disputes_that_apply(
    official: Official, revision: int | None, found: int
) -> None:
    client, _ = official
    lon, lat = DISPUTED
    pinned = {} if revision is None else {"revision": revision}
    box = f"{lat - 0.01},{lon - 0.01},{lat + 0.01},{lon + 0.01}"
    wms = {"VERSION": "1.3.0", "REQUEST": "GetFeatureInfo", "CRS": "EPSG:4490", "BBOX": box}
    wms |= {"LAYERS": "disputes", "QUERY_LAYERS": "disputes", "INFO_FORMAT": "application/json"}
    wms |= {"WIDTH": "101", "HEIGHT": "101", "I": "50", "J": "50", "STYLES": ""}
    assert len(client.get("/wms", params={**wms, **pinned}).json()["features"]) == found
    esri = {"geometry": f"{lon},{lat}", "tolerance": "1", "imageDisplay": "101,101,96"}
    esri |= {"mapExtent": f"{lon - 0.01},{lat - 0.01},{lon + 0.01},{lat + 0.01}", "f": "json"}
    identify = "/arcgis/rest/services/disputes/MapServer/identify"
    assert len(client.get(identify, params={**esri, **pinned}).json()["results"]) == found


def test_map_says_that_the_boundaries_are_official(official: Official) -> None:
    page = official[0].get("/map", params={"lang": "zh"}).text
    assert "六区与街道：官方界线" in page
    assert "据规划文本数字化，非官方界线" not in re.sub(r'"words":.*', "", page, flags=re.S)
    gone = re.search(r'"not_drawn":\[(.*?)\]', page)
    assert gone is not None
    assert (gone[1].count("dispute-"), gone[1].count("border-")) == (7, 46)
    drawn = re.search(r'"element_of":\{(.*?)\}', page)
    assert drawn is not None
    assert drawn[1].count('":"zone-') == 6
    foot = official[0].get("/plan", params={"lang": "zh", "f": "html"}).text
    assert "六区与街道：官方界线" in foot
    described = official[0].get("/collections/zones").json()["description"]
    assert "官方界线" in described
    assert "非官方" not in described


def test_former_edition_is_in_the_history(official: Official) -> None:
    client, _ = official
    rows = {r["id"]: r for r in client.get("/plan/areas", params={"revision": 1}).json()["rows"]}
    assert rows["zone-nanshichang"]["area_m2"] == pytest.approx(6.962e6, rel=1e-3)
    newest, first = client.get("/collections/zones/revisions").json()["revisions"]
    assert (newest["why"], first["revision"]) == ("民政局移交", 1)


def test_restored_former_edition_brings_its_disputes_back(
    plan: Plan, seeded_file: Path, tmp_path: Path
) -> None:
    zones = official_file(tmp_path, plan, "zones", "EPSG:4550")
    with serving_copy(seeded_file, tmp_path) as client:
        before = _located(client, *DISPUTED)
        given = {"official": "true", "accuracy_m": "0.25"}
        sent = send(client, zones.read_bytes(), "zones", name=zones.name, fields=given)
        assert sent.is_success, sent.text
        assert {f["properties"]["accuracy_m"] for f in _items(client, "zones")} == {0.25}
        page = client.get("/map", params={"lang": "zh"}).text
        assert "六区：官方界线；街道：据规划文本数字化，非官方" in page
        assert _located(client, *DISPUTED)["conflicts"] == []
        assert client.post("/collections/zones/revisions/1/restore").is_success
        after = _located(client, *DISPUTED)
        assert {**after, "revision": 1} == before
        assert "据规划文本数字化，非官方界线" in client.get("/map", params={"lang": "zh"}).text


@pytest.mark.parametrize("value", ["0", "-1", "nan", "abc", "1e9"])
def test_accuracy_that_is_no_length_is_refused(editor: TestClient, value: str) -> None:
    given = {"official": "true", "accuracy_m": value}
    answer = send(editor, b"{}", "zones", fields=given)
    assert answer.status_code == 400
    assert "accuracy_m" in answer.text


def test_official_zones_that_the_plan_does_not_know_are_named(editor: TestClient) -> None:
    corners = [[123.34, 41.70], [123.35, 41.70], [123.35, 41.72], [123.34, 41.70]]
    feature = {
        "type": "Feature",
        "properties": {"name": "不在规划里的区"},
        "geometry": {"type": "Polygon", "coordinates": [corners]},
    }
    collection = {"type": "FeatureCollection", "features": [feature]}
    fields = {"official": "true", "dry_run": "true"}
    answer = send(editor, orjson.dumps(collection), "zones", name="zones.geojson", fields=fields)
    told = {problem["code"]: problem for problem in answer.json()["problems"]}
    assert told["official-unknown"]["severity"] == "warning"
    assert "不在规划里的区" in told["official-unknown"]["message"]
    assert "6" in told["official-missing"]["message"]
