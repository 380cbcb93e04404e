"""Every operation of the OpenAPI document, tried by everybody: who is let in, and who is not."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from starlette.testclient import TestClient

from tests.app.conftest import serving_copy, with_key

TARGET, OTHER = "target_one", "other_one"
PEOPLE: Final = ("anybody", "reader", "other-editor", "editor", "manager", "admin")
"""``editor`` and ``manager`` have their role in the target alone, ``other-editor`` in another."""
NOBODY_ELSE: Final = {"admin"}
MANAGERS: Final = {"manager", "admin"}
EDITORS: Final = {"editor", *MANAGERS}
SOMEWHERE: Final = {"other-editor", *EDITORS}
"""What stores nothing, or judges collections by the body."""
WRITERS: Final = {
    "make-collection": NOBODY_ELSE,  # the others may write in single collections only
    "describe-collection": EDITORS,
    "drop-collection": EDITORS,
    "create-item": EDITORS,
    "replace-item": EDITORS,
    "update-item": EDITORS,
    "delete-item": EDITORS,
    "make-edits": EDITORS,
    "split-polygons": SOMEWHERE,
    "merge-polygons": SOMEWHERE,
    "make-import": EDITORS,
    "decide-import": EDITORS,
    "cancel-import": EDITORS,
    "import-layer": EDITORS,
    "save-mapping": EDITORS,
    "forget-mapping": EDITORS,
    "restore-revision": EDITORS,
    "report-indicators": NOBODY_ELSE,
    "give-rights": MANAGERS,
    "make-key": NOBODY_ELSE,
    "revoke-key": NOBODY_ELSE,
    "make-account": NOBODY_ELSE,
    "change-account": NOBODY_ELSE,
    "make-group": NOBODY_ELSE,
    "change-group": NOBODY_ELSE,
    "drop-group": NOBODY_ELSE,
}
READERS: Final = {
    "keys": NOBODY_ELSE,
    "audit": NOBODY_ELSE,
    "accounts": NOBODY_ELSE,
    "groups": NOBODY_ELSE,
    "rights": MANAGERS,
}
JUDGED_THEMSELVES: Final = {"sign-in", "sign-out", "change-password"}
"""They are about who is asking, whatever his role."""
LOOK_UPS: Final = {"locate-many", "locate-describe", "attribute-areas"}
FEATURE: Final[dict[str, Any]] = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [123.4, 41.78]},
    "properties": {"name": "a"},
}
BODIES: Final[dict[str, dict[str, Any]]] = {
    "make-edits": {
        "json": {"changes": [{"collection": TARGET, "put": [FEATURE]}], "dry_run": True}
    },
    "import-layer": {"json": {"layer": "x", "collection": TARGET}},
    "decide-import": {"json": {}},
    "change-group": {"json": {"name": "x"}},
}
HEADERS: Final = {"make-edits": {"If-Match": '"r1"'}}


@pytest.fixture(scope="module")
def people(
    seeded_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, TestClient]]:
    with serving_copy(seeded_file, tmp_path_factory.mktemp("operations")) as admin:
        for id_ in (TARGET, OTHER):
            assert admin.post("/collections", json={"id": id_}).status_code == 201
        found = {"anybody": TestClient(admin.app), "admin": admin}
        for name in ("reader", "other-editor", "editor", "manager"):
            key = admin.post("/keys", json={"name": name, "role": "reader"}).json()
            found[name] = with_key(TestClient(admin.app), key["secret"])
            found[name].params = {}
            give(admin, name, key["id"])
        yield found


def give(admin: TestClient, name: str, key_id: str) -> None:
    """Give a key its role in a collection, beside those that others have there."""
    collection = OTHER if name == "other-editor" else TARGET
    role = {"other-editor": "editor", "editor": "editor", "manager": "admin"}.get(name)
    if role is None:
        return
    held = admin.get(f"/collections/{collection}/rights").json()["rights"]
    rights = [{"id": each["id"], "role": each["role"]} for each in held]
    rights.append({"id": key_id, "role": role})
    assert (
        admin.put(f"/collections/{collection}/rights", json={"rights": rights}).status_code == 200
    )


def operations(client: TestClient) -> list[tuple[str, str, str]]:
    """Return the id, method and path of every operation, what drops the collection last."""
    document = client.get("/api").json()
    found = [
        (operation["operationId"].split("__")[0], method.upper(), path)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method in ("get", "post", "put", "patch", "delete")
    ]
    return sorted(found, key=lambda each: each[1] == "DELETE" and each[2].endswith("_id}"))


def waiting_import(admin: TestClient) -> str:
    """Return an import into the target that waits for a decision."""
    text = json.dumps({"type": "FeatureCollection", "features": [FEATURE]})
    answer = admin.post(
        f"/collections/{TARGET}/imports",
        files={"file": ("a.geojson", text, "application/geo+json")},
        data={"dry_run": "true"},
        headers={"Prefer": "wait=30"},
    )
    return str(answer.json()["id"])


@pytest.mark.slow
def test_exactly_those_who_may_are_let_in(people: dict[str, TestClient]) -> None:
    admin = people["admin"]
    names = {
        (route.path, method): route.name
        for route in admin.app.routes
        for method in route.methods or ()
    }  # type: ignore[attr-defined]
    import_id = waiting_import(admin)
    values = {
        "{collection_id}": TARGET,
        "{import_id}": import_id,
        "{feature_id}": "a",
        "{number}": "1",
    }
    tried, wrong = set(), []
    for _, method, path in operations(admin):
        name = names.get((path, method)) or names.get(
            (path.replace("{feature_id}", "{feature_id:path}"), method)
        )
        if name is None:  # the same operation once more, of a collection by its own name
            continue
        tried.add(name)
        if name in JUDGED_THEMSELVES:
            continue
        is_read = method == "GET" or name in LOOK_UPS
        let_in = READERS.get(name, set(PEOPLE)) if is_read else WRITERS[name]
        address = path
        for parameter, value in values.items():
            address = address.replace(parameter, value)
        for person in PEOPLE:
            more = {} if is_read and method == "GET" else BODIES.get(name, {})
            answer = people[person].request(method, address, headers=HEADERS.get(name), **more)
            refused = 401 if person == "anybody" else 403
            if person in let_in:
                is_right = answer.status_code not in (401, 403) and answer.status_code < 500
            else:
                is_right = answer.status_code == refused
            if not is_right:
                wrong.append((person, method, address, answer.status_code, answer.text[:200]))
    assert wrong == []
    assert WRITERS.keys() | READERS.keys() | JUDGED_THEMSELVES | LOOK_UPS <= tried
