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
