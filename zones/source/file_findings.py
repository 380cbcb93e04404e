"""What was found out about a file: format, layer, encoding, CRS, fields, geometry.

These travel from the reading process as JSON and are checked on arrival; see
``zones.ingest.read_source``.
"""

from dataclasses import dataclass
from typing import Literal

from zones.encoding.decide_encoding import EncodingFinding
from zones.model import CodedValue

FormatName = Literal[
    "geojson",
    "geojsonseq",
    "shapefile",
    "filegdb",
    "gpkg",
    "kml",
    "kmz",
    "dxf",
    "flatgeobuf",
    "geoparquet",
    "csv",
    "excel",
    "dwg",
    "vct",
    "gtxt",
    "cass",
    "amap",
    "mapinfo",
    "esrijson",
    "udbx",
    "mdb",
    "gml",
    "gpx",
    "topojson",
    "ovjsn",
    "mapgis",
]
DatumName = Literal["none", "gcj02", "bd09"]
CRSBasis = Literal["option", "file", "format", "undecided"]
SampleRow = dict[str, str | int | float | bool | None]


@dataclass(frozen=True, slots=True)
class CRSFinding:
    """The coordinate reference system used, and on whose word.

    ``key`` is our own name for it (``EPSG:4490``, ``gcj02``) if it has one. ``basis``:
    ``option`` (the person importing said so), ``file``, ``format`` (the standard fixes it),
    ``undecided`` (a person is asked; there is no name then).
    ``in_file`` is what the file says when the option overrules it. ``accuracy_m`` is null when
    nobody knows it.
    """

    name: str
    key: str | None
    basis: CRSBasis
    in_file: str | None = None
    accuracy_m: float | None = None


@dataclass(frozen=True, slots=True)
class DatumFit:
    """How well the data fit if their degrees are of this datum.

    ``border_m`` is the median distance from the border of the vertices that may be meant to lie
    on it, null when there are too few; ``outside`` the share of vertices outside the district
    by more than 30 m.
    """

    datum: DatumName
    border_m: float | None
    outside: float


@dataclass(frozen=True, slots=True)
class DatumFinding:
    """The datum that was taken (``none``: not shifted), and how each would fit.

    ``points`` vertices near the district were tried. ``better`` names a datum that fits so much
    better than the one taken that it is no chance. ``fits`` is empty when there was too little
    to try.
    """

    taken: DatumName
    points: int
    fits: tuple[DatumFit, ...] = ()
    better: DatumName | None = None


@dataclass(frozen=True, slots=True)
class FieldFinding:
    """An attribute: the name it is stored under, the one in the file, and what it holds.

    ``title`` and ``codes`` are what the file says of it beside, in an alias and a domain.
    """

    name: str
    label: str
    type: str
    title: str = ""
    codes: tuple[CodedValue, ...] = ()


@dataclass(frozen=True, slots=True)
class GeometryFinding:
    """Features by geometry type, vertices, and what was done to geometries.

    ``located`` is west, south, east, north in EPSG:4490, null when nothing has a place.
    """

    types: dict[str, int]
    vertices: int
    without: int
    flattened: int
    repaired: int
    located: tuple[float, float, float, float] | None


@dataclass(frozen=True, slots=True)
class Findings:
    """All of it. ``layers`` names every layer of the file, ``layer`` the one that was read.

    ``rows`` are attributes of the first features, by their names in the file, long texts cut.
    """

    format: FormatName
    layer: str | None
    layers: tuple[str, ...]
    features: int
    encoding: EncodingFinding
    crs: CRSFinding
    fields: tuple[FieldFinding, ...]
    geometry: GeometryFinding
    datum: DatumFinding | None = None
    rows: tuple[SampleRow, ...] = ()


def undecided_crs(in_file: str | None = None) -> CRSFinding:
    """Return what to tell of a reference system that a person is asked for."""
    return CRSFinding("", None, "undecided", in_file)


def undecided_findings(format_name: FormatName, layers: tuple[str, ...] = ()) -> Findings:
    """Return what is known of a file that could not be looked into without an answer."""
    return Findings(
        format=format_name,
        layer=None,
        layers=layers,
        features=0,
        encoding=EncodingFinding("", "undecided"),
        crs=undecided_crs(),
        fields=(),
        geometry=GeometryFinding({}, 0, 0, 0, 0, None),
    )
