"""Large geometry is written as shapely writes small ones."""

import json

import numpy as np
import pytest
import shapely

from zones.geojson import geometry_text as geojson_text
from zones.geojson.geometry_text import geometry_texts

RING = "(0 0,10 0,10.5 10,0 10,0 0)"
WRITTEN = [
    "POINT (1 2.5)",
    "LINESTRING (1 2,3 4,5 6.5,7 8)",
    f"POLYGON ({RING},(1 1,2 1,2 2,1 2,1 1))",
    "MULTIPOINT ((1 2),(3 4),(4 5),(6 7))",
    "MULTILINESTRING ((1 2,3 4),(5 6,7 8,9 9))",
    f"MULTIPOLYGON (({RING}),((20 20,30 20,30 30,20 20)))",
    f"GEOMETRYCOLLECTION (POINT (1 2),POLYGON ({RING}),GEOMETRYCOLLECTION (LINESTRING (0 0,1 1)))",
    "POLYGON EMPTY",
]


@pytest.mark.parametrize("large", [0, 1, 3, 1000])
def test_each_kind_is_written_alike(monkeypatch: pytest.MonkeyPatch, large: int) -> None:
    monkeypatch.setattr(geojson_text, "LARGE", max(large, 1))
    geometries = np.array([*shapely.from_wkt(WRITTEN), None], dtype=object)
    expected = [json.loads(text or "null") for text in shapely.to_geojson(geometries)]
    assert [json.loads(text) for text in geometry_texts(geometries)] == expected


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), 1e-7, -0.0, 1e16])
def test_kinds_mixed_in_any_order_are_written_one_by_one_alike(odd: float) -> None:
    random = np.random.default_rng(1)
    written = [*shapely.from_wkt([*WRITTEN, "LINEARRING (0 0,1 0,1 1,0 0)"]), None]
    geometries = np.array(written, dtype=object)[random.integers(0, len(written), 200)]
    geometries[7] = shapely.Point(odd, 1)
    assert geometry_texts(geometries) == [
        text for one in geometries for text in geometry_texts(np.array([one], dtype=object))
    ]
    assert geometry_texts(geometries[:0]) == []


def test_places_are_written_with_no_more_digits_than_they_need() -> None:
    (text,) = geometry_texts(np.array([shapely.Point(123.4, 41.7597372)], dtype=object))
    assert text == b'{"type":"Point","coordinates":[123.4,41.7597372]}'
