"""Who may do what."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from app.auth.failure_count import FailureCount
from app.http.fault_status import SettingsError
from app.required_roles import needed_role
from tests.app.conftest import ADMIN_KEY, Serve, with_key
from tests.app.raw import send_raw


def new_key(client: TestClient, role: str, **members: str) -> dict[str, Any]:
    admin = {"Authorization": f"Bearer {ADMIN_KEY}"}
    answer = client.post("/keys", json={"name": role, "role": role, **members}, headers=admin)
    assert answer.status_code == 201
    made: dict[str, Any] = answer.json()
    return made


def making(client: TestClient, authorization: str | None) -> Any:
    headers = {} if authorization is None else {"Authorization": authorization}
    return client.post("/collections", json={"id": "shops"}, headers=headers)


def test_writing_without_a_key_is_refused(serve: Serve) -> None:
    answer = making(serve(), None)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.json()["type"].endswith("/problems/key-missing")


@pytest.mark.parametrize("header", ["Bearer wrong", "Bearer", "Basic YTpi", "x"])
def test_a_wrong_key_is_refused_also_for_reading(serve: Serve, header: str) -> None:
    client = serve()
    assert making(client, header).status_code == 401
    assert client.get("/plan", headers={"Authorization": header}).status_code == 401


@pytest.mark.parametrize(("role", "status"), [("reader", 403), ("editor", 201), ("admin", 201)])
def test_making_needs_an_editor(serve: Serve, role: str, status: int) -> None:
    client = serve()
    secret = new_key(client, role)["secret"]
    assert making(client, f"Bearer {secret}").status_code == status


@pytest.mark.parametrize(("role", "status"), [("reader", 403), ("editor", 403), ("admin", 200)])
def test_keys_and_audit_are_for_admins(serve: Serve, role: str, status: int) -> None:
    client = serve()
    with_key(client, new_key(client, role)["secret"])
    assert client.get("/keys").status_code == status
    assert client.get("/audit").status_code == status


def test_a_refused_writer_is_told_which_role_is_needed(serve: Serve) -> None:
    client = serve()
    answer = making(client, f"Bearer {new_key(client, 'reader')['secret']}")
    assert "editor" in answer.json()["detail"]


def test_when_reading_is_not_public_it_needs_a_key_but_life_does_not(serve: Serve) -> None:
    client = serve(public_read=False)
    for path in ("/plan", "/", "/collections/zones/items", "/map", "/api", "/metrics"):
        assert client.get(path).status_code == 401
    assert client.post("/locate", json=[]).status_code == 401
    assert client.get("/health/live").status_code == 200
    with_key(client, new_key(client, "reader")["secret"])
    assert client.get("/plan").status_code == 200
    assert client.post("/locate", json=[]).status_code == 200


def test_a_revoked_key_opens_nothing_within_five_seconds(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = serve()
    key = new_key(client, "editor")
    assert making(client, f"Bearer {key['secret']}").status_code == 201
    admin = {"Authorization": f"Bearer {ADMIN_KEY}"}
    assert client.delete(f"/keys/{key['id']}", headers=admin).json()["valid"] is False
    monkeypatch.setattr("app.auth.short_lived_cache.REMEMBERED_S", 0.0)
    assert making(client, f"Bearer {key['secret']}").status_code == 401


def test_an_expired_key_opens_nothing(serve: Serve) -> None:
    client = serve()
    key = new_key(client, "editor", expires_at="2020-01-01T00:00:00Z")
    assert making(client, f"Bearer {key['secret']}").status_code == 401


def test_ten_wrong_keys_in_a_minute_are_enough_and_hold_up_no_right_one(serve: Serve) -> None:
    client = serve()
    statuses = [making(client, f"Bearer wrong{n}").status_code for n in range(12)]
    assert statuses == [401] * 10 + [429] * 2
    refused = making(client, "Bearer wrong0")
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert making(client, f"Bearer {ADMIN_KEY}").status_code == 201
    assert client.post("/session", json={"key": "hz_wrong"}).status_code == 429
    assert client.post("/session", json={"key": ADMIN_KEY}).status_code == 200
    assert client.get("/plan").status_code == 200


def test_behind_a_trusted_proxy_each_client_has_failures_of_its_own(serve: Serve) -> None:
    client = serve(trusted_proxies="192.0.2.1")
    client._transport.client = ("192.0.2.1", 1)  # type: ignore[attr-defined]  # the address that requests come from
    client.headers["X-Forwarded-For"] = "203.0.113.7"
    statuses = [making(client, f"Bearer wrong{n}").status_code for n in range(11)]
    assert statuses == [401] * 10 + [429]
    client.headers["X-Forwarded-For"] = "203.0.113.7, 203.0.113.8"
    assert making(client, "Bearer wrong").status_code == 401


@pytest.mark.parametrize(
    "key", ["changeme", "x" * 31, "x" * 201, "x" * 20 + " " + "x" * 20, "管理员密钥" * 8]
)
def test_an_admin_key_that_may_be_guessed_or_never_be_sent_is_refused(
    serve: Serve, key: str
) -> None:
    with pytest.raises(SettingsError) as raised:
        serve(admin_key=key)
    assert raised.value.code == "admin-key-unfit"
    assert "secrets.token_urlsafe" in raised.value.text("en").hint
    assert key not in str(raised.value.text("zh"))


def test_an_admin_key_of_32_characters_is_taken_without_what_surrounds_it(serve: Serve) -> None:
    client = serve(admin_key=f" {'k' * 32}\n")
    assert making(client, f"Bearer {'k' * 32}").status_code == 201


def test_failures_are_forgotten_after_a_minute_and_kept_apart_by_address() -> None:
    now = 0.0
    count = FailureCount(clock=lambda: now)
    for second in range(10):
        now = float(second)
        count.add("10.0.0.1")
    assert count.seconds_to_wait("10.0.0.1") == 51
    assert count.seconds_to_wait("10.0.0.2") == 0
    now = 60.0
    assert count.seconds_to_wait("10.0.0.1") == 0


@pytest.mark.parametrize(
    ("method", "path", "role"),
    [
        ("GET", "/plan", None),
        ("POST", "/locate", None),
        ("POST", "/locate/", "editor"),
        ("PUT", "/collections/zones/items/a", "editor"),
        ("DELETE", "/imports/a", "editor"),
        ("PROPFIND", "/plan", "editor"),
        ("GET", "/keys", "admin"),
        ("GET", "/keysmith", None),
        ("GET", "/audit", "admin"),
        ("DELETE", "/keys/a", "admin"),
        ("POST", "/health/live", "editor"),
    ],
)
def test_each_request_needs_the_role_that_its_kind_needs(
    method: str, path: str, role: str | None
) -> None:
    assert needed_role(method, path, public_read=True) == role


def test_below_a_folder_of_a_proxy_the_same_keys_are_needed(client: TestClient) -> None:
    for path, status in (
        ("/heping/keys", 401),
        ("/heping/plan", 200),
        ("/heping/health/live", 200),
    ):
        assert send_raw(client, "GET", path, root_path="/heping").status == status
