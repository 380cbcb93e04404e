"""Accounts, sign-in by password, groups and rights, as clients meet them."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.app.conftest import serving_copy

PASSWORD = "correct horse battery staple"  # noqa: S105 - of accounts made here
ANOTHER = "another horse, another staple"


@pytest.fixture(scope="module")
def admin(seeded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with serving_copy(seeded_file, tmp_path_factory.mktemp("people")) as client:
        yield client


def make(admin: TestClient, name: str, role: str = "reader") -> str:
    """Make an account and return its id."""
    made = admin.post("/accounts", json={"name": name, "password": PASSWORD, "role": role})
    assert made.status_code == 201, made.text
    assert PASSWORD not in made.text
    return str(made.json()["id"])


def signed_in(admin: TestClient, name: str, password: str = PASSWORD) -> TestClient:
    """Return a browser that has signed in."""
    browser = TestClient(admin.app)
    answer = browser.post("/session", json={"name": name, "password": password})
    assert answer.status_code == 200, answer.text
    browser.headers["X-CSRF-Token"] = answer.json()["csrf"]
    return browser


def test_a_person_signs_in_reads_and_writes_as_the_role_allows(admin: TestClient) -> None:
    make(admin, "Qian.Yi", "editor")
    browser = signed_in(admin, "qian.yi")
    assert browser.post("/collections", json={"id": "qian_one"}).status_code == 201
    assert browser.get("/accounts").status_code == 403
    (revision,) = browser.get("/collections/qian_one/revisions").json()["revisions"]
    assert revision["who"] == "qian.yi"
    (listed,) = (a for a in admin.get("/accounts").json()["accounts"] if a["name"] == "qian.yi")
    assert listed["valid"]
    assert listed["last_used_at"]


def test_a_wrong_password_is_refused_and_noted(admin: TestClient) -> None:
    make(admin, "sun.er")
    answer = TestClient(admin.app).post("/session", json={"name": "sun.er", "password": "wrong"})
    unknown = TestClient(admin.app).post("/session", json={"name": "no.one", "password": "wrong"})
    assert answer.status_code == unknown.status_code == 401
    assert answer.json()["detail"] == unknown.json()["detail"]
    (noted, *_) = (
        line for line in admin.get("/audit").json()["entries"] if line["who"] == "sun.er"
    )
    assert (noted["action"], noted["outcome"]) == ("sign-in", "refused")


@pytest.mark.slow
def test_guessing_locks_the_guesser_out_and_nobody_else(admin: TestClient) -> None:
    make(admin, "li.san")
    make(admin, "li.si")
    guesser = TestClient(admin.app, client=("192.0.2.1", 1))
    wrong = {"name": "Li.San", "password": "guess"}
    answers = [guesser.post("/session", json=wrong).status_code for _ in range(7)]
    assert answers == [401] * 5 + [429] * 2
    right = {"name": "li.san", "password": PASSWORD}
    assert guesser.post("/session", json=right).status_code == 429
    assert guesser.post("/session", json={**right, "name": "li.si"}).status_code == 200
    elsewhere = TestClient(admin.app, client=("192.0.2.2", 1))
    assert elsewhere.post("/session", json=right).status_code == 200


@pytest.mark.slow
def test_one_changes_ones_own_password_and_other_sessions_end(admin: TestClient) -> None:
    make(admin, "zhou.wu")
    here, there = signed_in(admin, "zhou.wu"), signed_in(admin, "zhou.wu")
    wrong = here.put("/account/password", json={"old": "wrong", "new": ANOTHER})
    easy = here.put("/account/password", json={"old": PASSWORD, "new": "zhou.wu.zhou.wu"})
    assert (wrong.status_code, easy.status_code) == (403, 400)
    changed = here.put("/account/password", json={"old": PASSWORD, "new": ANOTHER})
    assert changed.status_code == 200
    assert 'name="csrf"' in here.get("/signin").text
    assert 'name="csrf"' not in there.get("/signin").text
    signed_in(admin, "zhou.wu", ANOTHER)
    assert admin.put("/account/password", json={"old": "x", "new": ANOTHER}).status_code == 403


def test_an_account_is_changed_ended_and_begun_again(admin: TestClient) -> None:
    id_ = make(admin, "wu.liu", "editor")
    browser = signed_in(admin, "wu.liu")
    assert admin.patch(f"/accounts/{id_}", json={"role": "reader"}).json()["role"] == "reader"
    assert browser.post("/collections", json={"id": "wu_one"}).status_code == 403
    ended = admin.patch(f"/accounts/{id_}", json={"active": False}).json()
    assert not ended["valid"]
    assert browser.post("/collections", json={"id": "wu_one"}).status_code == 401
    assert admin.patch(f"/accounts/{id_}", json={"active": True, "expires_at": None}).json()[
        "valid"
    ]
    past = admin.patch(f"/accounts/{id_}", json={"expires_at": "2020-01-01T00:00:00Z"}).json()
    assert not past["valid"]
    assert admin.patch("/accounts/none", json={"role": "reader"}).status_code == 404


def test_a_group_gives_its_members_rights_in_a_collection(admin: TestClient) -> None:
    id_ = make(admin, "zheng.qi")
    browser = signed_in(admin, "zheng.qi")
    admin.post("/collections", json={"id": "shared_one", "private": True, "title": "共用"})
    assert browser.get("/collections/shared_one").status_code == 404
    group = admin.post("/groups", json={"name": "测绘科", "members": [id_]}).json()["id"]
    rights = {"rights": [{"id": group, "role": "editor"}]}
    given = admin.put("/collections/shared_one/rights", json=rights).json()
    assert given["rights"] == [{"id": group, "name": "测绘科", "kind": "group", "role": "editor"}]
    assert browser.get("/collections/shared_one").status_code == 200
    assert browser.patch("/collections/shared_one", json={"title": "新"}).status_code == 200
    assert browser.patch("/collections/shared_one", json={"private": False}).status_code == 403
    assert browser.get("/collections/shared_one/rights").status_code == 403
    assert admin.put(f"/groups/{group}", json={"name": "测绘科"}).json()["members"] == []
    assert browser.get("/collections/shared_one").status_code == 404
    assert admin.delete(f"/groups/{group}").status_code == 204
    assert admin.get("/collections/shared_one/rights").json()["rights"] == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/accounts", {"name": "a b", "password": PASSWORD, "role": "reader"}),
        ("POST", "/accounts", {"name": "ab", "password": "short", "role": "reader"}),
        ("POST", "/accounts", {"name": "ab", "password": PASSWORD, "role": "owner"}),
        ("POST", "/groups", {"name": "x", "members": ["nobody"]}),
        ("POST", "/groups", {"name": "x", "members": "nobody"}),
        ("PUT", "/collections/zones/rights", {"rights": [{"id": "x", "role": "reader"}]}),
        ("PUT", "/collections/zones/rights", {"rights": {"x": "reader"}}),
        ("POST", "/session", {"name": "ab"}),
        ("POST", "/session", {}),
    ],
)
def test_what_cannot_be_is_refused_with_a_hint(
    admin: TestClient, method: str, path: str, body: dict[str, object]
) -> None:
    answer = admin.request(method, path, json=body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["errors"]


def test_refused_writes_are_in_the_audit_log(admin: TestClient) -> None:
    make(admin, "wang.ba")
    signed_in(admin, "wang.ba").post("/collections/zones/items", json={})
    (noted, *_) = (
        line for line in admin.get("/audit").json()["entries"] if line["who"] == "wang.ba"
    )
    assert (noted["outcome"], noted["collection"]) == ("refused", "zones")
    assert noted["reason"] == "role-too-low: POST /collections/zones/items"


def test_the_audit_log_is_filtered_and_exported(admin: TestClient) -> None:
    make(admin, "feng.jiu")
    browser = signed_in(admin, "feng.jiu")
    browser.post("/keys", json={})
    entries = admin.get("/audit?who=feng.jiu&outcome=refused&action=request").json()["entries"]
    assert [each["reason"] for each in entries] == ["role-too-low: POST /keys"]
    day = entries[0]["at"][:10]
    assert admin.get("/audit?who=feng.jiu&until=2020-01-01").json()["entries"] == []
    assert admin.get(f"/audit?who=feng.jiu&since={day}T00:00:00Z").json()["entries"]
    file = admin.get("/audit?who=feng.jiu&f=csv")
    assert file.headers["content-type"].startswith("text/csv")
    assert file.text.count("feng.jiu") == 2
    for wrong in ("outcome=fine", "since=soon", "until=2020-13-01"):
        assert admin.get(f"/audit?{wrong}").status_code == 400
    assert browser.get("/audit?f=csv").status_code == 403


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    "path", ["/people", "/account", "/audit?f=html", "/collections/zones/rights?f=html"]
)
def test_pages_are_for_those_who_manage(admin: TestClient, path: str, lang: str) -> None:
    html = {"Accept": "text/html", "Accept-Language": lang}
    assert "<h1>" in admin.get(path, headers=html).text
    assert TestClient(admin.app).get(path, headers=html).status_code == 401


def test_arcgis_signs_in_with_an_account_too(admin: TestClient) -> None:
    make(admin, "chen.shi")
    tokens, private = "/arcgis/tokens/generateToken", {"id": "esri_one", "private": True}
    admin.post("/collections", json=private)
    (own,) = (a["id"] for a in admin.get("/accounts").json()["accounts"] if a["name"] == "chen.shi")
    rights = {"rights": [{"id": own, "role": "reader"}]}
    admin.put("/collections/esri_one/rights", json=rights)
    client = TestClient(admin.app)
    wrong = client.post(tokens, data={"username": "chen.shi", "password": "wrong"})
    assert wrong.status_code == 401
    told = client.post(tokens, data={"username": "chen.shi", "password": PASSWORD}).json()
    service = "/arcgis/rest/services/esri_one/FeatureServer?f=json"
    assert "error" in client.get(service).json()
    assert "error" not in client.get(f"{service}&token={told['token']}").json()


def basic(admin: TestClient, name: str, password: str, address: str = "192.0.2.7") -> TestClient:
    """Return a program that sends a name and a password with each request."""
    program = TestClient(admin.app, client=(address, 1))
    pair = base64.b64encode(f"{name}:{password}".encode()).decode()
    program.headers["Authorization"] = f"Basic {pair}"
    return program


def test_a_program_reads_by_name_and_password_what_the_account_may(admin: TestClient) -> None:
    account = make(admin, "wu.qi", "editor")
    document = {"id": "wu_private", "private": True}
    assert admin.post("/collections", json=document).status_code == 201
    program, path = basic(admin, "Wu.Qi", PASSWORD), "/collections/wu_private"
    assert program.get(path).status_code == 404
    right = {"id": account, "role": "reader"}
    assert admin.put(f"{path}/rights", json={"rights": [right]}).status_code == 200
    assert program.get(path).status_code == 200
    written = program.post("/collections", json={"id": "wu_two"})
    assert (written.status_code, written.json()["type"].split("/")[-1]) == (401, "key-scheme")
    assert admin.patch(f"/accounts/{account}", json={"active": False}).status_code == 200
    assert program.get(path).status_code == 401


@pytest.mark.slow
def test_guessing_by_a_program_waits_as_guessing_at_the_sign_in_does(admin: TestClient) -> None:
    make(admin, "zheng.ba")
    tries = [basic(admin, "zheng.ba", f"guess {n}").get("/plan").status_code for n in range(7)]
    assert tries == [401] * 5 + [429] * 2
    assert basic(admin, "zheng.ba", PASSWORD).get("/plan").status_code == 429
    assert basic(admin, "zheng.ba", PASSWORD, "192.0.2.9").get("/plan").status_code == 200
    noted = [line for line in admin.get("/audit").json()["entries"] if line["who"] == "zheng.ba"]
    assert noted[0]["reason"].startswith("basic-wrong")


def test_one_wrong_password_sent_for_many_tiles_counts_once(
    admin: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.auth.basic_accounts.REMEMBERED_S", 600)
    make(admin, "yan.shi")
    program = basic(admin, "yan.shi", "wrong", "192.0.2.10")
    assert [program.get("/plan").status_code for _ in range(12)] == [401] * 12
