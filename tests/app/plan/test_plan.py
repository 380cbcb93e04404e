"""What the plan says, and what was measured of it."""

import csv
import io

import openpyxl
import pytest
from starlette.testclient import TestClient

PLANNED_KM2 = [2.6, 7, 9, 7.1, 10.7, 23.5]
PLANNED_KM = [10.8, 12, 12.9]


def test_the_plan_has_six_zones_two_axes_and_a_belt(client: TestClient) -> None:
    elements = client.get("/plan").json()["elements"]
    assert [element["type"] for element in elements] == ["zone"] * 6 + ["axis"] * 2 + ["belt"]
    assert elements[0]["bounds_verbatim"].startswith("西北至铁路")


def test_another_wording_of_the_plan_is_another_answer(client: TestClient) -> None:
    """The store's revision alone would let a browser keep words that a newer program changed."""
    tag = client.get("/plan/conflicts").headers["etag"]
    assert tag.startswith('"r1-')
    assert client.get("/plan/conflicts", headers={"If-None-Match": tag}).status_code == 304
    assert client.get("/plan/conflicts", headers={"If-None-Match": '"r1"'}).status_code == 200


def test_areas_compare_nine_planned_figures_with_measured_ones(client: TestClient) -> None:
    rows = client.get("/plan/areas").json()["rows"]
    assert [row["planned_area_km2"] for row in rows[:6]] == PLANNED_KM2
    assert [row["planned_length_km"] for row in rows[6:]] == PLANNED_KM
    for row in rows[:6]:
        assert row["planar_area_m2"] == pytest.approx(row["area_m2"], rel=1e-4)


def test_areas_as_csv_open_in_a_spreadsheet(client: TestClient) -> None:
    answer = client.get("/plan/areas?f=csv")
    assert answer.content.startswith("\ufeff".encode())
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [float(row["planned_area_km2"]) for row in rows[:6]] == PLANNED_KM2
    assert answer.headers["content-disposition"] == 'attachment; filename="heping-areas-r1.csv"'


def test_areas_as_workbook_hold_numbers_as_numbers(client: TestClient) -> None:
    answer = client.get("/plan/areas?f=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    head, *rows = sheet.iter_rows(values_only=True)
    column = head.index("planned_area_km2")
    assert [row[column] for row in rows[:6]] == PLANNED_KM2


@pytest.mark.parametrize("path", ["/plan", "/plan/areas", "/plan/zone-manrong"])
def test_a_browser_gets_a_page(client: TestClient, path: str) -> None:
    answer = client.get(path, headers={"Accept": "text/html"})
    assert answer.headers["content-type"].startswith("text/html")
    assert client.get(f"{path}?f=json").headers["content-type"] == "application/json"


def test_a_profile_tells_measure_subdistricts_and_conflicts(client: TestClient) -> None:
    profile = client.get("/plan/zone-changbaidao").json()
    assert profile["measure"]["id"] == "zone-changbaidao"
    assert "c04" in [conflict["id"] for conflict in profile["conflicts"]]
    shares = [subdistrict["share"] for subdistrict in profile["subdistricts"]]
    assert sum(shares) == pytest.approx(1, abs=1e-6)


def test_an_element_that_the_plan_has_not_is_not_found(client: TestClient) -> None:
    assert client.get("/plan/zone-7").status_code == 404


@pytest.mark.parametrize("measure", ["area", "count"])
def test_the_parts_of_an_attribution_sum_to_the_whole(client: TestClient, measure: str) -> None:
    of = "subdistricts" if measure == "area" else "sites"
    table = client.get(f"/plan/attribution?of={of}&by=zones&measure={measure}").json()
    assert sum(row["value"] for row in table["rows"]) == pytest.approx(table["total"])


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("of=sites", 400),
        ("of=none&by=zones", 404),
        ("of=sites&by=none", 404),
        ("of=sites&by=axes", 400),
        ("of=sites&by=zones&measure=median", 400),
        ("of=sites&by=zones&measure=area", 400),
        ("of=sites&by=zones&measure=sum:nothing", 400),
        ("of=sites&by=zones&measure=sum:", 400),
    ],
)
def test_an_attribution_that_makes_no_sense_is_refused(
    client: TestClient, query: str, status: int
) -> None:
    answer = client.get(f"/plan/attribution?{query}")
    assert answer.status_code == status
    assert answer.json()["detail"]


def test_two_or_three_elements_are_compared(client: TestClient) -> None:
    told = client.get("/plan/compare?zones=zone-beishichang,zone-manrong").json()
    assert [one["element"]["id"] for one in told["elements"]] == [
        "zone-beishichang",
        "zone-manrong",
    ]
    assert told["elements"][0]["judgement"]["level"] == "beyond_bound"
    page = {"Accept": "text/html"}
    assert "三好街" in client.get("/plan/compare?lang=zh", headers=page).text
    form = "/plan/compare?zones=zone-beishichang&second=axis-sanhaojie&third="
    sent = client.get(form, headers=page, follow_redirects=False)
    assert sent.headers["location"].endswith("?zones=zone-beishichang%2Caxis-sanhaojie")
    shown = client.get(sent.headers["location"], headers=page)
    assert shown.text.count('scope="col"') == 2
    for wrong in ("", "?zones=zone-manrong", "?zones=a,b,c,d"):
        assert client.get(f"/plan/compare{wrong}").json()["errors"][0]["code"] == "compare-count"
    assert client.get("/plan/compare?zones=zone-manrong,nothing").status_code == 404


def test_a_brief_of_each_element_is_one_page(client: TestClient) -> None:
    for element in client.get("/plan").json()["elements"]:
        answer = client.get(f"/plan/{element['id']}/brief?lang=zh")
        assert answer.status_code == 200
        assert element["name"] in answer.text
    assert client.get("/plan/nothing/brief").status_code == 404
