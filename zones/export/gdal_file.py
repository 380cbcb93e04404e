"""GeoPackage and FlatGeobuf, written by GDAL."""

from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely

from zones.export.export_layer import ExportLayer
from zones.export.gdal_process import sizes_of, write_in_process
from zones.export.geopackage_schema import add_schema
from zones.export.typed_columns import TypedColumn, distinct_headings
from zones.memory.work_in_slices import sliced

MOST_FEATURES: Final = 1000
MOST_BYTES: Final = 1 << 21
"""Of a layer that is written beside other threads: some milliseconds."""
_DTYPES: Final = {
    "integer": np.int64,
    "real": np.float64,
    "boolean": np.bool_,
    "date": "datetime64[D]",
    "text": object,
}
_EMPTY_VALUES: Final = {
    "integer": 0,
    "real": 0.0,
    "boolean": False,
    "date": np.datetime64("NaT", "D"),
    "text": None,
}
_MULTI: Final = {
    shapely.GeometryType.POINT: shapely.GeometryType.MULTIPOINT,
    shapely.GeometryType.LINESTRING: shapely.GeometryType.MULTILINESTRING,
    shapely.GeometryType.POLYGON: shapely.GeometryType.MULTIPOLYGON,
}
_NAMES: Final = {
    shapely.GeometryType.POINT: "Point",
    shapely.GeometryType.LINESTRING: "LineString",
    shapely.GeometryType.POLYGON: "Polygon",
    shapely.GeometryType.MULTIPOINT: "MultiPoint",
    shapely.GeometryType.MULTILINESTRING: "MultiLineString",
    shapely.GeometryType.MULTIPOLYGON: "MultiPolygon",
}


def write_geopackage(path: Path, layer: ExportLayer) -> None:
    """Write a GeoPackage with one layer, named after the collection's id.

    Row numbers and shapes are in columns whose names no attribute has. Titles of attributes and
    the texts of their codes are in the package's own schema extension.
    """
    taken = [column.name for column in layer.columns]
    *_, fid, geometry = distinct_headings([*taken, "fid", "geom"])
    options = {"FID": fid, "GEOMETRY_NAME": geometry}
    _write(path, layer, driver="GPKG", options=options)
    add_schema(path, layer)


def write_flatgeobuf(path: Path, layer: ExportLayer) -> None:
    """Write a FlatGeobuf file; indexed, and so in another order, if every feature has a place."""
    placed = not (shapely.is_missing(layer.shapes) | shapely.is_empty(layer.shapes)).any()
    options = {"SPATIAL_INDEX": "YES" if placed and len(layer.features) else "NO"}
    _write(path, layer, driver="FlatGeobuf", options=options)


def one_type(shapes: Any) -> tuple[Any, str]:
    """Return shapes of a single type where single and multi-part ones are mixed, and its name.

    QGIS shows a layer of both as two. The name is ``Unknown`` for points among polygons.
    """
    kinds = set(shapely.get_type_id(shapes[~shapely.is_missing(shapes)]).tolist())
    if len(kinds) == 2 and _MULTI.get(min(kinds)) in kinds:  # noqa: PLR2004 - a kind and its multi
        single, multi = min(kinds), max(kinds)
        shapes = shapes.copy()
        for index in np.flatnonzero(shapely.get_type_id(shapes) == single):
            shapes[index] = (
                shapely.multipoints([shapes[index]]) if single == 0 else _many(shapes[index], multi)
            )
        return shapes, _NAMES[multi]
    return shapes, _NAMES.get(kinds.pop(), "Unknown") if len(kinds) == 1 else "Unknown"


def _many(shape: Any, multi: int) -> Any:
    lines = multi == shapely.GeometryType.MULTILINESTRING
    return (shapely.multilinestrings if lines else shapely.multipolygons)([shape])


def _write(path: Path, layer: ExportLayer, *, driver: str, options: dict[str, str]) -> None:
    shapes, geometry_type = one_type(layer.shapes)
    write_by_gdal(
        path,
        sliced(shapely.to_wkb, shapes),
        [_values(column) for column in layer.columns],
        [_mask(column) for column in layer.columns],
        fields=[column.name for column in layer.columns],
        layer=layer.info.id,
        driver=driver,
        geometry_type=geometry_type,
        crs=layer.declared_crs,
        layer_options=options,
    )


def write_by_gdal(path: Path, wkb: Any, values: list[Any], masks: list[Any], **more: Any) -> None:
    """Write shapes and columns as ``pyogrio.raw.write`` does, a large layer in another process.

    Raises
    ------
    OSError
        If GDAL cannot write the file; our layers are such that it has no other reason.
    """
    if len(wkb) > MOST_FEATURES or sizes_of(wkb).sum() > MOST_BYTES:
        write_in_process(path, wkb, values, masks, **more)
        return
    # GDAL is large; the service starts without it.
    from pyogrio import raw
    from pyogrio.errors import DataLayerError, DataSourceError, FeatureError

    try:
        raw.write(path, wkb, values, field_mask=masks, **more)
    except (DataLayerError, DataSourceError, FeatureError) as error:
        raise OSError(str(error)[:200]) from error


def _values(column: TypedColumn) -> Any:
    empty = _EMPTY_VALUES[column.kind]
    values: Any = np.empty(len(column.values), dtype=_DTYPES[column.kind])
    values[:] = [empty if value is None else value for value in column.values]
    return values


def _mask(column: TypedColumn) -> Any:
    if column.kind == "text":
        return None
    return np.array([value is None for value in column.values], dtype=bool)
