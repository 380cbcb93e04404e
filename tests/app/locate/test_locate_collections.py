"""Points located in collections of one's own, beside the plan."""

import io
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.ipc
import pytest
from starlette.testclient import TestClient

from tests.app.conftest import Serve, with_key
from tests.app.files import send

PLOTS = {"east": (123.405, 41.780, 123.415, 41.790), "all": (123.395, 41.780, 123.415, 41.790)}
POINTS = [(123.41, 41.785), (123.40, 41.785), (123.30, 41.0)]
HELD = [["east", "all"], ["all"], []]


@pytest.fixture
def plots(serve: Serve) -> TestClient:
    client = with_key(serve())
    features = []
    for fid, (west, south, east, north) in PLOTS.items():
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        shape = {"type": "Polygon", "coordinates": [ring]}
        features.append(
            {"type": "Feature", "id": fid, "geometry": shape, "properties": {"name": f"地块{fid}"}}
        )
    content = orjson.dumps({"type": "FeatureCollection", "features": features})
    assert send(client, content, "plots", fields={"create": "true"}).status_code == 201
    return client


def asked(client: TestClient, x: float, y: float, **more: str) -> Any:
    return client.get("/locate", params={"lon": x, "lat": y, **more})


def test_one_point_names_every_member_that_holds_it(plots: TestClient) -> None:
    for (x, y), held in zip(POINTS, HELD, strict=True):
        told = asked(plots, x, y, collections="plots,subdistricts").json()
        assert [one["id"] for one in told["members"]["plots"]] == held
        assert told.keys() - {"members"} == asked(plots, x, y).json().keys()
    told = asked(plots, *POINTS[0], collections="plots,subdistricts").json()
    assert told["members"]["plots"][0]["name"] == "地块east"
    assert told["members"]["subdistricts"][0]["id"] == told["subdistrict"]["id"]


def test_a_list_of_points_names_them_too(plots: TestClient) -> None:
    body = {"points": [*POINTS, [200, 0]]}
    told = plots.post("/locate?collections=plots", json=body).json()["results"]
    assert [[one["id"] for one in row["members"]["plots"]] for row in told[:3]] == HELD
    assert "error" in told[3]
    assert "members" not in told[3]


def test_streams_have_a_column_for_each_collection(plots: TestClient) -> None:
    rows = "".join(f"{x},{y}\n" for x, y in POINTS)
    csv = plots.post(
        "/locate?collections=plots&columns=zone_id",
        content=f"lon,lat\n{rows},\n",
        headers={"Content-Type": "text/csv"},
    ).text.splitlines()
    assert csv[0] == "lon,lat,zone_id,plots_ids,locate_fault"
    assert [line.split(",")[3] for line in csv[1:]] == ["east;all", "all", "", ""]
    features = [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": pair}, "properties": {}}
        for pair in POINTS
    ]
    told = plots.post(
        "/locate?collections=plots",
        content=orjson.dumps({"type": "FeatureCollection", "features": features}),
        headers={"Content-Type": "application/geo+json"},
    ).json()
    assert [each["properties"]["plots_ids"] for each in told["features"]] == HELD
    table = pa.table({"lon": [x for x, _ in POINTS], "lat": [y for _, y in POINTS]})
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    media_type = "application/vnd.apache.arrow.stream"
    answer = plots.post(
        "/locate?collections=plots", content=sink.getvalue(), headers={"Content-Type": media_type}
    )
    column = pa.ipc.open_stream(answer.content).read_all()["plots_ids"].to_pylist()
    assert column == ["east;all", "all", ""]


def test_what_cannot_be_located_in_is_told(plots: TestClient) -> None:
    unknown = asked(plots, *POINTS[0], collections="nothing")
    assert unknown.status_code == 404
    points = asked(plots, *POINTS[0], collections="sites")
    assert points.status_code == 400
    assert points.json()["type"].endswith("/problems/members-no-areas")
    many = asked(plots, *POINTS[0], collections=",".join(f"c{i}" for i in range(11)))
    assert many.status_code == 400
    assert plots.post("/locate?collections=nothing", json={"points": POINTS}).status_code == 404


def test_a_new_revision_is_seen_at_once(plots: TestClient) -> None:
    assert asked(plots, *POINTS[0], collections="plots").json()["members"]["plots"]
    headers = {"Content-Type": "application/json"}
    assert plots.delete("/collections/plots/items/east", headers=headers).status_code == 204
    told = asked(plots, *POINTS[0], collections="plots").json()
    assert [one["id"] for one in told["members"]["plots"]] == ["all"]
