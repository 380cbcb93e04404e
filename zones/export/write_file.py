"""A collection into a file of the format asked for."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from zones.errors import StoreError
from zones.export.blank_texts import blank_remarks
from zones.export.changed_values import as_text_remarks, control_remarks
from zones.export.csv_table import write_csv
from zones.export.export_layer import ExportLayer
from zones.export.export_options import ExportFormat, ExportOptions
from zones.export.gdal_file import write_flatgeobuf, write_geopackage
from zones.export.geojson import write_geojson, write_geojson_lines
from zones.export.geoparquet import write_geoparquet
from zones.export.gtxt import gtxt_remarks, write_gtxt
from zones.export.kml import write_kml
from zones.export.shapefile import write_shapefile
from zones.export.xlsx_table import write_xlsx, xlsx_remarks
from zones.model import CollectionInfo, Feature, Problem


def write_export(
    path: Path, info: CollectionInfo, features: Sequence[Feature], *, options: ExportOptions
) -> None:
    """Write the features to ``path``, which must not exist yet.

    Parameters
    ----------
    path
        Its suffix should be that of the format; beside it, files come and go while a shapefile
        is made.
    features
        In EPSG:4490, in the order to be kept. FlatGeobuf orders them by place.

    Raises
    ------
    StoreError
        ``export-disk`` if the disk is full or the folder cannot be written.

    Notes
    -----
    Coordinates are not rounded: in CRS84, EPSG:4326 and EPSG:4490 they come back to the last bit
    from every format but 国土 TXT, which has ten decimals of degrees and four of metres. A
    shapefile turns rings so that outer ones run clockwise. Only GeoJSON keeps lists and objects
    among the attributes, and the difference between an attribute that is null and one that is not
    there.
    """
    layer = ExportLayer(info, features, options.crs)
    try:
        _write(path, layer, options)
    except OSError as error:
        raise StoreError("export-disk", reason=error.strerror or str(error)[:200]) from error


def export_remarks(
    info: CollectionInfo, features: Sequence[Feature], *, options: ExportOptions
) -> list[Problem]:
    """Return what the file leaves out or writes otherwise, where it cannot say so itself."""
    layer = ExportLayer(info, features, options.crs)
    if options.format is ExportFormat.GTXT:
        return gtxt_remarks(layer, layout=options.layout, encoding=options.encoding)
    return [
        *(xlsx_remarks(layer) if options.format is ExportFormat.XLSX else []),
        *(blank_remarks(features) if options.format in _WITH_BLANKS else []),
        *(control_remarks(features) if options.format in _OF_XML else []),
        *(as_text_remarks(features) if options.format not in _OF_JSON else []),
    ]


_WITH_BLANKS: Final = frozenset({ExportFormat.CSV, ExportFormat.SHP, ExportFormat.XLSX})
_OF_XML: Final = frozenset({ExportFormat.KML, ExportFormat.XLSX})
_OF_JSON: Final = frozenset({ExportFormat.GEOJSON, ExportFormat.GEOJSONL})


def _write(path: Path, layer: ExportLayer, options: ExportOptions) -> None:
    match options.format:
        case ExportFormat.SHP:
            write_shapefile(path, layer, encoding=options.encoding)
        case ExportFormat.CSV:
            write_csv(path, layer, encoding=options.encoding)
        case ExportFormat.GTXT:
            write_gtxt(path, layer, layout=options.layout, encoding=options.encoding)
        case plain:
            _WRITERS[plain](path, layer)


_WRITERS: Final[dict[ExportFormat, Callable[[Path, ExportLayer], None]]] = {
    ExportFormat.GPKG: write_geopackage,
    ExportFormat.GEOJSON: write_geojson,
    ExportFormat.GEOJSONL: write_geojson_lines,
    ExportFormat.KML: write_kml,
    ExportFormat.XLSX: write_xlsx,
    ExportFormat.PARQUET: write_geoparquet,
    ExportFormat.FGB: write_flatgeobuf,
}
