"""国土 TXT files as different programs write them, made by a writer of the tests' own."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from pyproj import Transformer
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

Place = tuple[float, float]

EAST, NORTH = 533_000.0, 4_626_800.0
"""A corner of the parcels in EPSG:4550."""
HEADER = {
    "格式版本号": "1.01",
    "数据产生单位": "示例测绘院",
    "数据产生日期": "2026-11-29",
    "坐标系": "2000国家大地坐标系",
    "几度分带": "3",
    "投影类型": "高斯克吕格",
    "计量单位": "米",
    "带号": "41",
    "精度": "0.001",
    "转换参数": "0,0,0,0,0,0,0",
}
_TO_DEGREES = Transformer.from_crs(4550, 4490, always_xy=True)


@dataclass
class Layout:
    """How a program writes; the defaults are the commonest."""

    header: dict[str, str] = field(default_factory=lambda: dict(HEADER))
    brackets: str = "[]"
    prefix: bool = True
    east_first: bool = False
    degrees: bool = False
    width: int = 8
    closed: bool = True
    ring_numbers: str = "each"
    names: str = "on"
    count: str = "lines"
    unit: str = ""
    comma: str = ","
    indent: str = ""
    blank_lines: bool = False
    closing_number: str = "own"
    encoding: str = "gbk"
    line_end: str = "\r\n"
    before: Sequence[str] = ()


@dataclass
class Parcel:
    """A parcel in EPSG:4550 and what its first line says."""

    shape: BaseGeometry
    code: str = "DK-001"
    name: str = "地块一"
    use: str = "居住用地"
    kind_code: str = "0701"


def parcels(rng: random.Random, count: int = 3) -> list[Parcel]:
    """Return parcels side by side: some with holes, with an island in the hole, with two parts."""
    made = []
    for at in range(count):
        x, y = EAST + 200 * at + rng.randint(0, 40), NORTH + rng.randint(0, 40)
        outer = _rectangle(x, y, 150 + rng.random(), 120 + rng.random())
        shape: BaseGeometry = Polygon(outer)
        way = rng.randrange(4)
        if way:
            hole = _rectangle(x + 20, y + 20, 40 + rng.random(), 30)
            shape = Polygon(outer, [hole])
        if way == 2:
            island = Polygon(_rectangle(x + 30, y + 25, 10, 10))
            shape = MultiPolygon([Polygon(outer, [hole]), island])
        if way == 3:
            other = Polygon(_rectangle(x, y + 130, 30, 30.5))
            shape = MultiPolygon([Polygon(outer, [hole]), other])
        made.append(Parcel(shape, f"DK-{at + 1:03}", f"地块{at + 1}", kind_code=f"070{at + 1}"))
    return made


def layout(rng: random.Random) -> Layout:
    """Return some program's ways."""
    made = Layout(
        brackets=rng.choice(["[]", "【】"]),
        prefix=rng.random() < 0.6,
        east_first=rng.random() < 0.25,
        degrees=rng.random() < 0.15,
        width=rng.choice([8, 8, 9, 13, 7]),
        closed=rng.random() < 0.7,
        ring_numbers=rng.choice(["each", "each", "one"]),
        names=rng.choice(["on", "anew", "bare"]),
        count=rng.choice(["lines", "vertices", "more"]),
        unit=rng.choice(["", "", "公顷"]),
        comma=rng.choice([",", ",", "，", " , "]),
        indent=rng.choice(["", "\t", "  "]),
        blank_lines=rng.random() < 0.3,
        closing_number=rng.choice(["own", "own", "next"]),
        encoding=rng.choice(["gbk", "utf-8", "utf-8-sig", "utf-16"]),
        line_end=rng.choice(["\r\n", "\n"]),
        before=rng.choice([(), ("项目名称=示例项目",)]),
    )
    if not made.closed:  # nothing else tells the rings apart then
        made.ring_numbers = "each" if made.names == "on" else made.ring_numbers
        made.names = "anew" if made.ring_numbers == "one" else made.names
    _shuffle_header(made, rng)
    return made


