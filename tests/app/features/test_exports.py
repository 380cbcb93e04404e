"""Downloads of whole collections."""

import io
import json
import tempfile
import zipfile
from pathlib import Path
from urllib.parse import unquote

import pytest
from starlette.testclient import TestClient

from tests.app.files import HEPING, SHENYANG_NORTH, make_collection, points_geojson, send
from tests.exported import FORMATS

ZONES = "/collections/zones/export"


@pytest.mark.parametrize("format_", FORMATS)
def test_every_format_can_be_downloaded(format_: str, client: TestClient) -> None:
    answer = client.get(ZONES, params={"f": format_}, headers={"Accept-Encoding": "identity"})
    assert answer.status_code == 200
    assert answer.headers["etag"] == '"r1"'
    assert len(answer.content) == int(answer.headers["content-length"])
    assert answer.headers["content-type"].split(";")[0] != "application/json"


def test_a_txt_for_land_offices_is_laid_out_as_asked_for(client: TestClient) -> None:
    asked = {"f": "gtxt", "closing": "open", "fields": "name"}
    answer = client.get(ZONES, params=asked)
    assert answer.headers["content-type"] == "text/plain; charset=gbk"
    assert "-epsg4529-r1.txt" in answer.headers["content-disposition"]
    told = json.loads(answer.headers["x-notes"])
    assert [each["code"] for each in told] == ["export-gtxt-fields"]
    head, first = answer.content.decode("gbk").split("[地块坐标]\r\n")[1].split("\r\n")[:2]
    assert head.endswith(",@")
    assert first.startswith("J1,1,46")


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"f": "gtxt", "order": "yx"}, "export-gtxt-layout"),
        ({"closing": "open"}, "export-gtxt-only"),
    ],
)
def test_a_layout_that_cannot_be_is_refused(
    client: TestClient, asked: dict[str, str], code: str
) -> None:
    answer = client.get(ZONES, params=asked, headers={"Accept": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["type"].endswith(code)


def test_without_a_format_it_is_a_geopackage(client: TestClient) -> None:
    answer = client.get(ZONES)
    assert answer.headers["content-type"] == "application/geopackage+sqlite3"
    assert answer.content.startswith(b"SQLite format 3\0")


def test_the_file_has_the_chinese_name_of_the_collection(client: TestClient) -> None:
    told = client.get(ZONES, params={"f": "shp", "crs": "gcj02"}).headers["content-disposition"]
    plain, named = told.split("; ")[1:]
    assert plain == 'filename="zones-gcj02-r1.zip"'
    assert named.startswith("filename*=UTF-8''")
    title = client.get("/collections/zones").json()["name"]
    assert unquote(named.partition("''")[2]) == f"{title}-gcj02-r1.zip"


def test_a_name_cannot_break_out_of_its_header(editor: TestClient) -> None:
    make_collection(editor, title='a"; x=\r\ny/../甲')
    answer = editor.get("/collections/mine/export?f=geojson")
    assert answer.status_code == 200
    assert unquote(answer.headers["content-disposition"]).endswith("a_; x=_y_.._甲-r2.geojson")


def test_an_export_known_already_is_not_made_again(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr("app.features.export_response.write_export", never)
    answer = client.get(ZONES, headers={"If-None-Match": '"r1"'})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == '"r1"'


def test_a_past_revision_can_be_exported(editor: TestClient) -> None:
    make_collection(editor)
    send(editor, points_geojson(HEPING))
    send(editor, points_geojson(HEPING, SHENYANG_NORTH))
    counts = [
        len(editor.get(f"/collections/mine/export?f=geojson&revision={n}").json()["features"])
        for n in (2, 3, 4)
    ]
    assert counts == [0, 1, 2]


def test_what_is_downloaded_can_be_uploaded_again(editor: TestClient) -> None:
    make_collection(editor)
    send(editor, points_geojson(HEPING, SHENYANG_NORTH))
    packed = editor.get("/collections/mine/export?f=shp&encoding=gbk").content
    assert "mine.cpg" in zipfile.ZipFile(io.BytesIO(packed)).namelist()
    again = send(editor, packed, name="mine.zip", fields={"dry_run": "true"}).json()
    assert again["counts"]["unchanged"] == 2
    assert again["counts"]["changed"] == again["counts"]["added"] == 0


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("f=dwg", 400),
        ("f=gpkg&encoding=gbk", 400),
        ("f=kml&crs=EPSG:4550", 400),
        ("crs=EPSG:1", 400),
        ("revision=99", 404),
        ("format=gpkg", 400),
    ],
)
def test_what_cannot_be_made_is_refused(client: TestClient, query: str, status: int) -> None:
    answer = client.get(f"{ZONES}?{query}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_unknown_collection_is_404(client: TestClient) -> None:
    assert client.get("/collections/none/export").status_code == 404


def test_nothing_stays_on_the_disk(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for format_ in FORMATS:
        client.get(ZONES, params={"f": format_})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("encoding", "charset"), [("utf-8-sig", "utf-8"), ("utf-8", "utf-8"), ("gbk", "gbk")]
)
def test_a_csv_says_which_encoding_it_is_in(
    encoding: str, charset: str, client: TestClient
) -> None:
    answer = client.get(ZONES, params={"f": "csv", "encoding": encoding})
    assert answer.headers["content-type"] == f"text/csv; charset={charset}"
    assert "产业集聚区" in answer.content.decode(encoding)
