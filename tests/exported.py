"""A collection to export, and the way there and back."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Point, Polygon, box

from tests.imports import NOTE, imported
from zones.crs.transform import parse_crs
from zones.export.export_options import export_options
from zones.export.write_file import write_export
from zones.ingest.run_import import ImportReport
from zones.model import JSON, Change, CollectionInfo, Feature, GeometryKind
from zones.store.protocol import Store
from zones.store.revision_diff import RevisionDiff, difference_between

FORMATS = ("gpkg", "shp", "geojson", "geojsonl", "kml", "csv", "parquet", "fgb")
ODD = 123.4 + 3 * 2**-46  # a longitude whose last bits count

TRIANGLE = Polygon(
    [(ODD, 41.75), (123.41, 41.75), (123.41, 41.76)],
    [[(123.407, 41.751), (123.409, 41.751), (123.409, 41.753)]],
)
TWO = MultiPolygon([box(123.42, 41.75, 123.43, 41.76), box(123.44, 41.75, 123.45, 41.76)])

PLOTS = CollectionInfo("plots", "地块", "Plots", kinds=frozenset({"polygon"}))


def plot(fid: str, geometry: shapely.Geometry | None, **values: JSON) -> Feature:
    told: dict[str, JSON] = dict.fromkeys(("title", "number", "share", "built", "opened"))
    return Feature(fid, geometry, {**told, **values})


PLAIN = (
    plot(
        "p/甲", TRIANGLE, title="三好街", number=1, share=0.1 + 0.2, built=True, opened="2024-02-29"
    ),
    plot(
        "p 2",
        TWO,
        title="Nanhu & <Park>",
        number=2**31 - 1,
        share=1e-7,
        built=False,
        opened="1998-01-02",
    ),
    plot("p-3", box(123.46, 41.75, 123.47, 41.76), share=-123456789.12345678, built=True),
)
"""Attributes of one kind each and names of at most ten bytes: every format can hold them."""

UNTYPED = tuple(
    Feature(item.fid, item.geometry, {**item.properties, "share": -0.125, "built": None})
    for item in PLAIN
)
"""What a CSV tells from text: whole numbers, and decimals of 15 digits."""


def sample(format_: str) -> tuple[Feature, ...]:
    """Return features that the format can hold without loss."""
    return UNTYPED if format_ == "csv" else PLAIN


def exported(
    folder: Path,
    features: Sequence[Feature],
    format_: str,
    *,
    crs: str | None = None,
    encoding: str | None = None,
    info: CollectionInfo = PLOTS,
) -> Path:
    """Return the file that these features are exported to."""
    system = None if crs is None else parse_crs(crs)
    options = export_options(format_, crs=system, encoding=encoding)
    path = folder / f"out{options.format.suffix}"
    path.unlink(missing_ok=True)
    write_export(path, info, features, options=options)
    return path


def stored(store: Store, features: Sequence[Feature], *kinds: GeometryKind) -> Store:
    """Return the store with a collection ``plots`` of these features."""
    info = CollectionInfo("plots", "地块", "Plots", kinds=frozenset(kinds))
    store.apply([Change("plots", features, collection=info)], NOTE)
    return store


def back_again(store: Store, path: Path, **options: Any) -> ImportReport:
    """Return what a dry run says of importing the file in the place of ``plots``."""
    return imported(store, path.parent, path.read_bytes(), name=path.name, dry_run=True, **options)


def imported_diff(store: Store, path: Path, **options: Any) -> RevisionDiff:
    """Return what the import of the file changes in ``plots``; it is stored."""
    before = store.features("plots")
    report = imported(store, path.parent, path.read_bytes(), name=path.name, **options)
    assert report.state == "applied", [problem.code for problem in report.problems]
    return difference_between(before, store.features("plots"))


def of_each_kind() -> tuple[Feature, ...]:
    """Return features of every kind of geometry, and one without."""
    point, line = Point(ODD, 41.75), LineString([(123.4, 41.7), (123.5, 41.8)])
    shapes = (
        point,
        shapely.multipoints([point, Point(123.5, 41.8)]),
        line,
        shapely.multilinestrings([line, LineString([(123.1, 41.1), (123.2, 41.1)])]),
        TRIANGLE,
        TWO,
        None,
    )
    return tuple(Feature(f"f{n}", shape, {"n": n}) for n, shape in enumerate(shapes))


def wkb_of(features: Sequence[Feature]) -> list[bytes | None]:
    """Return the geometries' bytes."""
    shapes = np.array([feature.geometry for feature in features], dtype=object)
    found: list[bytes | None] = shapely.to_wkb(shapes).tolist()
    return found
