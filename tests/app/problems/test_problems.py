"""Every refusal is a problem document, in the reader's language, and keeps the inside inside."""

from html import unescape
from typing import Any

import pytest
from starlette.requests import Request
from starlette.testclient import TestClient

from app.http.fault_status import STATUS, RequestError, UnexpectedError, status_of
from app.problems.problem_page import brief_page, wants_brief_page
from tests.app.conftest import Serve
from zones.errors import FilterTimeoutError, SourceLimitError, StoreError, ZonesError
from zones.messages import catalogue


def all_faults(cls: type[ZonesError] = ZonesError) -> list[type[ZonesError]]:
    return [cls, *(fault for child in cls.__subclasses__() for fault in all_faults(child))]


def assert_problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail", "instance"} <= problem.keys()
    assert problem["status"] == status
    assert problem["request_id"] == answer.headers["x-request-id"]
    return problem


@pytest.mark.parametrize("fault", all_faults(), ids=lambda fault: fault.__name__)
def test_every_fault_has_a_status(fault: type[ZonesError]) -> None:
    assert any(cls in STATUS for cls in fault.__mro__)


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (ZonesError("invalid", reason="x"), 400),
        (SourceLimitError("source-empty"), 422),
        (StoreError("store-busy"), 503),
        (StoreError("store-full"), 507),
    ],
)
def test_a_fault_has_the_status_of_its_class_unless_its_code_says_more(
    fault: ZonesError, status: int
) -> None:
    assert status_of(fault) == status


def test_an_unknown_address_is_a_problem(client: TestClient) -> None:
    problem = assert_problem(client.get("/no/such"), 404)
    assert problem["instance"] == "/no/such"


@pytest.mark.parametrize("path", ["/plan/", "/collections/", "/collections//items"])
def test_a_slash_too_many_leads_nowhere(client: TestClient, path: str) -> None:
    assert_problem(client.get(path), 404)


def test_a_method_that_is_not_taken_names_those_that_are(editor: TestClient) -> None:
    answer = editor.put("/locate")
    assert_problem(answer, 405)
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    answer = editor.put("/collections/zones")
    assert answer.headers["allow"] == "DELETE, GET, HEAD, OPTIONS, PATCH"


def test_options_names_the_methods(client: TestClient) -> None:
    answer = client.options("/collections/zones")
    assert answer.status_code == 204
    assert answer.headers["allow"] == "DELETE, GET, HEAD, OPTIONS, PATCH"
    assert client.options("/no").status_code == 404


def test_languages_are_chinese_first(client: TestClient) -> None:
    assert assert_problem(client.get("/no"), 404)["title"] == "找不到"
    assert assert_problem(client.get("/no?lang=en"), 404)["title"] == "Not found"
    english = client.get("/no", headers={"Accept-Language": "fr, en;q=0.8, zh;q=0.2"})
    assert assert_problem(english, 404)["title"] == "Not found"
    assert english.headers["content-language"] == "en"


@pytest.mark.parametrize("header", ["", "fr", "en;q=x", "zh;q=0.9,en;q=0.1", ";;;", "*"])
def test_who_asks_for_neither_language_gets_chinese(client: TestClient, header: str) -> None:
    problem = client.get("/no", headers={"Accept-Language": header}).json()
    assert problem["title"] == "找不到"


def test_a_language_that_is_not_offered_is_refused(client: TestClient) -> None:
    problem = assert_problem(client.get("/collections?lang=fr"), 400)
    assert problem["errors"][0]["loc"] == ["query", "lang"]


def test_the_type_of_a_problem_leads_to_its_explanation(client: TestClient) -> None:
    problem = client.get("/collections/none").json()
    explained = client.get(problem["type"]).json()
    assert explained["code"] == "unknown-collection"
    assert client.get("/problems/no-such-code").status_code == 404


