"""Values of indicators: reported as files and JSON, shown, refused and undone."""

import csv
import io

import openpyxl
import pytest
from starlette.testclient import TestClient

VALUES = "/plan/indicators/values"
TABLE = "代码,现状值,日期,来源\nhigh_tech_firms,345,2023,区科技局\nmakers,,,\n"


def send(client: TestClient, content: bytes, name: str = "values.csv") -> dict[str, object]:
    answer = client.post(VALUES, files={"file": (name, content)})
    assert answer.status_code == 200, answer.text
    told: dict[str, object] = answer.json()
    return told


def row_of(client: TestClient, code: str) -> dict[str, object]:
    rows = client.get("/plan/indicators").json()["rows"]
    return next(row for row in rows if row["code"] == code)


@pytest.mark.slow
def test_values_are_reported_shown_corrected_and_undone(editor: TestClient) -> None:
    assert send(editor, TABLE.encode("gb18030")) == {
        "new": 1, "changed": 0, "same": 0, "blank": 1, "dry_run": False, "revision": 2,
    }  # fmt: skip
    row = row_of(editor, "high_tech_firms")
    assert row["status"] == "behind"
    assert row["present"] == {
        "date": "2023-12-31", "value": 345.0, "source": "区科技局", "note": "",
    }  # fmt: skip
    again = editor.get(f"{VALUES}?f=xlsx").content
    assert send(editor, again, "values.xlsx")["same"] == 1
    told = {"code": "high_tech_firms", "value": 402, "date": "2023", "source": "区科技局"}
    answer = editor.post(VALUES, json={"values": [told], "note": "更正"})
    assert (answer.json()["changed"], answer.headers["x-revision"]) == (1, "3")
    assert row_of(editor, "high_tech_firms")["status"] == "reached"
    collection = "/collections/plan_indicator_values"
    first = editor.get(f"{collection}/revisions").json()["revisions"][0]
    assert "更正" in str(first)
    assert editor.post(f"{collection}/revisions/2/restore").status_code in {200, 201}
    assert row_of(editor, "high_tech_firms")["status"] == "behind"
    newest, *_, seeded = editor.get("/changes").json()["changes"]
    assert newest["collections"][0]["id"] == "plan_indicator_values"
    assert (seeded["revision"], len(seeded["collections"])) == (1, 10)
    changes = editor.get("/changes?lang=zh", headers={"Accept": "text/html"}).text
    assert "规划指标的现状值" in changes
    assert "更正" in changes
    (item, *_) = editor.get(f"{collection}/items").json()["features"]
    nonsense = {"properties": {"date": "last year"}}
    assert editor.patch(f"{collection}/items/{item['id']}", json=nonsense).status_code == 200
    assert editor.get("/plan/indicators").json()["unusable"] == [item["id"]]
    page = editor.get("/plan/indicators?lang=zh", headers={"Accept": "text/html"}).text
    assert "1 条上报值读不懂" in page
    assert "落后不足一年" in page
    assert "plan_indicator_values" not in editor.get("/map").text.split("page-data")[1]


def test_a_template_can_be_sent_as_it_is(editor: TestClient) -> None:
    for form in ("csv", "xlsx"):
        template = editor.get(f"/plan/indicators/template?f={form}").content
        told = send(editor, template, f"template.{form}")
        assert (told["new"], told["revision"]) == (0, None)
        assert told["blank"] == 60


def test_one_row_at_fault_stores_nothing_and_is_named(editor: TestClient) -> None:
    content = f"{TABLE}nothing,1,2023,甲\n".encode()
    answer = editor.post(VALUES, files={"file": ("values.csv", content)})
    assert answer.status_code == 400
    assert [error["loc"] for error in answer.json()["errors"]] == [["row", 4, "代码"]]
    assert editor.get("/health/ready").json()["details"]["revision"] == 1
    checked = editor.post(VALUES, files={"file": ("v.csv", TABLE)}, data={"dry_run": "true"})
    assert (checked.json()["new"], checked.json()["revision"]) == (1, None)


@pytest.mark.slow
def test_what_cannot_be_read_is_refused_in_words(editor: TestClient) -> None:
    for content in (b"", b"PK\x03\x04 no workbook", b"a,b\n1,2\n"):
        answer = editor.post(VALUES, files={"file": ("values.csv", content)})
        assert 400 <= answer.status_code < 500, content
        assert answer.json()["detail"]
    for told in ({}, {"values": 3}, {"values": [1]}, {"values": [{"what": 1}]}):
        assert editor.post(VALUES, json=told).status_code == 400


def test_reading_is_open_and_reporting_is_not(client: TestClient) -> None:
    table = client.get("/plan/indicators?f=csv").content.decode("utf-8-sig")
    assert len(list(csv.DictReader(io.StringIO(table)))) == 86
    book = openpyxl.load_workbook(io.BytesIO(client.get("/plan/indicators?f=xlsx&lang=zh").content))
    assert book.active is not None
    assert next(book.active.iter_rows(values_only=True))[:2] == ("代码", "指标")
    only = client.get("/plan/indicators?element=zone-sanhaojie&status=no_value").json()["rows"]
    assert {row["element"] for row in only} == {"zone-sanhaojie"}
    assert client.post(VALUES, files={"file": ("v.csv", TABLE)}).status_code == 401


def test_conflicts_are_told_with_elements_areas_and_sites_without_a_place(
    client: TestClient,
) -> None:
    told = client.get("/plan/conflicts").json()
    assert len(told["conflicts"]) == 18
    fourth = told["conflicts"][3]
    assert fourth["elements"][:2] == ["zone-changbaidao", "zone-manrong"]
    assert fourth["areas"][0]["area_m2"] > 6e6
    assert len(told["unplaced"]) == 140
    page = client.get("/plan/conflicts?lang=zh", headers={"Accept": "text/html"}).text
    assert page.count('class="conflict-card"') == 18
