"""Many points in a JSON body."""

from pathlib import Path
from typing import Any

import httpx2 as httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from starlette.testclient import TestClient

from tests.app.conftest import Serve
from tests.app.processes import server
from zones.crs.transform import CRS, from_storage_xy

IN_ZONE = (123.405, 41.786)
IN_BEIJING = (116.39, 39.91)


def located(client: TestClient, body: object, **params: str) -> list[dict[str, Any]]:
    answer = client.post("/locate", json=body, params=params)
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


@pytest.mark.parametrize(
    "body",
    [
        {"points": [list(IN_ZONE), list(IN_BEIJING)]},
        [list(IN_ZONE), list(IN_BEIJING)],
        [{"lon": IN_ZONE[0], "lat": IN_ZONE[1]}, {"lon": IN_BEIJING[0], "lat": IN_BEIJING[1]}],
    ],
)
def test_each_way_to_write_points_gives_the_answers_of_single_ones(
    client: TestClient, body: object
) -> None:
    singles = [
        client.get("/locate", params={"lon": lon, "lat": lat}).json()
        for lon, lat in (IN_ZONE, IN_BEIJING)
    ]
    assert located(client, body) == singles


def test_a_wrong_point_says_so_in_its_place_and_spoils_no_other(client: TestClient) -> None:
    results = located(client, {"points": [IN_ZONE, [41.786, 123.405], "x", [1, None], IN_ZONE]})
    assert [result.get("error", {}).get("code") for result in results] == [
        None,
        "coordinate-swapped",
        "point-shape",
        "number-invalid",
        None,
    ]
    assert results[1]["error"]["loc"] == ["body", "points", 1]


def test_id_and_other_members_come_along(client: TestClient) -> None:
    row = {"id": "a7", "lon": IN_ZONE[0], "lat": IN_ZONE[1], "name": "门店", "zones": 3}
    (result,) = located(client, [row])
    assert result["id"] == "a7"
    assert result["properties"] == {"name": "门店", "zones": 3}
    assert result["zones"][0]["id"].startswith("zone-")


def test_points_in_a_projected_system_are_x_and_y(client: TestClient) -> None:
    x, y = from_storage_xy(*IN_ZONE, CRS.EPSG_4550)
    (listed, named) = located(client, [[x, y], {"x": x, "y": y}], crs="EPSG:4550")
    (plain,) = located(client, [IN_ZONE])
    assert listed["primary"] == named["primary"] == plain["primary"]


def test_no_points_give_no_results(client: TestClient) -> None:
    assert located(client, []) == []


