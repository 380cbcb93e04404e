"""How a table of points is read: told with the answer, and beforehand."""

import io
import json
from typing import Any

import pyarrow as pa
import pytest
from starlette.testclient import TestClient

CSV = {"Content-Type": "text/csv"}


def notes(client: TestClient, body: str | bytes, query: str = "") -> list[dict[str, Any]]:
    content = body if isinstance(body, bytes) else body.encode()
    answer = client.post(f"/locate{query}", content=content, headers=CSV)
    assert answer.status_code == 200, answer.text
    told: list[dict[str, Any]] = json.loads(answer.headers.get("x-notes", "[]"))
    return told


def test_what_is_told_comes_in_a_header_in_the_language_asked_for(client: TestClient) -> None:
    text = "点号,X,Y\nJ1,4627400,41533661.6\n"
    (note,) = notes(client, text, "?crs=EPSG:4529")
    assert note["code"] == "csv-x-is-north"
    assert "北坐标" in note["message"]
    (note,) = notes(client, text, "?crs=EPSG:4529&lang=en")
    assert "northing" in note["message"]


def test_what_is_found_in_rows_is_told_of_small_tables(client: TestClient) -> None:
    told = notes(client, "lon,lat,n\n123.405,41.785,\n123°24′18″,41°47′06″,\n1,2\n")
    assert [note["code"] for note in told] == ["csv-angles-read", "csv-rows-short"]
    assert "“123°24′18″”" in told[0]["message"]


def test_a_header_stays_short_whatever_there_is_to_tell(client: TestClient) -> None:
    name = "坐" * 150
    text = f"sep=,\n{name}经度,{name}纬度,{name}经度\n１23.405,41°47′06″,0\n1\n"
    answer = client.post("/locate", content=text.encode(), headers=CSV)
    assert len(answer.headers["x-notes"]) < 4000
    assert [note["code"] for note in json.loads(answer.headers["x-notes"])] == [
        "csv-sep-line",
        "csv-columns-chosen",
        "csv-numbers-cleaned",
        "csv-angles-read",
        "csv-rows-short",
    ]


def test_a_plain_table_has_no_notes(client: TestClient) -> None:
    answer = client.post("/locate", content=b"lon,lat\n123.4,41.79\n", headers=CSV)
    assert "x-notes" not in answer.headers


def test_a_datum_that_columns_name_counts_where_no_other_is_named(client: TestClient) -> None:
    text = "lng_gcj02,lat_gcj02\n123.41,41.79\n"
    rows = [
        client.post(f"/locate{query}", content=text.encode(), headers=CSV).text
        for query in ("", "?crs=gcj02")
    ]
    assert rows[0] == rows[1]
    assert [note["code"] for note in notes(client, text)] == ["csv-datum-named"]
    overruled = notes(client, text, "?crs=CRS84")
    assert [note["code"] for note in overruled] == ["csv-datum-overruled"]


def test_a_table_as_arrow_or_parquet_is_read_alike(client: TestClient) -> None:
    text = '坐标,n\n"123.405,41.785",1\n123.405,41.785,2\n123.405,41.785,3,4\n'
    answer = client.post("/locate?f=arrow", content=text.encode(), headers=CSV)
    told = pa.ipc.open_stream(io.BytesIO(answer.content)).read_all().to_pydict()
    assert told["坐标"] == ["123.405,41.785"] * 2 + ["123.405"]
    assert told["zone_id"][0] == told["zone_id"][1] is not None
    assert told["locate_fault"][2].startswith("row-too-wide")
    (note,) = json.loads(answer.headers["x-notes"])
    assert note["code"] == "csv-one-column"


@pytest.mark.parametrize("line_break", ["\r", "\n", "\r\n"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_a_table_is_described_as_it_would_be_read(
    client: TestClient, line_break: str, codec: str
) -> None:
    lines = ["名称;纬度;经度;纬度", "甲;41.785;123.405;0", "乙;41.786;123.405"]
    body = line_break.join(lines).encode(codec)
    answer = client.post("/locate/describe", content=body, headers=CSV)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["encoding"] == {"gbk": "GB18030", "utf-16": "UTF-16"}.get(codec, "UTF-8")
    assert told["delimiter"] == ";"
    assert told["columns"] == ["名称", "纬度", "经度", "纬度_4"]
    assert told["rows"] == [["甲", "41.785", "123.405", "0"], ["乙", "41.786", "123.405", ""]]
    assert (told["x"], told["y"], told["crs"]) == (2, 1, None)
    assert [note["code"] for note in told["notes"]][-1] == "csv-columns-chosen"


def test_the_beginning_of_a_table_is_enough_wherever_it_is_cut(client: TestClient) -> None:
    for codec in ("utf-8", "gbk", "utf-16"):
        body = "名称,坐标\n" + '甲乙丙,"123.405,41.785"\n' * 4
        whole = body.encode(codec)
        for cut in range(len(whole) - 20, len(whole)):
            answer = client.post("/locate/describe", content=whole[:cut], headers=CSV)
            assert answer.status_code == 200, (codec, cut, answer.text)
            assert (answer.json()["x"], answer.json()["y"]) == (1, 1)


def test_a_table_without_known_columns_is_described_all_the_same(client: TestClient) -> None:
    told = client.post("/locate/describe", content=b"a;b\n1;2\n", headers=CSV).json()
    assert (told["x"], told["y"], told["columns"]) == (None, None, ["a", "b"])


@pytest.mark.parametrize(("body", "code"), [(b"", "bulk-empty"), (bytes(range(256)) * 9, None)])
def test_what_is_no_table_is_a_problem(client: TestClient, body: bytes, code: str | None) -> None:
    answer = client.post("/locate/describe", content=body, headers=CSV)
    assert answer.status_code == 400
    assert answer.json()["type"].endswith(code or "bulk-encoding-unknown")
    assert client.post("/locate/describe", content=body).status_code == 415
