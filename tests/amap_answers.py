"""Answers of AMap's web service, made by a writer of the tests' own."""

import json
from typing import Any

import shapely

from zones.crs.reference_systems import CRS
from zones.crs.transform import geometry_from_storage


def outline(shape: shapely.Geometry, crs: CRS, *, closed: bool = True) -> str:
    """Return rings as AMap writes them: six decimals, holes beside outlines."""
    shifted = geometry_from_storage(shape, crs)
    rings = shapely.get_rings(shapely.get_parts(shifted))
    texts = []
    for ring in rings:
        places = shapely.get_coordinates(ring)[: None if closed else -1].tolist()
        texts.append(";".join(f"{lon:.6f},{lat:.6f}" for lon, lat in places))
    return "|".join(texts)


def district(polyline: str, **more: Any) -> dict[str, Any]:
    """Return a district with its outline."""
    told = {"citycode": [], "adcode": "210102", "name": "和平区", "center": "123.42,41.78"}
    return {**told, "polyline": polyline, "level": "district", "districts": [], **more}


def amap(*districts: dict[str, Any], **more: Any) -> bytes:
    """Return what a query of districts answers."""
    told = {"status": "1", "info": "OK", "infocode": "10000", "districts": districts, **more}
    return json.dumps(told, ensure_ascii=False).encode()
