"""Made official boundaries: six zones and ten subdistricts on a grid, in metres, as files."""

import zipfile
from pathlib import Path

import geopandas
from shapely import Polygon, box

from zones.crs.transform import from_storage_xy, parse_crs
from zones.plan_text import Plan

WEST, SOUTH, WIDTH, HEIGHT = 123.34, 41.70, 0.01, 0.02
"""Degrees of the south-west corner, and of a subdistrict: they stand in a row."""


def made_subdistricts(plan: Plan) -> dict[str, Polygon]:
    """Return a rectangle for each subdistrict by its id, west to east, those of a zone together."""
    ids = [id_ for zone in _zones(plan) for id_ in zone[1]]
    return {
        id_: box(WEST + i * WIDTH, SOUTH, WEST + (i + 1) * WIDTH, SOUTH + HEIGHT)
        for i, id_ in enumerate(ids)
    }


def made_zones(plan: Plan) -> dict[str, Polygon]:
    """Return the rectangle that the subdistricts of each zone make, with their corners."""
    parts = made_subdistricts(plan)
    return {zone: _row([parts[id_] for id_ in ids]) for zone, ids in _zones(plan)}


def official_file(
    folder: Path, plan: Plan, layer: str, crs: str, *, accuracy: list[float] | None = None
) -> Path:
    """Return a zipped shapefile of ``zones`` or ``subdistricts`` as an office would send it.

    It has its own headings, and ``accuracy`` in a column 精度 if that is given.
    """
    shapes = made_zones(plan) if layer == "zones" else made_subdistricts(plan)
    known = {one.id: one for one in (*plan.elements, *plan.subdistricts)}
    columns: dict[str, list[object]] = {"MC": [known[id_].name for id_ in shapes]}
    if layer == "subdistricts":
        codes = {one.id: one.code for one in plan.subdistricts}
        columns["XZQDM"] = [codes[id_] for id_ in shapes]
    if accuracy is not None:
        columns["精度"] = list(accuracy)
    geometry = [_in_metres(shape, crs) for shape in shapes.values()]
    frame = geopandas.GeoDataFrame(columns, geometry=geometry, crs=crs)
    name = folder / layer
    frame.to_file(name.with_suffix(".shp"), encoding="utf-8")
    path = folder / f"{layer}-{crs.removeprefix('EPSG:')}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in folder.glob(f"{layer}.*"):
            archive.write(part, part.name)
    return path


def _zones(plan: Plan) -> list[tuple[str, tuple[str, ...]]]:
    return [(e.id, e.subdistricts) for e in plan.elements if e.type == "zone"]


def _row(parts: list[Polygon]) -> Polygon:
    """Return rectangles side by side as one polygon that keeps the corners between them."""
    bottom = [(parts[0].bounds[0], SOUTH), *((part.bounds[2], SOUTH) for part in parts)]
    top = [(x, SOUTH + HEIGHT) for x, _ in reversed(bottom)]
    return Polygon([*bottom, *top])


def _in_metres(shape: Polygon, crs: str) -> Polygon:
    system = parse_crs(crs)
    corners = [from_storage_xy(x, y, system) for x, y in shape.exterior.coords]
    return Polygon([(float(x), float(y)) for x, y in corners])
