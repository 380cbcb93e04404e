"""Browsers sign in with a key; a cookie alone changes nothing."""

import pytest
from starlette.testclient import TestClient

from app.app_state import services_in
from tests.app.conftest import ADMIN_KEY, Serve
from zones.store.open_store import open_store

NEW = {"id": "mine"}


def signed_in(client: TestClient, key: str = ADMIN_KEY) -> str:
    answer = client.post("/session", json={"key": key})
    assert answer.status_code == 200, answer.text
    csrf: str = answer.json()["csrf"]
    return csrf


@pytest.fixture
def browser(serve: Serve) -> TestClient:
    return serve()


def test_a_session_writes_with_the_token_of_its_page(browser: TestClient) -> None:
    csrf = signed_in(browser)
    answer = browser.post("/collections", json=NEW, headers={"X-CSRF-Token": csrf})
    assert answer.status_code == 201
    assert browser.get("/keys").status_code == 200


def test_a_cookie_without_the_token_changes_nothing(browser: TestClient) -> None:
    csrf = signed_in(browser)
    for headers in (
        {},
        {"X-CSRF-Token": "0" * 64},
        {"X-CSRF-Token": b"\xe9"},
        {"X-CSRF-Token": ""},
    ):
        refused = browser.post("/collections", json=NEW, headers=headers)
        assert refused.status_code == 403
        assert refused.json()["type"].endswith("/problems/csrf-wrong")
    other = browser.post("/session", json={"key": ADMIN_KEY}).json()["csrf"]
    assert other != csrf
    assert browser.delete("/session", headers={"X-CSRF-Token": csrf}).status_code == 403


def test_the_cookie_is_kept_from_scripts_and_from_other_sites(browser: TestClient) -> None:
    cookie = browser.post("/session", json={"key": ADMIN_KEY}).headers["set-cookie"]
    for part in ("HttpOnly", "SameSite=Strict", "Path=/"):
        assert part in cookie
    assert ADMIN_KEY not in cookie


def test_below_https_and_a_folder_the_cookie_is_secure_and_stays_there(serve: Serve) -> None:
    client = serve(public_url="https://gis.example.cn/heping")
    cookie = client.post("/session", json={"key": ADMIN_KEY}).headers["set-cookie"]
    assert "Secure" in cookie
    assert "Path=/heping;" in cookie


def test_signing_out_ends_the_session(browser: TestClient) -> None:
    csrf = signed_in(browser)
    token = browser.cookies["zones_session"]
    assert browser.delete("/session", headers={"X-CSRF-Token": csrf}).status_code == 204
    browser.cookies.set("zones_session", token)
    answer = browser.post("/collections", json=NEW, headers={"X-CSRF-Token": csrf})
    assert answer.status_code == 401
    assert browser.delete("/session").status_code == 401


def test_a_wrong_key_begins_nothing_and_is_counted(browser: TestClient) -> None:
    for _ in range(10):
        assert browser.post("/session", json={"key": "hz_wrong"}).status_code == 401
    assert browser.post("/session", json={"key": "hz_wrong"}).status_code == 429
    assert "zones_session" not in browser.cookies


def test_a_form_of_another_site_cannot_sign_anybody_in(browser: TestClient) -> None:
    assert browser.post("/session", data={"key": ADMIN_KEY}).status_code == 415


def test_a_session_dies_with_its_key(browser: TestClient) -> None:
    store = open_store(services_in(browser.app).settings.store)
    key, secret = store.keys.create("li", "editor")
    token = store.sessions.begin(key)
    assert store.sessions.find(token) == store.keys.valid(key.id)
    store.keys.revoke(key.id)
    assert store.sessions.find(token) is None
    assert store.sessions.find("unknown") is None
    store.close()
    assert browser.post("/session", json={"key": secret}).status_code == 401


def test_a_reader_signs_in_and_still_may_not_write(browser: TestClient) -> None:
    store = open_store(services_in(browser.app).settings.store)
    _, secret = store.keys.create("reader", "reader")
    store.close()
    csrf = signed_in(browser, secret)
    answer = browser.post("/collections", json=NEW, headers={"X-CSRF-Token": csrf})
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("/problems/role-too-low")


def test_pages_show_who_is_signed_in(browser: TestClient) -> None:
    html = {"Accept": "text/html"}
    assert "登录" in browser.get("/plan", headers=html).text
    csrf = signed_in(browser)
    page = browser.get("/plan", headers=html).text
    assert f'name="csrf" content="{csrf}"' in page


@pytest.mark.parametrize(
    ("asked", "led_to"),
    [
        ("/imports/1?f=html", "/imports/1?f=html"),
        ("//evil.example", "/upload"),
        ("/\t/evil.example", "/upload"),
        ("/\\evil.example", "/upload"),
        ("https://evil.example/", "/upload"),
        ("javascript:alert(1)", "/upload"),
    ],
)
def test_signing_in_leads_to_pages_of_ours_alone(
    browser: TestClient, asked: str, led_to: str
) -> None:
    answer = browser.get("/signin", params={"next": asked})
    assert answer.status_code == 200
    assert f'data-next="{led_to}"' in answer.text


def test_a_page_of_another_origin_cannot_write(browser: TestClient) -> None:
    csrf = signed_in(browser)
    for origin in ("https://evil.example", "null"):
        headers = {"X-CSRF-Token": csrf, "Origin": origin}
        assert browser.post("/collections", json=NEW, headers=headers).status_code == 403
    own = {"X-CSRF-Token": csrf, "Origin": "http://testserver"}
    assert browser.post("/collections", json=NEW, headers=own).status_code == 201


def test_the_sign_in_page_works_where_reading_needs_a_key(serve: Serve) -> None:
    client = serve(public_read=False)
    page = client.get("/signin")
    script = page.text.partition('type="module" src="')[2].partition('"')[0]
    assert (page.status_code, client.get(script).status_code) == (200, 200)
    assert client.get("/collections").status_code == 401
    signed_in(client)
    assert client.get("/collections").status_code == 200
