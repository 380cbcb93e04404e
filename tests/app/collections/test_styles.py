"""Classes of a property as a style, stored as it came, labelled by a property."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.app.conftest import serving_copy
from tests.app.files import send
from tests.source_files import feature, geojson, polygon, square
from zones.drawing.draw_plan_layers import Subject
from zones.drawing.label_texts_and_ranks import OWN_RULE, wordings

USES = ("R2", "G1", "R2", None)
PARCELS = [feature(polygon(square(n)), YD=use, JZCS=n + 1) for n, use in enumerate(USES)]
CLASSES = "/collections/parcels/classes"


@pytest.fixture(scope="module")
def parcels(seeded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with serving_copy(seeded_file, tmp_path_factory.mktemp("styles")) as client:
        answer = send(client, geojson(PARCELS), "parcels", fields={"create": "true"})
        assert answer.status_code == 201
        yield client


def test_a_style_of_classes_can_be_stored_as_it_comes(parcels: TestClient) -> None:
    asked = {"property": "YD", "method": "categories", "palette": "land-use"}
    found = parcels.get(CLASSES, params=asked).json()
    assert (found["counts"], found["missing"], found["others"]) == ([1, 2], 1, 1)
    assert [each["fill"] for each in found["style"]["categories"]] == ["#00ff00", "#ffff2d"]
    style = {**found["style"], "label": "JZCS"}
    stored = parcels.patch("/collections/parcels", json={"style": style})
    assert stored.json()["style"] == style
    collection = parcels.app.state.services.follower.current().collection("parcels")  # type: ignore[attr-defined]
    subject = Subject(collection, collection.fids[1], collection.geometries[1], {"JZCS": 2}, "")
    assert [each.text for each in wordings(subject, OWN_RULE, "zh", 15, screen_zoom=15)] == ["2"]
    assert '"label":"JZCS"' in parcels.get("/map").text


REFUSED: list[tuple[dict[str, Any], int, str]] = [
    ({"property": "none"}, 400, "property-unknown"),
    ({"property": "JZCS", "method": "best"}, 400, "parameter-choice"),
    ({"property": "JZCS", "method": "equal", "count": "1"}, 400, "integer-range"),
    ({"property": "JZCS", "palette": "grey"}, 400, "parameter-choice"),
    ({"property": "YD", "method": "equal"}, 400, "classes-no-numbers"),
]


def test_what_no_classes_can_be_made_of_is_refused_in_words(parcels: TestClient) -> None:
    for asked, status, code in REFUSED:
        answer = parcels.get(CLASSES, params=asked)
        found = (answer.status_code, answer.json()["type"].rpartition("/")[2])
        assert found == (status, code), asked


def test_layers_of_the_plan_keep_their_look(parcels: TestClient) -> None:
    answer = parcels.patch("/collections/zones", json={"style": {"fill": "#ff0000"}})
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (400, "style-of-plan")
    assert "固定" in parcels.get("/collections/zones/style", params={"lang": "zh"}).text
    unknown = parcels.patch("/collections/parcels", json={"style": {"label": "none"}})
    assert unknown.json()["type"].endswith("property-unknown")
