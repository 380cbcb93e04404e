"""Read one layer in each format that GDAL reads too, beside ``ogr2ogr`` to GeoPackage.

    .venv/bin/python -m tests.bench.formats_ogr2ogr [--features 20000] [--turns 3] [--only mif kml]

The files are written by ``ogr2ogr`` from one GeoPackage of polygons (points for GPX and tables,
lines for DXF). Ours is the whole reading with all checks, in this process, as the confined one
does it: decoded, transformed to EPSG:4490, judged, written as rows. Told are processor seconds,
the least of some turns that are interleaved, as other programs may keep the machine busy;
``ogr2ogr`` (the program on the PATH, whose GDAL is not the one that we read by) checks no geometry.
"""

import argparse
import math
import resource
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pyogrio.raw
import shapely
from numpy.typing import NDArray

from tests.opened_sources import read_here
from zones.ingest.read_source import ReadRequest
from zones.memory.gc_short_lived import collect_seldom
from zones.sandbox.limits import Limits

WEST, SOUTH, SIDE = 123.36, 41.70, 0.0004
VERTICES = 24
LIMITS = Limits(max_features=2_000_000, max_vertices=50_000_000)


# A workbook's driver makes no points of columns, as that of CSV does.
POINTS = """<OGRVRTDataSource><OGRVRTLayer name="layer"><SrcDataSource>{path}</SrcDataSource>
<GeometryType>wkbPoint</GeometryType><LayerSRS>EPSG:4490</LayerSRS>
<GeometryField encoding="PointFromColumns" x="LON" y="LAT"/></OGRVRTLayer></OGRVRTDataSource>"""


@dataclass(frozen=True)
class Case:
    """A format: how ``ogr2ogr`` writes it, of which source, and what its file is called."""

    name: str
    driver: str
    suffix: str
    source: str = "polygons"
    opening: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    zipped: bool = False
    request: tuple[tuple[str, str], ...] = ()


CASES = (
    Case("GeoPackage", "GPKG", ".gpkg"),
    Case("FlatGeobuf", "FlatGeobuf", ".fgb"),
    Case("GeoJSON", "GeoJSON", ".geojson"),
    Case("GeoJSONSeq", "GeoJSONSeq", ".geojsonl"),
    Case("shapefile, zipped", "ESRI Shapefile", ".shp", zipped=True),
    Case("FileGDB, zipped", "OpenFileGDB", ".gdb", zipped=True),
    Case("MIF, zipped", "MapInfo File", ".mif", options=("-f", "MapInfo File"), zipped=True),
    Case("TAB, zipped", "MapInfo File", ".tab", zipped=True),
    Case("GML 3.2", "GML", ".gml", options=("-dsco", "FORMAT=GML3.2")),
    Case("KML", "KML", ".kml"),
    Case("DXF", "DXF", ".dxf", source="lines", request=(("crs", "EPSG:4490"),)),
    Case("GPX", "GPX", ".gpx", source="points", options=("-dsco", "GPX_USE_EXTENSIONS=YES")),
    Case(
        "CSV",
        "CSV",
        ".csv",
        "table",
        ("X_POSSIBLE_NAMES=LON", "Y_POSSIBLE_NAMES=LAT"),
        request=(("crs", "EPSG:4490"),),
    ),
    Case("Excel .xlsx", "XLSX", ".xlsx", source="table", request=(("crs", "EPSG:4490"),)),
)


def main() -> None:
    """Measure and print a table."""
    options = parse_options()
    collect_seldom()  # as the confined process does
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        sources = make_sources(folder, options.features)
        print(f"| {options.features:,} features | ours, s | ogr2ogr, s | ratio |")
        print("|---|---|---|---|")
        for case in CASES:
            if not options.only or any(word in case.name.casefold() for word in options.only):
                path = written(case, sources[case.source], folder / f"made-{CASES.index(case)}")
                measure(case, path, options.turns)


def parse_options() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--features", type=int, default=20_000)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=[], type=str.casefold)
    return parser.parse_args()


