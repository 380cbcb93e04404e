"""Where the maps of a PDF lie on the earth, as GIS and readers of PDF with a pointer read it.

Each page with a map gets a viewport with a geospatial measure (ISO 32000-2, 12.9 and 12.10).
"""

from collections.abc import Sequence
from typing import Final

from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    PdfObject,
    TextStringObject,
)

from zones.crs.prj_file import esri_wkt
from zones.crs.transform import PLANE, to_storage_xy
from zones.drawing.model import Bounds
from zones.printing.map_view import SheetMap
from zones.printing.paper_layout import PaperBox
from zones.printing.sheet_options import MM_PER_INCH

_POINTS_PER_INCH: Final = 72
_CORNERS: Final = ((0, 0), (0, 1), (1, 1), (1, 0))
"""Of a map: across and up, in parts of it; the lower left one first."""
_DECIMALS: Final = 9


def add_places(writer: PdfWriter, maps: Sequence[SheetMap]) -> None:
    """Say where the maps of a document lie, the first of them on its first page."""
    for page, shown in zip(writer.pages, maps, strict=False):
        page[NameObject("/VP")] = ArrayObject([_viewport(shown)])


def _viewport(shown: SheetMap) -> DictionaryObject:
    corners = [number for corner in _CORNERS for number in corner]
    system = _dictionary(
        Type=NameObject("/PROJCS"),
        EPSG=NumberObject(int(PLANE.key.removeprefix("EPSG:"))),
        WKT=TextStringObject(esri_wkt(PLANE)),
    )
    measure = _dictionary(
        Type=NameObject("/Measure"),
        Subtype=NameObject("/GEO"),
        Bounds=_numbers(corners),
        LPTS=_numbers(corners),
        GPTS=_numbers(_places(shown.bounds)),
        GCS=system,
    )
    return _dictionary(
        Type=NameObject("/Viewport"),
        BBox=_numbers(_in_points(shown.layout.frame, shown.layout.paper)),
        Measure=measure,
    )


def _dictionary(**entries: PdfObject) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{name}"): value for name, value in entries.items()})


def _numbers(values: Sequence[float]) -> ArrayObject:
    return ArrayObject([FloatObject(repr(value)) for value in values])


def _places(bounds: Bounds) -> list[float]:
    """Return latitude and longitude of each corner: the order that the standard has."""
    west, south, east, north = bounds
    found = []
    for across, up in _CORNERS:
        x, y = west + across * (east - west), south + up * (north - south)
        lon, lat = to_storage_xy(x, y, PLANE)
        found += [round(float(lat), _DECIMALS), round(float(lon), _DECIMALS)]
    return found


def _in_points(frame: PaperBox, paper: PaperBox) -> list[float]:
    """Return the frame in points from the paper's lower left corner."""
    low, high = paper.height - frame.y - frame.height, paper.height - frame.y
    sides = (frame.x, low, frame.x + frame.width, high)
    return [side / MM_PER_INCH * _POINTS_PER_INCH for side in sides]
