"""国土 TXT: parcels as the programs of land offices read them.

``zones.formats.gtxt`` tells of the form and its sources.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.crs.area_and_length import geodesic_area_m2
from zones.crs.transform import CRS
from zones.export.export_layer import MADE_BY, ExportLayer
from zones.export.export_options import ParcelLayout
from zones.export.gtxt_attributes import Attributes, attributes_of
from zones.model import Feature, Problem

_LINE_END: Final = "\r\n"
_ZONES: Final = {CRS.EPSG_4529: 41, CRS.EPSG_4550: 41, CRS.EPSG_4528: 40, CRS.EPSG_4549: 40}
_M2_OF_HECTARE: Final = 10_000.0
_METRES, _DEGREES = 4, 10  # decimals
_KINDS: Final = {"Point": "点", "LineString": "线", "LinearRing": "线", "Polygon": "面"}

Path2D = tuple[NDArray[Any], bool]
"""The vertices of a ring or line, and whether they are closed."""


@dataclass(frozen=True, slots=True)
class _Writing:
    """What is the same for all parcels of a file."""

    crs: CRS
    layout: ParcelLayout
    attributes: Attributes


def write_gtxt(path: Path, layer: ExportLayer, *, layout: ParcelLayout, encoding: str) -> None:
    """Write the features that have a place, each as a parcel.

    Points are counted on through the rings of a parcel. What ``encoding`` cannot write becomes a
    question mark; ``gtxt_remarks`` tells of it and of what the format has no room for.
    """
    writing = _Writing(layer.crs, layout, attributes_of(layer.features, layer.info, layout))
    with path.open("w", encoding=encoding, errors="replace", newline="") as file:
        file.writelines(f"{line}{_LINE_END}" for line in _header(layer.crs))
        for feature, shape in zip(layer.features, layer.shapes, strict=True):
            if _kind_of(shape):
                file.writelines(f"{line}{_LINE_END}" for line in _parcel(feature, shape, writing))


def gtxt_remarks(layer: ExportLayer, *, layout: ParcelLayout, encoding: str) -> list[Problem]:
    """Return what a 国土 TXT of these features leaves out or writes otherwise."""
    found = attributes_of(layer.features, layer.info, layout)
    remarks = list(found.remarks(layer.features, encoding))
    without = sum(not _kind_of(feature.geometry) for feature in layer.features)
    if without:
        remarks.append(Problem("export-gtxt-no-place", {"count": without}, "warning"))
    return remarks


def _header(crs: CRS) -> Iterator[str]:
    """Yield the header; of degrees, other programs write the coordinates alone."""
    if crs in _ZONES:
        yield from (
            "[属性描述]",
            "格式版本号=1.01",
            f"数据产生单位={MADE_BY}",
            "坐标系=2000国家大地坐标系",
            "几度分带=3",
            "投影类型=高斯克吕格",
            "计量单位=米",
            f"带号={_ZONES[crs]}",
            "精度=0.0001",
            "转换参数=0,0,0,0,0,0,0",
        )
    else:
        yield from ("[属性描述]", "坐标系=2000国家大地坐标系", "计量单位=度")
    yield "[地块坐标]"


def _parcel(feature: Feature, shape: BaseGeometry, writing: _Writing) -> Iterator[str]:
    paths = list(_paths_of(shape))
    lines = list(_points(paths, writing))
    area = writing.attributes.stated_area(feature)
    if area is None and _kind_of(shape) == "面":
        area = f"{_area_m2(feature, shape, writing.crs) / _M2_OF_HECTARE:.4f}"
    cells = writing.attributes.cells(feature, kind=_kind_of(shape))
    yield ",".join([str(len(lines)), area or "", *cells, "@"])
    yield from lines


def _points(paths: Sequence[Path2D], writing: _Writing) -> Iterator[str]:
    name = 0
    for ring, (vertices, is_closed) in enumerate(paths, start=1):
        own = vertices[:-1] if is_closed else vertices
        first = name + 1
        for vertex in own:
            name += 1
            yield _point(name, ring, vertex, writing)
        if is_closed and writing.layout.closing == "repeat":
            yield _point(first, ring, vertices[-1], writing)


def _point(name: int, ring: int, vertex: NDArray[Any], writing: _Writing) -> str:
    decimals = _DEGREES if writing.crs.is_geographic else _METRES
    east, north = (f"{number:.{decimals}f}" for number in vertex.tolist())
    one, other = (north, east) if writing.layout.order == "north-east" else (east, north)
    return f"J{name},{ring},{one},{other}"


def _paths_of(shape: BaseGeometry) -> Iterator[Path2D]:
    """Yield rings (holes behind their outline), lines or points."""
    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon":
            for ring in shapely.get_rings(part):
                yield shapely.get_coordinates(ring), True
        else:
            yield shapely.get_coordinates(part), False


def _kind_of(shape: BaseGeometry | None) -> str:
    """Return 点, 线 or 面, nothing of what has no place or is a mixture."""
    if shape is None or shape.is_empty:
        return ""
    kinds = {_KINDS.get(part.geom_type, "") for part in shapely.get_parts(shape)}
    return kinds.pop() if len(kinds) == 1 else ""


def _area_m2(feature: Feature, shape: BaseGeometry, crs: CRS) -> float:
    """Return the area in the plane in which offices compute it, on the ellipsoid of degrees."""
    return geodesic_area_m2(feature.geometry) if crs.is_geographic else float(shapely.area(shape))
