"""Keys and the audit log."""

import json

import pytest
from starlette.testclient import TestClient

from tests.app.conftest import ADMIN_KEY


def test_a_secret_is_shown_once_and_never_again(editor: TestClient) -> None:
    made = editor.post("/keys", json={"name": "survey", "role": "editor"}).json()
    assert len(made["secret"]) > 40
    listed = editor.get("/keys").text + editor.get("/audit").text
    assert made["secret"] not in listed
    assert ADMIN_KEY not in listed
    assert made["id"] in listed


@pytest.mark.parametrize(
    "body",
    [
        {"name": "x", "role": "owner"},
        {"name": "", "role": "editor"},
        {"role": "editor"},
        {"name": "x", "role": "editor", "expires_at": "soon"},
        {"name": "x", "role": "editor", "secret": "mine"},
        {"name": "x" * 101, "role": "editor"},
    ],
)
def test_a_key_that_cannot_be_is_not_made(editor: TestClient, body: dict[str, str]) -> None:
    assert editor.post("/keys", json=body).status_code == 400
    assert len(editor.get("/keys").json()["keys"]) == 1


def test_making_and_revoking_a_key_is_audited(editor: TestClient) -> None:
    key = editor.post("/keys", json={"name": "survey", "role": "reader"}).json()
    editor.delete(f"/keys/{key['id']}")
    revoked, made = editor.get("/audit").json()["entries"]
    assert (made["action"], revoked["action"]) == ("make-key", "revoke-key")
    assert revoked["reason"] == f"reader {key['id']}"
    assert revoked["who"] == "admin"


def test_an_unknown_key_cannot_be_revoked(editor: TestClient) -> None:
    assert editor.delete("/keys/none").status_code == 404


def test_the_audit_log_is_read_on_from_the_last_line_seen(editor: TestClient) -> None:
    for name in ("a", "b", "c"):
        editor.post("/collections", json={"id": name})
    newest = editor.get("/audit?limit=2").json()["entries"]
    rest = editor.get(f"/audit?before={newest[-1]['id']}").json()["entries"]
    assert [entry["collection"] for entry in newest + rest] == ["c", "b", "a"]
    assert json.dumps(editor.get("/audit?collection=b").json()).count('"b"') == 1
