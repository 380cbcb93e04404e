"""Which formats there are, and what may be asked of each."""

from dataclasses import dataclass
from enum import Enum
from pathlib import PurePath
from typing import ClassVar, Final, Literal, TypeVar

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
    systems: tuple[CRS, ...] = ()


_SURVEYED: Final = (CRS.EPSG_4529, CRS.EPSG_4550, CRS.EPSG_4528, CRS.EPSG_4549, CRS.EPSG_4490)
_OF_TXT: Final = ("gbk", "utf-8", "utf-8-sig")


class ExportFormat(Enum):
    """A format to export to.

    ``degrees_only`` ones cannot say which system their coordinates are in, and every program
    takes them for longitude and latitude. ``encodings`` begins with the one taken by default,
    so does ``systems``, which are all that the format can be in where there are some.
    """

    GPKG = _Facts("gpkg", ".gpkg", "application/geopackage+sqlite3")
    SHP = _Facts("shp", ".zip", "application/zip", encodings=("utf-8", "gbk"))
    GEOJSON = _Facts("geojson", ".geojson", "application/geo+json")
    GEOJSONL = _Facts("geojsonl", ".geojsonl", "application/geo+json-seq", degrees_only=True)
    KML = _Facts("kml", ".kml", "application/vnd.google-earth.kml+xml", degrees_only=True)
    GTXT = _Facts(
        "gtxt", ".txt", "text/plain", encodings=("gbk", "utf-8", "utf-8-sig"), systems=_SURVEYED
    )
    CSV = _Facts("csv", ".csv", "text/csv", encodings=("utf-8-sig", "utf-8", "gbk"))
    XLSX = _Facts(
        "xlsx",
        ".xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    PARQUET = _Facts("parquet", ".parquet", "application/vnd.apache.parquet")
    FGB = _Facts("fgb", ".fgb", "application/flatgeobuf")

    key: str
    suffix: str
    media_type: str
    degrees_only: bool
    encodings: tuple[str, ...]
    systems: tuple[CRS, ...]

    def __init__(self, facts: _Facts) -> None:
        self.key, self.suffix, self.media_type = facts.key, facts.suffix, facts.media_type
        self.degrees_only, self.encodings = facts.degrees_only, facts.encodings
        self.systems = facts.systems

    def __str__(self) -> str:
        return self.key


KEYS: Final = tuple(format_.key for format_ in ExportFormat)
ENCODINGS: Final = ("utf-8", "utf-8-sig", "gbk")
_IN_WGS84: Final = (ExportFormat.GEOJSON, ExportFormat.GEOJSONL, ExportFormat.KML)


Order = Literal["north-east", "east-north"]
Closing = Literal["repeat", "open"]
ORDERS: Final[tuple[Order, ...]] = ("north-east", "east-north")
CLOSINGS: Final[tuple[Closing, ...]] = ("repeat", "open")
_Word = TypeVar("_Word", bound=str)


@dataclass(frozen=True, slots=True)
class ParcelLayout:
    """How a 国土 TXT is laid out.

    ``order`` of the two numbers; ``closing`` whether the first point of a ring is repeated at its
    end; ``fields`` the properties for 地块编号, 地块名称, 图幅号, 地块用途, 地类编码 and what may
    follow them, empty to find them by their names.
    """

    order: Order = "north-east"
    closing: Closing = "repeat"
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """How to export; made by ``export_options``, which judges what was asked for."""

    format: ExportFormat
    crs: CRS
    encoding: str
    layout: ParcelLayout = ParcelLayout()


def export_options(
    format_: str,
    *,
    crs: CRS | None = None,
    encoding: str | None = None,
    layout: ParcelLayout | None = None,
) -> ExportOptions:
    """Return the options of an export.

    Parameters
    ----------
    format_
        A key such as ``gpkg``.
    crs
        By default EPSG:4490 as stored; CRS84 where the format demands WGS 84; EPSG:4529 for a
        国土 TXT, which may be in the Gauss-Krueger zones and EPSG:4490 only.
    encoding
        Only for shapefiles (``utf-8``, ``gbk``), CSV (``utf-8-sig``: with a byte order mark,
        so that Excel reads it, ``utf-8``, ``gbk``) and 国土 TXT (the same, ``gbk`` by default).
    layout
        Only for 国土 TXT.

    Raises
    ------
    ExportError
        ``export-format``, ``export-encoding``, ``export-crs``, ``export-gtxt-crs``,
        ``export-gtxt-only``, ``export-gtxt-layout``.
    """
    chosen = next((known for known in ExportFormat if known.key == format_.lower()), None)
    if chosen is None:
        known = ", ".join(KEYS)
        raise ExportError("export-format", loc=("query", "f"), given=format_[:80], known=known)
    crs = crs or _default_crs(chosen)
    if chosen.degrees_only and not crs.is_geographic:
        raise ExportError("export-crs", loc=("query", "crs"), format=chosen.key, crs=crs.key)
    if layout is not None and chosen is not ExportFormat.GTXT:
        raise ExportError("export-gtxt-only", loc=("query",), format=chosen.key)
    if chosen.systems and crs not in chosen.systems:
        known = ", ".join(each.key for each in chosen.systems)
        raise ExportError("export-gtxt-crs", loc=("query", "crs"), crs=crs.key, known=known)
    return ExportOptions(chosen, crs, _encoding_of(chosen, encoding), layout or ParcelLayout())


def parcel_layout(
    order: str | None = None, closing: str | None = None, fields: str | None = None
) -> ParcelLayout | None:
    """Return the layout of a 国土 TXT that a person names in words; None if no word is said.

    Raises
    ------
    ExportError
        ``export-gtxt-layout``.

    Examples
    --------
    >>> parcel_layout("east-north", fields="DKBH,DKMC")
    ParcelLayout(order='east-north', closing='repeat', fields=('DKBH', 'DKMC'))
    """
    if order is None and closing is None and fields is None:
        return None
    usual = ParcelLayout()
    return ParcelLayout(
        _word("order", order or usual.order, ORDERS),
        _word("closing", closing or usual.closing, CLOSINGS),
        tuple(name.strip() for name in fields.split(",")) if fields else (),
    )


def _word(name: str, value: str, known: tuple[_Word, ...]) -> _Word:
    for each in known:
        if each == value.lower():
            return each
    raise ExportError(
        "export-gtxt-layout",
        loc=("query", name),
        name=name,
        given=value[:80],
        known=", ".join(known),
    )


def _default_crs(format_: ExportFormat) -> CRS:
    if format_.systems:
        return format_.systems[0]
    return CRS.CRS84 if format_ in _IN_WGS84 else STORAGE


def format_of_name(name: str) -> str:
    """Return the key of the format that a file's suffix stands for, "" if it stands for none."""
    suffix = PurePath(name).suffix.lower()
    return next((known.key for known in ExportFormat if known.suffix == suffix), "")


def _encoding_of(format_: ExportFormat, requested: str | None) -> str:
    allowed = format_.encodings or ("utf-8",)
    if requested is None:
        return allowed[0]
    if requested.lower() not in allowed:
        raise ExportError(
            "export-encoding",
            loc=("query", "encoding"),
            format=format_.key,
            given=requested[:80],
            known=", ".join(allowed),
        )
    return requested.lower()