def test_an_unexpected_fault_tells_only_its_id(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret /etc/passwd SELECT")

    monkeypatch.setattr("app.features.routes_ogc.conformance_document", broken)
    answer = serve().get("/conformance")
    problem = assert_problem(answer, 500)
    assert "secret" not in answer.text
    assert "RuntimeError" not in answer.text
    logged = capfd.readouterr().err
    assert problem["request_id"] in logged
    assert "secret /etc/passwd SELECT" in logged


def test_every_code_that_a_problem_may_have_has_a_hint_or_speaks_for_itself() -> None:
    for code in ("parameter-unknown", "key-missing", "body-too-large", "import-busy"):
        assert catalogue()[code]["zh_hint"]
    assert RequestError("point-missing").text("zh").hint


def test_a_filter_that_takes_too_long_is_the_service_s_limit_and_not_the_sender_s_fault() -> None:
    assert status_of(FilterTimeoutError()) == 503


BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
WRONG = {
    "/no/such": 404,
    "/collections/none": 404,
    "/collections/none/items": 404,
    "/collections/zones/items/none": 404,
    "/collections/zones/tiles/None": 404,
    "/collections/zones/tiles/WebMercatorQuad/0/9/9": 404,
    "/collections/none/export?f=gpkg": 404,
    "/tileMatrixSets/none": 404,
    "/plan/none": 404,
    "/revisions/999999": 404,
    "/problems/none": 404,
    "/collections?lang=fr": 400,
    "/collections/zones/items?nonsense=1": 400,
    "/collections/zones/items?bbox=0,0,1,91": 400,
    "/collections/zones/items?f=gpkg&bbox=181,0,182,1": 400,
    "/map?collections=none": 404,
    "/search": 400,
    "/plan/attribution?of=zones&by=sites&measure=area": 400,
    "/keys": 401,
}


@pytest.mark.parametrize("path", WRONG)
def test_a_browser_gets_a_page_in_chinese_that_says_how_to_mend_it(
    client: TestClient, path: str
) -> None:
    answer = client.get(path, headers=BROWSER)
    assert answer.status_code == WRONG[path]
    assert answer.headers["content-type"].startswith("text/html")
    assert '<html lang="zh-CN">' in answer.text
    problem = client.get(path).json()
    assert answer.status_code == problem["status"]
    first = problem.get("errors", [{"message": problem["detail"]}])[0]["message"]
    assert first[:7] in unescape(answer.text)


@pytest.mark.parametrize("path", ["/no/such", "/collections/none", "/collections/zones?x=1"])
def test_programs_get_documents_whatever_they_are_built_in(client: TestClient, path: str) -> None:
    for accept in ("*/*", "application/json", "application/geo+json, */*;q=0.1", "image/avif,*/*"):
        answer = client.get(path, headers={"Accept": accept})
        assert answer.headers["content-type"] == "application/problem+json"
    sign = "&" if "?" in path else "?"
    asked = client.get(f"{path}{sign}f=json", headers=BROWSER)
    assert asked.headers["content-type"] == "application/problem+json"
    asked = client.get(f"{path}{sign}f=html")
    assert asked.headers["content-type"].startswith("text/html")
    assert client.delete(path, headers=BROWSER).headers["content-type"].endswith("problem+json")


def test_a_page_of_a_fault_speaks_english_when_asked_and_shows_text_as_text(
    client: TestClient,
) -> None:
    answer = client.get("/collections/%3Cscript%3Ealert(1)?lang=en", headers=BROWSER)
    assert "Not found" in answer.text
    assert "<script>alert" not in answer.text
    assert answer.headers["x-request-id"] in answer.text


def test_a_browser_that_must_sign_in_is_led_there_and_back(client: TestClient) -> None:
    page = client.get("/audit?who=x", headers=BROWSER).text
    assert 'class="button" href="/signin?next=' in page
    assert "%2Faudit%3Fwho%3Dx" in page
    assert "/signin?next=" in page


def test_what_nobody_foresaw_is_told_to_a_browser_in_a_few_words() -> None:
    fault = UnexpectedError("server-error", request_id="<b>1")
    scope = {"type": "http", "method": "GET", "path": "/x", "query_string": b""}
    browser = Request({**scope, "headers": [(b"accept", BROWSER["Accept"].encode())]})
    assert wants_brief_page(browser, fault)
    assert not wants_brief_page(browser, StoreError("store-busy"))
    assert not wants_brief_page(Request({**scope, "headers": []}), fault)
    answer = brief_page(fault, status=500, title="出错", lang="zh")
    assert answer.status_code == 500
    text = bytes(answer.body).decode()
    assert "出现意外错误" in text
    assert "&lt;b&gt;1" in text
