"""Renderers and labels of ArcGIS's layers say what our own maps draw."""

import json

import pytest
import shapely

from app.webservices.esri.drawing_info import drawing_info
from app.webservices.esri.layers import layers_of
from zones.drawing.plan_element_colours import ELEMENT_STYLES
from zones.drawing.staff_layer_style import symbology_of
from zones.esri.field_types import EsriFields
from zones.model import JSON, CollectionInfo, Feature
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot

LOW, HIGH, OTHER = "#112233", "#445566", "#778899"


def parcels(**style: JSON) -> Collection:
    """Return parcels of several uses and heights, drawn in a style."""
    rows = [{"用途": use, "层数": n} for use, n in (("R", 2.5), ("B", 3), ("G", 9), (None, 20))]
    features = [
        Feature(str(i), shapely.box(123.4, 41.8, 123.41, 41.81), row) for i, row in enumerate(rows)
    ]
    info = CollectionInfo("parcels", "地块", "Parcels", style=json.dumps(style) if style else None)
    return Collection(info, 1, features)


def told(collection: Collection) -> dict[str, object]:
    """Return how the first layer is drawn."""
    return drawing_info(collection, layers_of(collection)[0], collection.derived(EsriFields))


def colour_of(symbol: dict[str, list[int]]) -> str:
    return "#" + bytes(symbol["color"][:3]).hex()


def esri_colours(collection: Collection) -> list[str]:
    """Return the colour of each feature as a client of Esri's finds it by the renderer."""
    renderer: dict[str, object] = told(collection)["renderer"]  # type: ignore[assignment]  # JSON
    return [colour_of(esri_symbol(renderer, each)) for each in collection.properties]


def esri_symbol(renderer: dict[str, object], attributes: object) -> dict[str, list[int]]:
    kind, found = renderer["type"], dict(attributes)  # type: ignore[call-overload]  # JSON
    if kind == "simple":
        return renderer["symbol"]  # type: ignore[return-value]  # JSON
    if kind == "uniqueValue":
        for each in renderer["uniqueValueInfos"]:  # type: ignore[attr-defined]  # JSON
            if each["value"] == found[renderer["field1"]]:
                return each["symbol"]  # type: ignore[no-any-return]  # JSON
        return renderer["defaultSymbol"]  # type: ignore[return-value]  # JSON
    value = found[renderer["field"]]
    for each in renderer["classBreakInfos"]:  # type: ignore[attr-defined]  # JSON
        if value <= each["classMaxValue"]:
            return each["symbol"]  # type: ignore[no-any-return]  # JSON
    return renderer["defaultSymbol"]  # type: ignore[return-value]  # JSON


@pytest.mark.parametrize(
    "style",
    [
        {},
        {"fill": LOW},
        {
            "property": "用途",
            "categories": [{"values": ["R", "G"], "fill": LOW}, {"values": ["B"], "fill": HIGH}],
            "otherwise": {"fill": OTHER},
        },
        {
            "property": "层数",
            "classes": [{"below": 3, "fill": LOW}, {"below": 10, "fill": HIGH}],
            "otherwise": {"fill": OTHER},
        },
        {
            "property": "层数",
            "classes": [{"below": 3, "fill": LOW}, {"below": None, "fill": HIGH}],
        },
    ],
)
def test_a_style_of_staff_gives_features_the_colours_of_our_maps(style: dict[str, JSON]) -> None:
    collection = parcels(**style)
    drawn = symbology_of(collection.info)
    assert esri_colours(collection) == [drawn.style_of(p).fill for p in collection.properties]


@pytest.mark.parametrize(
    ("label", "written"), [("用途", ["[用途]"]), ("", []), ("nothing", []), (None, ["[id]"])]
)
def test_labels_are_those_of_our_maps(label: str | None, written: list[str]) -> None:
    labels = told(parcels(label=label) if label is not None else parcels())["labelingInfo"]
    assert [each["labelExpression"] for each in labels] == written  # type: ignore[attr-defined]  # JSON


def test_layers_of_the_plan_have_its_colours(seeded_snapshot: Snapshot) -> None:
    for name in ("zones", "axes", "belts"):
        collection = seeded_snapshot.collection(name)
        renderer: dict[str, object] = told(collection)["renderer"]  # type: ignore[assignment]  # JSON
        values = [each["value"] for each in renderer["uniqueValueInfos"]]  # type: ignore[attr-defined]  # JSON
        assert values == [fid for fid in collection.fids if fid in ELEMENT_STYLES]
    sites = told(seeded_snapshot.collection("sites"))["renderer"]
    assert sites["field1"] == "status"  # type: ignore[index]  # JSON
