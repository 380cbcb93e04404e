"""Areas with what they take in, as GeoJSON: the figures are the features' properties."""

from typing import Any

import numpy as np
import orjson

from zones.attribution.drawn_area_report import area_report
from zones.geojson.geometry_text import geometry_texts
from zones.ingest.import_report import problem_as_json
from zones.ingest.read_source import Reading
from zones.messages import Lang, say
from zones.snapshot.model import Snapshot


def areas_document(snapshot: Snapshot, reading: Reading, lang: Lang) -> dict[str, Any]:
    """Return one feature for each area, its geometry with all its digits (EPSG:4490, x first)."""
    crs = reading.findings.crs
    return {
        "type": "FeatureCollection",
        "features": [_feature(snapshot, read, n) for n, read in enumerate(reading.features, 1)],
        "read_as": {"crs": crs.key, "name": crs.name, "basis": crs.basis},
        "notes": [problem_as_json(problem, lang) for problem in reading.problems],
        "rule": say("area-rule", lang).message,
        "revision": snapshot.revision,
    }


def _feature(snapshot: Snapshot, read: Any, number: int) -> dict[str, Any]:
    (geometry,) = geometry_texts(np.array([read.geometry], dtype=object))
    return {
        "type": "Feature",
        "id": number,
        "geometry": orjson.loads(geometry),
        "properties": {**read.properties, **area_report(snapshot, read.geometry).as_json()},
    }