def make_sources(folder: Path, count: int) -> dict[str, Path]:
    """Return GeoPackages of polygons, their outlines, their centres, and a table without shapes."""
    polygons = parcels(count)
    centres = shapely.centroid(polygons)
    attributes = {
        "NAME": np.array([f"地块{n}" for n in range(count)], object),
        "DLBM": np.array([f"0{n % 90 + 10}" for n in range(count)], object),
        "AREA": np.arange(count) * 1.25,
    }
    places = {"LON": shapely.get_x(centres), "LAT": shapely.get_y(centres)}
    made = {
        "polygons": (polygons, attributes, "Polygon"),
        "lines": (shapely.boundary(polygons), {}, "LineString"),
        "points": (centres, {"name": attributes["NAME"]}, "Point"),
        "table": (None, {**attributes, **places}, None),
    }
    return {name: _source(folder / f"{name}.gpkg", *each) for name, each in made.items()}


def parcels(count: int) -> NDArray[np.object_]:
    """Return bent squares in rows, ``VERTICES`` of each."""
    across = math.ceil(math.sqrt(count))
    row, column = np.divmod(np.arange(count), across)
    turn = np.linspace(0, 2 * np.pi, VERTICES, endpoint=False)
    x = WEST + (column[:, None] + 0.5 + 0.45 * np.cos(turn)) * SIDE
    y = SOUTH + (row[:, None] + 0.5 + 0.45 * np.sin(turn)) * SIDE
    polygons: NDArray[np.object_] = shapely.polygons(np.stack([x, y], axis=-1))
    return polygons


def _source(
    path: Path,
    shapes: NDArray[np.object_] | None,
    columns: dict[str, NDArray[np.object_]],
    kind: str | None,
) -> Path:
    pyogrio.raw.write(
        path,
        None if shapes is None else shapely.to_wkb(shapes),
        list(columns.values()),
        list(columns),
        geometry_type=kind,
        crs=None if shapes is None else "EPSG:4490",
        layer="layer",
    )
    return path


def written(case: Case, source: Path, folder: Path) -> Path:
    """Return the file that ``ogr2ogr`` makes of a source, packed where imports want it so."""
    folder.mkdir()
    path = folder / f"layer{case.suffix}"
    run(["ogr2ogr", "-f", case.driver, *case.options, str(path), str(source)])
    path.with_suffix(".xsd").unlink(missing_ok=True)  # nobody uploads the schema beside a GML
    if not case.zipped:
        return path
    archive = folder.with_suffix(".zip")
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        for part in sorted(folder.rglob("*")):
            if part.is_file():
                target.write(part, part.relative_to(folder))
    return archive


def measure(case: Case, path: Path, turns: int) -> None:
    """Print the row of a format."""
    inside = f"/vsizip/{path}" if path.suffix == ".zip" else str(path)
    if case.suffix in (".mif", ".tab", ".shp", ".gdb"):
        inside = f"{inside}/layer{case.suffix}"
    if case.suffix == ".xlsx":
        view = path.with_suffix(".vrt")
        view.write_text(POINTS.format(path=path), "utf-8")
        inside = str(view)
    target = path.parent / "out.gpkg"
    ours, theirs = math.inf, math.inf
    for _ in range(turns):
        ours = min(ours, seconds_of(lambda: by_us(case, path), resource.RUSAGE_SELF))
        target.unlink(missing_ok=True)
        path.with_suffix(".gfs").unlink(missing_ok=True)  # what GDAL found in a GML before
        opening = [part for option in case.opening for part in ("-oo", option)]
        converting = partial(run, ["ogr2ogr", *opening, "-f", "GPKG", str(target), inside])
        theirs = min(theirs, seconds_of(converting, resource.RUSAGE_CHILDREN))
    print(f"| {case.name} | {ours:.2f} | {theirs:.2f} | {ours / theirs:.1f} |", flush=True)


def by_us(case: Case, path: Path) -> None:
    """Read the file whole; it must hold no fault."""
    request = ReadRequest(**dict(case.request))
    reading = read_here(path, file_name=path.name, request=request, limits=LIMITS)
    if reading.question is not None or reading.errors or not reading.findings.features:
        raise SystemExit(f"{case.name}: {reading.question} {reading.problems[:3]}")


def seconds_of(work: Callable[[], None], whose: int) -> float:
    """Return the processor seconds that a piece of work took this process or its children."""
    before = resource.getrusage(whose)
    work()
    after = resource.getrusage(whose)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def run(command: list[str]) -> None:
    """Run a program and wait for it."""
    subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    begin = time.perf_counter()
    main()
    print(f"\n{time.perf_counter() - begin:.0f} s in all")
