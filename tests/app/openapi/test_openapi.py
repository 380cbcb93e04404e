"""The OpenAPI document is valid and says what the service does."""

from typing import Any

import pytest
from openapi_spec_validator import validate
from starlette.testclient import TestClient

from app.http.raw_headers import LOOK_UPS
from zones.messages import say


@pytest.fixture(scope="module")
def document(client: TestClient) -> dict[str, Any]:
    """Return the document."""
    told: dict[str, Any] = client.get("/api").json()
    return told


def test_the_document_is_valid(document: dict[str, Any]) -> None:
    validate(document)
    assert document["openapi"].startswith("3.0")


def test_its_media_type_is_that_of_openapi(client: TestClient) -> None:
    assert client.get("/api").headers["content-type"] == (
        "application/vnd.oai.openapi+json;version=3.0"
    )


def test_the_server_is_the_address_that_was_asked(document: dict[str, Any]) -> None:
    assert document["servers"] == [{"url": "http://testserver"}]


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_every_operation_has_a_summary_and_names_the_problems_it_may_answer_with(
    document: dict[str, Any],
) -> None:
    for path, method, operation in operations(document):
        assert operation["summary"], (method, path)
        responses = operation["responses"]
        assert {"400", "401", "403", "429", "503"} <= responses.keys(), (method, path)
        assert ("404" in responses) or "{" not in path, (method, path)
        assert {"413", "415", "422"} <= responses.keys() or "requestBody" not in operation
        assert {"409", "412", "507"} <= responses.keys() or method == "get" or path in LOOK_UPS
        assert "default" not in responses


def test_a_problem_is_told_in_both_languages_and_by_its_schema(document: dict[str, Any]) -> None:
    told = document["components"]["responses"]["Problem404"]
    assert told["description"] == "找不到 / Not found"
    assert set(told["content"]) == {"application/problem+json", "text/html"}
    schema = told["content"]["application/problem+json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/Problem"}
    of_one_operation = document["paths"]["/edits"]["post"]["responses"]["428"]
    words = [say("status-428", lang).message for lang in ("zh", "en")]
    assert of_one_operation["description"] == " / ".join(words)


@pytest.mark.parametrize(
    ("path", "method", "status", "media_types"),
    [
        ("/", "get", "200", {"application/json", "text/html"}),
        ("/collections/{collection_id}/items", "get", "200", {"application/geo+json"}),
        ("/collections/{collection_id}/items", "post", "201", {"application/geo+json"}),
        ("/collections/{collection_id}/schema", "get", "200", {"application/schema+json"}),
        ("/metrics", "get", "200", {"text/plain"}),
        ("/search", "get", "200", {"application/json"}),
    ],
)
def test_an_answer_is_told_with_the_media_types_it_may_have(
    document: dict[str, Any], path: str, method: str, status: str, media_types: set[str]
) -> None:
    content = document["paths"][path][method]["responses"][status]["content"]
    assert media_types <= content.keys()
    assert "application/json" in media_types or "application/json" not in content
    assert all(told["schema"] for told in content.values())


def test_lists_are_told_as_ogc_api_features_writes_them(document: dict[str, Any]) -> None:
    told = document["paths"]["/collections/zones/items"]["get"]["parameters"]
    box, limit = (next(each for each in told if each["name"] == n) for n in ("bbox", "limit"))
    assert (box["style"], box["explode"], box["schema"]["type"]) == ("form", False, "array")
    assert (box["schema"]["minItems"], box["schema"]["maxItems"]) == (4, 6)
    assert (limit["style"], limit["explode"], limit["schema"]["type"]) == ("form", False, "integer")


CLOSED = ("/keys", "/audit", "/account", "/groups", "/people")


def test_what_needs_a_key_says_so_and_all_else_may_have_one(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        is_open = method == "get" and not path.startswith(CLOSED) and not path.endswith("/rights")
        needed = [{"key": []}]
        if is_open or path in {*LOOK_UPS, "/session"}:
            needed = [{}, *needed]
        assert operation["security"] == needed, (method, path)


def test_every_operation_is_named_once(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(ids) == len(set(ids))


@pytest.mark.slow
def test_a_parameter_that_is_described_is_taken(
    client: TestClient, document: dict[str, Any]
) -> None:
    """A nonsense value of each is refused for its value, not as unknown."""
    for path, method, operation in operations(document):
        if method != "get" or "{" in path:
            continue
        for parameter in operation.get("parameters", []):
            answer = client.get(path, params={parameter["name"]: "\x01"})
            codes = {error["code"] for error in answer.json().get("errors", [])}
            assert "parameter-unknown" not in codes, (path, parameter["name"])


def test_each_collection_s_items_have_a_path_with_a_parameter_for_each_queryable(
    client: TestClient, document: dict[str, Any]
) -> None:
    for collection in client.get("/collections").json()["collections"]:
        path = f"/collections/{collection['id']}/items"
        told = document["paths"][path]["get"]["parameters"]
        names = {parameter["name"] for parameter in told}
        assert {"name", "filter", "bbox", "id"} <= names
        assert "collection_id" not in names
        assert "post" in document["paths"][path]


def test_what_gdal_would_alter_is_no_parameter_of_the_document(
    editor: TestClient,
) -> None:
    path = "/collections/own/items"
    editor.post("/collections", json={"id": "own"})
    properties = {"t": "2023-01-12T08:00:00Z", "d": "2023-01-12", "1st": 1, "not": 1, "面积": 2}
    geometry = {"type": "Point", "coordinates": [123.4, 41.78]}
    feature = {"type": "Feature", "geometry": geometry, "properties": properties}
    assert editor.post(path, json=feature).status_code == 201
    told = editor.get("/api").json()["paths"][path]["get"]["parameters"]
    names = {each["name"] for each in told}
    assert names & properties.keys() == {"d", "面积"}
    for name, value in properties.items():
        assert editor.get(path, params={name: value}).json()["numberMatched"] == 1


def test_a_new_collection_is_in_the_document(editor: TestClient) -> None:
    assert "/collections/own/items" not in editor.get("/api").json()["paths"]
    editor.post("/collections", json={"id": "own"})
    assert "/collections/own/items" in editor.get("/api").json()["paths"]


@pytest.mark.parametrize("path", ["/openapi.json", "/redoc"])
def test_the_framework_s_own_pages_that_need_the_internet_are_off(
    client: TestClient, path: str
) -> None:
    assert client.get(path).status_code == 404


def test_the_documentation_page_loads_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get("/docs", headers={"Accept": "text/html"})
    assert "https://" not in page.text
    assert "http://" not in page.text.replace("http://testserver", "")
