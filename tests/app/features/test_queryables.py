"""What may be asked, said as JSON Schema and found by links from the collection."""

from typing import Any

import pytest
from starlette.testclient import TestClient


def linked(client: TestClient, rel: str) -> Any:
    links = client.get("/collections/zones").json()["links"]
    link = next(each for each in links if each["rel"].endswith(f"/{rel}"))
    answer = client.get(link["href"])
    assert answer.headers["content-type"] == link["type"] == "application/schema+json"
    assert answer.json()["$id"] == link["href"]
    return answer.json()


@pytest.mark.parametrize("rel", ["queryables", "schema"])
def test_a_schema_is_found_from_the_collection_and_titled_in_chinese(
    client: TestClient, rel: str
) -> None:
    told = linked(client, rel)
    assert told["title"] == "六区"
    assert told["properties"]["name"]["type"] == "string"
    assert told["properties"]["geometry"]["x-ogc-role"] == "primary-geometry"


def test_every_simple_queryable_can_be_asked_for(client: TestClient) -> None:
    for name, told in linked(client, "queryables")["properties"].items():
        if told.get("type") in {"string", "integer", "number", "boolean"}:
            value = {"string": "x", "boolean": "true"}.get(told["type"], "5")
            answer = client.get("/collections/zones/items", params={name: value})
            assert answer.status_code == 200, name


def test_a_text_for_a_number_is_refused(client: TestClient) -> None:
    answer = client.get("/collections/borders/items", params={"accuracy_m": "many"})
    assert answer.status_code == 400
    assert "accuracy_m" in answer.text


def test_every_queryable_can_stand_in_a_filter(client: TestClient) -> None:
    for name in linked(client, "queryables")["properties"]:
        asked = {"filter": f'"{name}" IS NULL'}
        assert client.get("/collections/zones/items", params=asked).status_code == 200, name


def test_a_schema_is_titled_in_english_when_asked(client: TestClient) -> None:
    assert client.get("/collections/zones/queryables?lang=en").json()["title"] == "Six zones"


@pytest.mark.parametrize("what", ["queryables", "schema"])
def test_an_unknown_collection_has_none(client: TestClient, what: str) -> None:
    assert client.get(f"/collections/none/{what}").status_code == 404
