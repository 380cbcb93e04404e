"""Which formats can be imported, told by how a file begins or by the suffix of its name."""

from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Final

from zones.errors import SourceError
from zones.formats.signatures import format_by_content
from zones.source.file_findings import FormatName

_LONGEST_SUFFIX = 20


@dataclass(frozen=True, slots=True)
class Format:
    """A format and the one GDAL driver that reading it takes, if any.

    ``packed`` if files of it are in a zip.
    """

    name: FormatName
    driver: str = ""
    packed: bool = False


_GEODATABASE: Final = Format("filegdb", "OpenFileGDB")
_MAPINFO: Final = Format("mapinfo", "MapInfo File")
_BY_SUFFIX: Final = {
    ".geojson": Format("geojson"),
    ".json": Format("geojson"),
    ".geojsonl": Format("geojsonseq"),
    ".geojsons": Format("geojsonseq"),
    ".ndjson": Format("geojsonseq"),
    ".jsonl": Format("geojsonseq"),
    ".zip": Format("shapefile", "ESRI Shapefile"),
    ".gpkg": Format("gpkg", "GPKG"),
    ".kml": Format("kml"),
    ".kmz": Format("kmz"),
    ".ovkml": Format("kml"),  # as Ovi map (奥维) names its own
    ".ovkmz": Format("kmz"),
    ".dxf": Format("dxf", "DXF"),
    ".dwg": Format("dwg"),  # on trial
    ".fgb": Format("flatgeobuf", "FlatGeobuf"),
    ".parquet": Format("geoparquet"),
    ".geoparquet": Format("geoparquet"),
    ".vct": Format("vct"),  # never for GDAL, whose Idrisi driver takes the suffix for its own
    ".ovjsn": Format("ovjsn"),
    ".udbx": Format("udbx"),
    ".mdb": Format("mdb"),
    ".accdb": Format("mdb"),
    ".gml": Format("gml", "GML"),
    ".gpx": Format("gpx", "GPX"),
    ".topojson": Format("topojson", "TopoJSON"),
    ".csv": Format("csv"),
    ".tsv": Format("csv"),
    ".txt": Format("csv"),  # as Excel's "Unicode text" is named
    ".dat": Format("cass"),
    ".xlsx": Format("excel"),
    ".xlsm": Format("excel"),
    ".xls": Format("excel"),
    ".ods": Format("excel"),
    ".wp": Format("mapgis"),
    ".wl": Format("mapgis"),
    ".wt": Format("mapgis"),
    ".et": Format("excel"),  # of WPS, which writes .xls under its own name
}
_BY_CONTENT: Final = (Format("gtxt"), Format("esrijson"), Format("amap"))  # under any suffix
_BY_NAME: Final[dict[str, Format]] = {
    each.name: each for each in (*_BY_SUFFIX.values(), *_BY_CONTENT)
}
_NEVER_PACKED: Final = frozenset({"shapefile", "filegdb", "kmz"})
_GEODATABASE_SUFFIX = ".gdb.zip"
PACKED: Final = frozenset(_BY_SUFFIX) - {".zip", ".kmz", ".ovkmz", ".json", ".txt", ".dat"}
"""Suffixes of formats that may also come in a zip; a text beside them is a note."""

SUFFIXES: Final = tuple(_BY_SUFFIX)
"""Suffixes of single files that can be imported, those of zips among them."""

MAPINFO_TABLES: Final = frozenset({".tab", ".mif"})
"""Suffixes of the one among a MapInfo table's files that stands for the table."""

# Files that people send by mistake.
_PARTS = frozenset({".shp", ".dbf", ".shx", ".prj", ".cpg", ".cst", ".sbn", ".sbx"})
_MAPINFO_PARTS = frozenset({".tab", ".mif", ".mid", ".map", ".id", ".ind"})
_OTHER_ARCHIVES = frozenset({".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz"})
_DRAWINGS = frozenset({".dgn"})
_SHEETS = frozenset({".xlsb", ".numbers"})
REFUSED: Final = (
    ("shapefile-in-parts", _PARTS),
    ("mapinfo-in-parts", _MAPINFO_PARTS),
    ("ovobj-closed", frozenset({".ovobj"})),
    ("supermap-closed", frozenset({".udb", ".udd", ".smwu", ".sxwu"})),
    ("mapgis-file", frozenset({".mpj"})),
    ("other-archive", _OTHER_ARCHIVES),
    ("drawing-not-dxf", _DRAWINGS),
    ("sheet-not-csv", _SHEETS),
)
"""Suffixes that are known and not read, by the message that names what to send instead."""


def recognise(file_name: str, head: bytes = b"") -> Format:
    """Return the format of a file by its first bytes, else by its name's suffix in any case.

    Raises
    ------
    SourceError
        ``format-unknown``, or a more helpful one for parts of a shapefile, other archives,
        drawings and spreadsheets.
    """
    if (name := format_by_content(head)) is not None:
        return _BY_NAME[name]
    if file_name.lower().endswith(_GEODATABASE_SUFFIX):
        return _GEODATABASE
    suffix = PurePath(file_name).suffix.lower()
    if found := _BY_SUFFIX.get(suffix):
        return found
    for code, mistaken in REFUSED:
        if suffix in mistaken:
            raise SourceError(code, suffix=suffix)
    accepted = ", ".join(sorted(_BY_SUFFIX))
    raise SourceError("format-unknown", suffix=suffix[:_LONGEST_SUFFIX] or "—", accepted=accepted)


def format_in_zip(name: str) -> Format | None:
    """Return the format of what a zip holds instead of a shapefile, by the format's name."""
    if name == _GEODATABASE.name:
        return _GEODATABASE
    if name == _MAPINFO.name:
        return _MAPINFO
    found = format_named(name)
    return replace(found, packed=True) if found else None


def format_named(name: str) -> Format | None:
    """Return a format that may be packed in a zip, by its name."""
    return _BY_NAME.get(name) if name not in _NEVER_PACKED else None


def suffix_format(suffix: str) -> Format | None:
    """Return the format that a suffix stands for, in lower case."""
    return _BY_SUFFIX.get(suffix)
