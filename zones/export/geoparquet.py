"""GeoParquet 1.1: columns of one type each, shapes as WKB."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson
import pyproj
import shapely

from zones.crs.transform import CRS
from zones.export.export_layer import MADE_BY, ExportLayer
from zones.export.typed_columns import TypedColumn, distinct_headings
from zones.memory.work_in_slices import sliced

_ROWS_OF_A_GROUP: Final = 20_000
_AT_ONCE: Final = 1000
_TYPES: Final = {
    0: "Point",
    1: "LineString",
    2: "LineString",
    3: "Polygon",
    4: "MultiPoint",
    5: "MultiLineString",
    6: "MultiPolygon",
    7: "GeometryCollection",
}


def write_geoparquet(path: Path, layer: ExportLayer) -> None:
    """Write one file; the shapes are in ``geometry`` unless an attribute has that name."""
    # Arrow is large; the command line starts without it.
    import pyarrow
    from pyarrow import parquet

    types = {
        "integer": pyarrow.int64(),
        "real": pyarrow.float64(),
        "boolean": pyarrow.bool_(),
        "date": pyarrow.date32(),
        "text": pyarrow.string(),
    }
    names = [column.name for column in layer.columns]
    geometry = distinct_headings([*names, "geometry"])[-1]
    arrays = [_array(_values(column), types[column.kind]) for column in layer.columns]
    wkb = _array(sliced(shapely.to_wkb, layer.shapes).tolist(), pyarrow.binary())
    table = pyarrow.table([*arrays, wkb], names=[*names, geometry])
    meta = {b"geo": orjson.dumps(_metadata(layer, geometry))}
    parquet.write_table(table.replace_schema_metadata(meta), path, row_group_size=_ROWS_OF_A_GROUP)


def _array(values: Sequence[object], kind: Any) -> Any:
    """Return the values in pieces: Arrow keeps the interpreter until it has read a piece."""
    import pyarrow

    pieces = range(0, len(values), _AT_ONCE)
    arrays = [pyarrow.array(values[at : at + _AT_ONCE], type=kind) for at in pieces]
    return pyarrow.chunked_array(arrays, type=kind)


def _values(column: TypedColumn) -> Sequence[object]:
    if column.kind != "date":
        return column.values
    return [None if value is None else date.fromisoformat(str(value)) for value in column.values]


def _metadata(layer: ExportLayer, geometry: str) -> dict[str, Any]:
    shapes = layer.shapes
    kinds = sorted(set(shapely.get_type_id(shapes).tolist()) - {-1})
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": sorted({_TYPES[kind] for kind in kinds}),
        "edges": "planar",
    }
    bounds = shapely.total_bounds(shapes) if len(shapes) else np.full(4, np.nan)
    if np.isfinite(bounds).all():
        column["bbox"] = bounds.tolist()
    if layer.crs is not CRS.CRS84:  # which is what the standard takes a file without it for
        column["crs"] = None if layer.crs.is_shifted else _projjson(layer.crs)
    return {
        "version": "1.1.0",
        "creator": MADE_BY,
        "primary_column": geometry,
        "columns": {geometry: column},
    }


def _projjson(crs: CRS) -> dict[str, Any]:
    """Return the system as PROJJSON; null, in a shifted datum, means that it is not known."""
    definition: dict[str, Any] = pyproj.CRS.from_user_input(crs.key).to_json_dict()
    return definition
