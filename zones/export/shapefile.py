"""A zipped shapefile: one for each kind of geometry, with what their format cannot say beside."""

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely

from zones.export.dbf import LONGEST_TEXT, Losses, cut_names, write_dbf
from zones.export.export_layer import ExportLayer
from zones.export.gdal_file import write_by_gdal
from zones.export.typed_columns import TypedColumn
from zones.memory.work_in_slices import sliced
from zones.messages import say

_MADE_AT: Final = (1980, 1, 1, 0, 0, 0)  # the same for the same data, whenever it is exported
_TYPES: Final = ("Point", "MultiPoint", "LineString", "Polygon")
_ENDINGS: Final = ("point", "multipoint", "line", "polygon")
_OF_TYPE: Final[Mapping[int, int]] = {0: 0, 1: 2, 2: 2, 3: 3, 4: 1, 5: 2, 6: 3}


@dataclass(frozen=True, slots=True)
class _Part:
    """Which features go into one of the shapefiles, and their shapes."""

    name: str
    geometry_type: str
    rows: Sequence[int]
    shapes: Any


def write_shapefile(path: Path, layer: ExportLayer, *, encoding: str) -> None:
    """Write a zip archive of shapefiles.

    Points, multi-points, lines and polygons come in a shapefile each, named after the collection
    when there is one kind only; features without a place are in the first. ``encoding`` is
    ``utf-8`` or ``gbk``; a .cpg names it. There is no .prj in a shifted datum, which has none.
    ``<collection>_fields.txt`` tells the full names of fields whose names were cut, and
    ``README.txt`` whatever else is not as one might think.
    """
    names = cut_names([column.name for column in layer.columns], encoding=encoding)
    losses = Losses()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in _parts(layer):
            folder = path.parent / f"{path.name}.{part.name}"
            folder.mkdir()
            _write_part(folder, layer, part, names=names, encoding=encoding, losses=losses)
            for file in sorted(folder.iterdir()):
                _add(archive, file.name, file)
                file.unlink()
            folder.rmdir()
        if fields := _renamed(layer.columns, names):
            _add(archive, f"{layer.info.id}_fields.txt", fields)
        if notes := _notes(layer, losses):
            _add(archive, "README.txt", notes)


def _write_part(
    folder: Path,
    layer: ExportLayer,
    part: _Part,
    *,
    names: Sequence[str],
    encoding: str,
    losses: Losses,
) -> None:
    shp = folder / f"{part.name}.shp"
    write_by_gdal(
        shp,
        sliced(shapely.to_wkb, part.shapes),
        [],
        [],
        fields=[],
        driver="ESRI Shapefile",
        geometry_type=part.geometry_type,
        crs=layer.declared_crs,
    )
    if layer.crs.is_shifted:
        shp.with_suffix(".prj").unlink(missing_ok=True)
    shp.with_suffix(".cpg").write_text(encoding.upper(), encoding="ascii")
    columns = [
        replace(column, values=[column.values[row] for row in part.rows])
        for column in layer.columns
    ]
    write_dbf(shp.with_suffix(".dbf"), columns, names, encoding=encoding, losses=losses)


def _parts(layer: ExportLayer) -> list[_Part]:
    """Return what goes into each shapefile; a geometry of mixed kinds goes into several."""
    sorted_out: dict[int, list[tuple[int, Any]]] = {}
    without = []
    for row, shape in enumerate(layer.shapes):
        if shape is None or shape.is_empty:
            without.append((row, None))
        for number, piece in _pieces(shape):
            sorted_out.setdefault(number, []).append((row, piece))
    kinds = sorted(sorted_out) or [_only_type(layer)]
    parts = []
    for number in kinds:
        listed = sorted_out.get(number, []) + (without if number == kinds[0] else [])
        listed.sort(key=lambda pair: pair[0])
        shapes = np.empty(len(listed), dtype=object)
        shapes[:] = [shape for _, shape in listed]
        name = layer.info.id if len(kinds) == 1 else f"{layer.info.id}_{_ENDINGS[number]}"
        parts.append(_Part(name, _TYPES[number], [row for row, _ in listed], shapes))
    return parts


def _pieces(shape: Any) -> list[tuple[int, Any]]:
    """Return a shape with its type's number; what a mixed collection holds, kind by kind."""
    if shape is None or shape.is_empty:
        return []
    if shape.geom_type != "GeometryCollection":
        return [(_OF_TYPE[shapely.get_type_id(shape)], shape)]
    found: dict[int, list[Any]] = {}
    for piece in shapely.get_parts(shape):
        for number, inner in _pieces(piece):
            found.setdefault(number, []).extend(shapely.get_parts(inner))
    make = {0: shapely.multipoints, 1: shapely.multipoints, 2: shapely.multilinestrings}
    return [
        (number or 1, make.get(number, shapely.multipolygons)(pieces))
        for number, pieces in found.items()
    ]


def _only_type(layer: ExportLayer) -> int:
    """Return the type of a shapefile without shapes: what the collection takes."""
    kind = min(layer.info.kinds, default="polygon")
    return {"point": 0, "line": 2, "polygon": 3}[kind]


def _renamed(columns: Sequence[TypedColumn], names: Sequence[str]) -> bytes:
    """Return a table of names in the file and in full; nothing if all are in full."""
    pairs = [(name, column.source) for name, column in zip(names, columns, strict=True)][1:]
    if all(name == source for name, source in pairs):
        return b""
    heading = " / ".join(str(say("export-fields", lang)) for lang in ("zh", "en"))
    lines = [heading, "", *(f"{name}\t{source}" for name, source in pairs)]
    return _as_text(lines)


def _notes(layer: ExportLayer, losses: Losses) -> bytes:
    remarks: list[tuple[str, dict[str, object]]] = []
    if layer.crs.is_shifted:
        remarks.append(("export-no-prj", {"crs": layer.crs.key, "datum": layer.crs.datum}))
    for code, lost in (
        ("export-texts-cut", losses.cut),
        ("export-texts-replaced", losses.replaced),
        ("export-numbers-wide", losses.wide),
    ):
        if count := lost.total():
            fields = ", ".join(name for name, number in lost.items() if number)
            remarks.append((code, {"count": count, "fields": fields, "most": LONGEST_TEXT}))
    return _as_text(
        [str(say(code, lang, **values)) for lang in ("zh", "en") for code, values in remarks]
    )


def _as_text(lines: Sequence[str]) -> bytes:
    """Return lines as Notepad shows them rightly; nothing if there are none."""
    return "\r\n".join([*lines, ""]).encode("utf-8-sig") if lines else b""


def _add(archive: zipfile.ZipFile, name: str, content: Path | bytes) -> None:
    entry = zipfile.ZipInfo(name, _MADE_AT)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    with archive.open(entry, "w", force_zip64=True) as target:
        if isinstance(content, bytes):
            target.write(content)
            return
        with content.open("rb") as source:
            while block := source.read(1024 * 1024):
                target.write(block)
