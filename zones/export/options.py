"""Which formats there are, and what may be asked of each."""

from dataclasses import dataclass
from enum import Enum
from pathlib import PurePath
from typing import ClassVar, Final

from zones.crs.transform import CRS, STORAGE
from zones.errors import ZonesError


class ExportError(ZonesError):
    """An export that cannot be made as asked for."""

    default_code: ClassVar[str] = "export-format"


@dataclass(frozen=True, slots=True)
class _Facts:
    key: str
    suffix: str
    media_type: str
    degrees_only: bool = False
    encodings: tuple[str, ...] = ()


class ExportFormat(Enum):
    """A format to export to.

    ``degrees_only`` ones cannot say which system their coordinates are in, and every program
    takes them for longitude and latitude. ``encodings`` begins with the one taken by default.
    """

    GPKG = _Facts("gpkg", ".gpkg", "application/geopackage+sqlite3")
    SHP = _Facts("shp", ".zip", "application/zip", encodings=("utf-8", "gbk"))
    GEOJSON = _Facts("geojson", ".geojson", "application/geo+json")
    GEOJSONL = _Facts("geojsonl", ".geojsonl", "application/geo+json-seq", degrees_only=True)
    KML = _Facts("kml", ".kml", "application/vnd.google-earth.kml+xml", degrees_only=True)
    CSV = _Facts("csv", ".csv", "text/csv", encodings=("utf-8-sig", "utf-8", "gbk"))
    PARQUET = _Facts("parquet", ".parquet", "application/vnd.apache.parquet")
    FGB = _Facts("fgb", ".fgb", "application/flatgeobuf")

    key: str
    suffix: str
    media_type: str
    degrees_only: bool
    encodings: tuple[str, ...]

    def __init__(self, facts: _Facts) -> None:
        self.key, self.suffix, self.media_type = facts.key, facts.suffix, facts.media_type
        self.degrees_only, self.encodings = facts.degrees_only, facts.encodings

    def __str__(self) -> str:
        return self.key


KEYS: Final = tuple(format_.key for format_ in ExportFormat)
ENCODINGS: Final = ("utf-8", "utf-8-sig", "gbk")
_IN_WGS84: Final = (ExportFormat.GEOJSON, ExportFormat.GEOJSONL, ExportFormat.KML)


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """How to export; made by ``export_options``, which judges what was asked for."""

    format: ExportFormat
    crs: CRS
    encoding: str


def export_options(
    format_: str, *, crs: CRS | None = None, encoding: str | None = None
) -> ExportOptions:
    """Return the options of an export.

    Parameters
    ----------
    format_
        A key such as ``gpkg``.
    crs
        By default EPSG:4490 as stored; CRS84 where the format demands WGS 84.
    encoding
        Only for shapefiles (``utf-8``, ``gbk``) and CSV (``utf-8-sig``: with a byte order mark,
        so that Excel reads it, ``utf-8``, ``gbk``).

    Raises
    ------
    ExportError
        ``export-format``, ``export-encoding``, ``export-crs``.
    """
    chosen = next((known for known in ExportFormat if known.key == format_.lower()), None)
    if chosen is None:
        known = ", ".join(KEYS)
        raise ExportError("export-format", loc=("query", "f"), given=format_[:80], known=known)
    crs = crs or (CRS.CRS84 if chosen in _IN_WGS84 else STORAGE)
    if chosen.degrees_only and not crs.is_geographic:
        raise ExportError("export-crs", loc=("query", "crs"), format=chosen.key, crs=crs.key)
    return ExportOptions(chosen, crs, _encoding_of(chosen, encoding))


def format_of_name(name: str) -> str:
    """Return the key of the format that a file's suffix stands for, "" if it stands for none."""
    suffix = PurePath(name).suffix.lower()
    return next((known.key for known in ExportFormat if known.suffix == suffix), "")


def _encoding_of(format_: ExportFormat, asked: str | None) -> str:
    allowed = format_.encodings or ("utf-8",)
    if asked is None:
        return allowed[0]
    if asked.lower() not in allowed:
        raise ExportError(
            "export-encoding",
            loc=("query", "encoding"),
            format=format_.key,
            given=asked[:80],
            known=", ".join(allowed),
        )
    return asked.lower()