def _shuffle_header(made: Layout, rng: random.Random) -> None:
    keys = list(made.header)
    rng.shuffle(keys)
    made.header = {key: made.header[key] for key in keys}
    for key in ("格式版本号", "数据产生单位", "数据产生日期", "投影类型", "精度"):
        if rng.random() < 0.4:
            del made.header[key]
    made.header["坐标系"] = rng.choice(["2000国家大地坐标系", "CGCS2000", "2000国家"])
    made.header["转换参数"] = rng.choice([",,,,,,", "", "0,0,0,0,0,0,0"])
    if rng.random() < 0.3:
        del made.header["几度分带"]
        made.header["分带"] = "3度带"
    if made.prefix or made.degrees:
        made.header["带号"] = rng.choice(["41", "", "3"])


def text_of(found: Sequence[Parcel], how: Layout) -> str:
    """Return the text of a file."""
    opening, closing = how.brackets
    lines = []
    if how.before:
        lines += [f"{opening}项目信息{closing}", *how.before]
    if how.header:
        lines += [f"{opening}属性描述{closing}", *(f"{k}={v}" for k, v in how.header.items())]
    lines.append(f"{opening}地块坐标{closing}")
    for parcel in found:
        lines += lines_of(parcel, how)
        lines += [""] if how.blank_lines else []
    return how.line_end.join(f"{how.indent}{line}" for line in [*lines, ""])


def file_of(found: Sequence[Parcel], how: Layout) -> bytes:
    """Return the bytes of a file."""
    return text_of(found, how).encode(how.encoding)


def lines_of(parcel: Parcel, how: Layout) -> list[str]:
    """Return the lines of one parcel."""
    rings = rings_of(parcel.shape)
    points: list[str] = []
    named = 0
    for number, ring in enumerate(rings, start=1):
        ring_number = number if how.ring_numbers == "each" else 1
        named = 0 if how.names == "anew" else named
        first = named + 1
        for at, place in enumerate(ring):
            is_last = at == len(ring) - 1
            if is_last and not how.closed:
                continue
            named += not is_last
            name = first if is_last else named
            odd = is_last and how.closing_number == "next" and how.ring_numbers == "each"
            cells = [f"{'' if how.names == 'bare' else 'J'}{name}", str(ring_number + odd)]
            points.append(how.comma.join([*cells, *_numbers(place, how)]))
    return [_head(parcel, points, rings, how), *points]


def rings_of(shape: BaseGeometry) -> list[list[Place]]:
    """Return all rings, each closed, holes behind their outer ring."""
    return [
        [(x, y) for x, y in ring.coords]
        for part in getattr(shape, "geoms", [shape])
        for ring in (part.exterior, *part.interiors)
    ]


def _head(
    parcel: Parcel, points: Sequence[str], rings: Sequence[Sequence[Place]], how: Layout
) -> str:
    vertices = sum(len(ring) - 1 for ring in rings)
    count = {"lines": len(points), "vertices": vertices, "more": vertices + len(rings)}[how.count]
    cells = [str(count), f"{parcel.shape.area / 10_000:.4f}{how.unit}"]
    cells += [parcel.code, parcel.name, "面", "K-51-42", parcel.use, parcel.kind_code]
    cells += {9: ["说明"], 13: ["", "1", "B", "C", "备注"]}.get(how.width, [])
    return ",".join([*cells[: max(how.width, 7)], "@"])


def _numbers(place: Place, how: Layout) -> list[str]:
    x, y = place
    if how.degrees:
        lon, lat = _TO_DEGREES.transform(x, y)
        east, north = f"{lon:.10f}", f"{lat:.10f}"
    else:
        east, north = f"{x + 41e6 * how.prefix:.4f}", f"{y:.4f}"
    return [east, north] if how.east_first else [north, east]


def _rectangle(x: float, y: float, width: float, height: float) -> list[Place]:
    x, y, right, top = (round(each, 4) for each in (x, y, x + width, y + height))
    return [(x, top), (right, top), (right, y), (x, y), (x, top)]