def test_ten_thousand_points_are_taken_and_one_more_is_not(client: TestClient) -> None:
    assert len(located(client, [[116.39, 39.91]] * 10_000)) == 10_000
    answer = client.post("/locate", json=[[116.39, 39.91]] * 10_001)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "body-not-json"),
        (b"{", "body-not-json"),
        (b"[[NaN, 1]]", "body-not-json"),
        (b"\xff\xfe", "body-not-json"),
        (b"[" * 2000, "body-not-json"),
        (b'[{"lon": 1, "lat": 1, "id": "\\ud800"}]', "body-not-json"),
        (b"[" * 9 + b"]" * 9, "body-too-deep"),
        (b'"points"', "body-points-shape"),
        (b"{}", "body-points-shape"),
        (b'{"points": {}}', "body-points-shape"),
        (b'{"points": [], "crs": "gcj02"}', "body-member-unknown"),
        (b'{"points": [[1, 2]], "points": []}', "body-member-repeated"),
        (b'[{"lon": 1, "lat": 1, "lat": 2}]', "body-member-repeated"),
        (b'[{"lon": 1, "lat": 1, "a": {"b": 1, "b": 2}}]', "body-member-repeated"),
        (b'[{"lon": 1e400, "lat": 1}]', "number-not-kept"),
    ],
)
def test_a_body_that_is_no_list_of_points_is_refused(
    client: TestClient, body: bytes, code: str
) -> None:
    answer = client.post("/locate", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == code


@pytest.mark.parametrize("wrapped", [True, False])
def test_ids_and_what_comes_along_keep_their_digits(client: TestClient, wrapped: bool) -> None:
    rows = (
        '[{"id": 123456789012345678.0, "lon": 123.40500000000000001, "lat": 41.786},'
        '{"id": "a:b", "lon": 123.405, "lat": 41.786, "n": [18446744073709551615, 0.1], "s": ":"},'
        '{"id": 18446744073709551616, "lon": 123.405, "lat": 41.786},'
        '{"id": 7, "lon": 123.405, "lat": 41.786, "n": {"m": 0.12345678901234567890}},'
        "[123.405, 41.786]]"
    )
    body = f'{{"points": {rows}}}' if wrapped else rows
    answer = client.post("/locate", content=body, headers={"Content-Type": "application/json"})
    first, second, third, fourth, fifth = answer.json()["results"]
    assert first["id"] == 123456789012345678
    assert '"id":123456789012345678,' in answer.text
    assert second["primary"] == first["primary"] == fifth["primary"]
    assert "18446744073709551615" in answer.text
    assert third["error"]["code"] == fourth["error"]["code"] == "number-not-kept"
    assert (third["id"], fourth["id"]) == ("18446744073709551616", 7)


def test_a_body_of_another_type_is_refused(client: TestClient) -> None:
    answer = client.post("/locate", content=b"lon,lat", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 415


CSV = {"Content-Type": "text/csv"}
TYPES = {
    "arrow": "application/vnd.apache.arrow.stream",
    "parquet": "application/vnd.apache.parquet",
}
ROWS = "名称,经度,纬度\n甲,123.405,41.786\n乙,116.39,39.91\n丙,41.786,123.405\n"


def test_a_csv_comes_back_with_answers_in_its_rows(client: TestClient) -> None:
    answer = client.post("/locate?columns=zone_id,certain", content=ROWS.encode(), headers=CSV)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    header, first, second, third = answer.text.splitlines()
    assert header == "名称,经度,纬度,zone_id,certain,locate_fault"
    single = client.get("/locate?lon=123.405&lat=41.786").json()
    assert first == f"甲,123.405,41.786,{single['primary']},{str(single['certain']).lower()},"
    assert second == "乙,116.39,39.91,,true,"
    assert third.startswith("丙,41.786,123.405,,,coordinate-swapped")


def test_a_csv_in_gbk_is_answered_in_gbk(client: TestClient) -> None:
    answer = client.post("/locate", content=ROWS.encode("gbk"), headers=CSV)
    assert answer.headers["content-type"].startswith("text/csv; charset=gb18030")
    assert answer.content.decode("gb18030").startswith("名称,经度,纬度,zone_id,zone_name")


def test_a_csv_in_a_shifted_datum_is_moved_first(client: TestClient) -> None:
    x, y = from_storage_xy(*IN_ZONE, CRS.GCJ02)
    body = f"lng,lat\n{x},{y}\n".encode()
    answer = client.post("/locate?crs=gcj02&columns=zone_id", content=body, headers=CSV)
    (plain,) = located(client, [IN_ZONE])
    assert answer.text.splitlines()[1].split(",")[2] == plain["primary"]


@pytest.mark.parametrize(
    ("query", "body", "code"),
    [
        ("", b"", "bulk-empty"),
        ("", b"a,b\n1,2\n", "bulk-no-place"),
        ("?x_column=easting", b"lon,lat\n", "bulk-no-column"),
        ("?columns=zone", b"lon,lat\n", "bulk-column-unknown"),
        ("?delimiter=xx", b"lon,lat\n", "bulk-delimiter-invalid"),
        ("?f=xlsx", b"lon,lat\n", "parameter-choice"),
    ],
)
def test_a_csv_that_cannot_be_answered_is_a_problem(
    client: TestClient, query: str, body: bytes, code: str
) -> None:
    answer = client.post(f"/locate{query}", content=body, headers=CSV)
    assert answer.status_code == 400
    assert answer.json()["type"].endswith(f"/problems/{code}")


def test_too_many_rows_are_refused(serve: Serve) -> None:
    client = serve(max_batch_rows=2)
    answer = client.post("/locate", content=ROWS.encode(), headers=CSV)
    assert answer.status_code == 413
    assert "bulk-too-many-rows" in answer.json()["type"]


def test_a_csv_may_be_longer_than_other_bodies(client: TestClient) -> None:
    body = b"lon,lat\n" + b"123.405,41.786\n" * 100_000
    answer = client.post("/locate?columns=zone_id", content=body, headers=CSV)
    assert answer.text.count(",zone-") == 100_000


@pytest.mark.slow
def test_a_client_that_sends_all_before_it_reads_is_answered(tmp_path: Path) -> None:
    rows = 600_000
    body = b"lon,lat\n" + b"123.405,41.786\n" * rows
    with server(tmp_path / "zones.sqlite") as running:
        answer = running.client.post("/locate", content=body, headers=CSV)
    assert answer.text.count(",zone-") == 2 * rows  # as primary zone and by bounds


@pytest.mark.parametrize("form", ["arrow", "parquet"])
def test_a_csv_is_answered_as_a_table_when_that_is_asked_for(client: TestClient, form: str) -> None:
    answer = client.post(f"/locate?f={form}", content=ROWS.encode(), headers=CSV)
    assert answer.status_code == 200, answer.text
    source = pa.BufferReader(answer.content)
    told = pa.ipc.open_stream(source).read_all() if form == "arrow" else pq.read_table(source)
    assert told["名称"].to_pylist() == ["甲", "乙", "丙"]
    assert told["inside_district"].to_pylist() == [True, False, None]
    again = client.post("/locate", content=answer.content, headers={"Content-Type": TYPES[form]})
    assert again.headers["content-type"] == TYPES[form]


@pytest.mark.parametrize("form", ["arrow", "parquet"])
def test_a_table_that_cannot_be_read_is_a_problem(client: TestClient, form: str) -> None:
    answer = client.post("/locate", content=b"lon,lat", headers={"Content-Type": TYPES[form]})
    assert answer.status_code == 400
    assert answer.json()["type"].endswith("/problems/bulk-arrow-invalid")


def arrow_cut_off(rows: int) -> bytes:
    """Return an Arrow stream of many batches that breaks off within the last."""
    sink = pa.BufferOutputStream()
    table = pa.table({"lon": [IN_ZONE[0]] * rows, "lat": [IN_ZONE[1]] * rows})
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=100)
    whole: bytes = sink.getvalue().to_pybytes()
    return whole[:-100]


@pytest.mark.parametrize("wanted", ["arrow", "csv", "parquet"])
def test_a_fault_at_the_end_of_a_small_table_is_told_by_the_status(
    client: TestClient, wanted: str
) -> None:
    headers = {"Content-Type": TYPES["arrow"]}
    answer = client.post(f"/locate?f={wanted}", content=arrow_cut_off(1000), headers=headers)
    assert answer.status_code == 400
    assert answer.json()["type"].endswith("/problems/bulk-arrow-invalid")


@pytest.mark.slow
def test_a_fault_late_in_a_large_table_breaks_its_answer_off(tmp_path: Path) -> None:
    body, headers = arrow_cut_off(100_000), {"Content-Type": TYPES["arrow"]}
    with server(tmp_path / "zones.sqlite") as running:
        sending = running.client.stream("POST", "/locate?f=csv", content=body, headers=headers)
        with sending as answer:
            assert answer.status_code == 200
            with pytest.raises(httpx.RemoteProtocolError):
                answer.read()


def test_geojson_comes_back_with_answers_among_its_properties(client: TestClient) -> None:
    geometry = {"type": "Point", "coordinates": IN_ZONE}
    points = [{"type": "Feature", "properties": {"名称": "甲"}, "geometry": geometry}]
    headers = {"Content-Type": "application/geo+json"}
    body = {"type": "FeatureCollection", "features": points}
    answer = client.post("/locate?columns=zone_id", json=body, headers=headers)
    assert answer.headers["content-type"] == "application/geo+json"
    (told,) = answer.json()["features"]
    assert told["properties"]["zone_id"].startswith("zone-")
    assert answer.json()["summary"]["zones"] == {told["properties"]["zone_id"]: 1}
