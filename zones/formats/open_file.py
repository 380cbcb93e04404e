"""An untrusted file -> the one layer in it that is wanted, opened; called in the child alone."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from zones.errors import SourceError
from zones.formats.amap.source import MapAnswerSource
from zones.formats.cass.opening import open_point_list
from zones.formats.csv.opening import open_csv
from zones.formats.dwg.source import DWGSource
from zones.formats.dxf.source import DXFSource
from zones.formats.esrijson.source import EsriJSONSource
from zones.formats.excel.opening import open_excel
from zones.formats.excel.workbook import is_workbook
from zones.formats.files_in_zip import format_of_all, no_data, open_packed, packed_files
from zones.formats.gdal.filegdb import extract_geodatabase, geodatabases
from zones.formats.gdal.filegdb_catalogue import catalogue_fields
from zones.formats.gdal.filegdb_ranges import range_notes
from zones.formats.gdal.gml import open_gml
from zones.formats.gdal.gpx import open_gpx
from zones.formats.gdal.layers import (
    first_texts,
    layer_info,
    layer_names,
    names_without_places,
    tables_without_places,
)
from zones.formats.gdal.source import GDALLayer, GDALSource
from zones.formats.gdal.topojson import open_topojson
from zones.formats.geojson.sequence import GeoJSONLinesSource, is_one_to_a_line
from zones.formats.geojson.source import GeoJSONSource
from zones.formats.geopackage.soundness import open_package
from zones.formats.geopackage.source import GeoPackageSource
from zones.formats.geoparquet.source import GeoParquetSource
from zones.formats.gtxt.source import GTXTSource
from zones.formats.kml.opening import open_kml, open_kmz
from zones.formats.mapgis.source import MapGISSource
from zones.formats.mapinfo.opening import mapinfo_tables, open_mapinfo
from zones.formats.mdb.source import open_mdb
from zones.formats.merged_layers import merged
from zones.formats.ovjsn.source import OvJSNSource
from zones.formats.shapefile.opening import open_shapefiles, shapefiles_in
from zones.formats.udbx.source import open_udbx
from zones.formats.unpack_zip import Archive
from zones.formats.vct.source import open_vct
from zones.model import FieldInfo, Problem
from zones.questions_to_people import Reason
from zones.sandbox.child_task import ReadTask
from zones.sandbox.limits import MEBIBYTE
from zones.source.file_findings import FormatName
from zones.source.layer_choice import ALL_LAYERS, Description, choose_layers
from zones.source.model import Source
from zones.source.reading_choices import SourceChoice


def open_source(
    task: ReadTask, format_name: FormatName, choice: SourceChoice, *, packed: bool = False
) -> Source:
    """Return the chosen layer of the task's file; with ``packed``, of the files in its zip.

    Raises
    ------
    SourceError
        Or a child of it, or ``UnknownCRSError``: why the file cannot be read, and how to mend it.
    """
    if not task.source.read(1):
        raise SourceError("source-empty")
    task.source.seek(0)
    if packed:
        return open_packed(task, _archive(task), choice, open_source)
    return _OPENERS[format_name](task, choice)


def _open_geojson(task: ReadTask, choice: SourceChoice) -> Source:
    if is_one_to_a_line(task.source):
        return _open_geojson_lines(task, choice)
    return GeoJSONSource(task.source, crs=choice.crs, limits=task.limits)


def _open_geojson_lines(task: ReadTask, choice: SourceChoice) -> Source:
    return GeoJSONLinesSource(task.source, crs=choice.crs, limits=task.limits)


def _open_table(task: ReadTask, choice: SourceChoice) -> Source:
    """Return a table: of a workbook or of a text, whatever its name says."""
    if is_workbook(task.source):
        return open_excel(task, choice)
    return open_csv(task.source, choice)


def _open_esrijson(task: ReadTask, choice: SourceChoice) -> Source:
    return EsriJSONSource(task.source, crs=choice.crs, limits=task.limits)


def _open_gtxt(task: ReadTask, choice: SourceChoice) -> Source:
    return GTXTSource(task.source, crs=choice.crs, encoding=choice.encoding, limits=task.limits)


def _open_geoparquet(task: ReadTask, choice: SourceChoice) -> Source:
    return GeoParquetSource(task.source, crs=choice.crs, limits=task.limits)


def _open_geopackage(task: ReadTask, choice: SourceChoice) -> Source:
    package = open_package(_on_disk(task, "source.gpkg"))
    names = choose_layers(package.tables, choice.layers, describe=_describe_by_gdal(package.path))
    return merged(
        [GeoPackageSource(package, name=name, crs=choice.crs, limits=task.limits) for name in names]
    )


def _open_flatgeobuf(task: ReadTask, choice: SourceChoice) -> Source:
    path = _on_disk(task, "source.fgb")
    return _open_by_gdal(path, "flatgeobuf", task, choice)


def _open_geodatabase(task: ReadTask, choice: SourceChoice) -> Source:
    path = extract_geodatabase(_archive(task), task.folder / "source")
    return _open_by_gdal(
        path, "filegdb", task, choice, fields_of=catalogue_fields, notes_of=_geodatabase_notes
    )


def _geodatabase_notes(path: Path, layer: str) -> tuple[Problem, ...]:
    return (*range_notes(path, layer), *tables_without_places(names_without_places(path)))


def _open_by_gdal(
    path: Path,
    format_name: FormatName,
    task: ReadTask,
    choice: SourceChoice,
    *,
    fields_of: Callable[[Path, str], Sequence[FieldInfo]] = lambda path, layer: (),
    notes_of: Callable[[Path, str], tuple[Problem, ...]] = lambda path, layer: (),
) -> Source:
    layers = layer_names(path)
    names = choose_layers(layers, choice.layers, describe=_describe_by_gdal(path))
    chosen_layers = (
        GDALLayer(
            format=format_name,
            path=path,
            layer=name,
            layers=layers,
            fields=tuple(fields_of(path, name)),
            notes=notes_of(path, name),
        )
        for name in names
    )
    return merged([GDALSource(each, crs=choice.crs, limits=task.limits) for each in chosen_layers])


def _open_topojson(task: ReadTask, choice: SourceChoice) -> Source:
    return open_topojson(_on_disk(task, "source.topojson"), task, choice)


def _open_udbx(task: ReadTask, choice: SourceChoice) -> Source:
    return open_udbx(_on_disk(task, "source.udbx"), choice, task.limits)


def _open_dxf(task: ReadTask, choice: SourceChoice) -> Source:
    path = _on_disk(task, "source.dxf")
    every = ALL_LAYERS in choice.layers
    return merged(
        [
            DXFSource(
                path,
                crs=choice.crs,
                encoding=choice.encoding,
                layer=layer,
                limits=task.limits,
                kinds=choice.kinds,
            )
            for layer in (None if every else choice.layers) or (None,)
        ]
    )


def _open_dwg(task: ReadTask, choice: SourceChoice) -> Source:
    return DWGSource(_on_disk(task, "source.dwg"), choice, task.limits)


def _open_mapgis(task: ReadTask, choice: SourceChoice) -> Source:
    return MapGISSource(_on_disk(task, "source.mapgis"), choice, task.limits)


def _open_kml(task: ReadTask, choice: SourceChoice) -> Source:
    return open_kml(task.source.read(), "kml", task, choice)


def _open_kmz(task: ReadTask, choice: SourceChoice) -> Source:
    return open_kmz(_archive(task), task, choice)


def _open_zipped_shapefile(task: ReadTask, choice: SourceChoice) -> Source:
    archive = _archive(task)
    layers = shapefiles_in(archive)
    if not layers:
        raise _no_shapefile(archive)
    return open_shapefiles(archive, layers, task, choice)


_OPENERS: Final[dict[FormatName, Callable[[ReadTask, SourceChoice], Source]]] = {
    "geojson": _open_geojson,
    "geojsonseq": _open_geojson_lines,
    "shapefile": _open_zipped_shapefile,
    "filegdb": _open_geodatabase,
    "gpkg": _open_geopackage,
    "kml": _open_kml,
    "kmz": _open_kmz,
    "dxf": _open_dxf,
    "flatgeobuf": _open_flatgeobuf,
    "geoparquet": _open_geoparquet,
    "csv": _open_table,
    "excel": _open_table,
    "dwg": _open_dwg,
    "vct": open_vct,
    "gtxt": _open_gtxt,
    "ovjsn": OvJSNSource,
    "udbx": _open_udbx,
    "mdb": open_mdb,
    "gml": open_gml,
    "gpx": open_gpx,
    "topojson": _open_topojson,
    "amap": lambda task, choice: MapAnswerSource(task.source, choice, task.limits),
    "mapgis": _open_mapgis,
    "cass": lambda task, choice: open_point_list(task.source, choice),
    "mapinfo": lambda task, choice: open_mapinfo(_archive(task), task, choice),
    "esrijson": _open_esrijson,
}


def _archive(task: ReadTask) -> Archive:
    return Archive(task.source, max_bytes=task.limits.unzipped_mb * MEBIBYTE)


def _on_disk(task: ReadTask, name: str) -> Path:
    """Return a path under which GDAL or SQLite may open the file, always of our own naming."""
    path = task.folder / name
    with path.open("wb") as copy:
        shutil.copyfileobj(task.source, copy)
    return path


def _no_shapefile(archive: Archive) -> SourceError:
    """Return the fault of a zip without a shapefile; the parent knows what ``zip-holds`` asks."""
    if geodatabases(archive):
        return SourceError("zip-holds", suffix=".gdb", format="filegdb")
    files = packed_files(archive)
    if not files and mapinfo_tables(archive):
        return SourceError("zip-holds", suffix=".tab", format="mapinfo")
    if not files:
        return no_data(archive)
    suffixes = ", ".join(sorted({file.member.suffix for file in files}))
    return SourceError("zip-holds", suffix=suffixes, format=format_of_all(files).name)


def _describe_by_gdal(path: Path) -> Callable[[str], Description]:
    def describe(name: str) -> Description:
        info = layer_info(path, name)
        count, kind = int(info["features"]), str(info["geometry_type"])[:40]
        return Reason("reason-layer", {"features": count, "kind": kind}), first_texts(path, name)

    return describe
