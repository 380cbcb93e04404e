"""VCT files made by code, in the ways that programs write them; a second opinion to our reader."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from shapely import Polygon
from shapely.geometry.base import BaseGeometry

HEAD = {
    "DataMark": "LANDUSE-VCT",
    "Version": "3.0",
    "CoordinateSystemType": "P",
    "Dim": "2",
    "XAxisDirection": "E",
    "YAxisDirection": "N",
    "XYUnit": "M",
    "Spheroid": "CGCS2000,6378137.0,298.257222101",
    "Projection": "高斯-克吕格投影",
    "Parameters": "123,1,41500000,0,3,41",
    "Offset": "0,0",
    "Separator": ",",
}
CODES = ("2001010100,地类图斑,Polygon,DLTB", "1099000000,界线,Line,DLTBJX", "3001,界址点,Point,JZD")
FIELDS = ("BSM,Char,18", "DKMC,Char,60", "TBMJ,Float,15,2", "DCRQ,Date")
AREA, EDGE, POINT = "2001010100", "1099000000", "3001"

Position = tuple[float, float]


@dataclass
class VCT:
    """What a file holds; sections as lists of lines."""

    head: dict[str, str] = field(default_factory=lambda: dict(HEAD))
    codes: Sequence[str] = CODES
    fields: Sequence[str] = FIELDS
    points: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    polygons: list[str] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    extra: str = ""

    def text(self) -> str:
        """Return the file's text."""
        head = "\n".join(f"{key}:{value}" for key, value in self.head.items())
        table = "\n".join([f"DLTB,{len(self.fields)}", *self.fields, "0"])
        parts = [f"HeadBegin\n{head}\nHeadEnd"]
        for name, told in (("FeatureCode", "\n".join(self.codes)), ("TableStructure", table)):
            parts.append(f"{name}Begin\n{told}\n{name}End")
        for name, objects in (
            ("Point", self.points),
            ("Line", self.lines),
            ("Polygon", self.polygons),
        ):
            parts.append("\n".join([f"{name}Begin", *objects, f"{name}End"]))
        rows = "\n".join(["AttributeBegin", "DLTB", *self.rows, "TableEnd", "AttributeEnd"])
        return "\n\n".join([*parts, self.extra, rows]) + "\n"

    def content(self, encoding: str = "gbk") -> bytes:
        """Return the file as Windows writes it."""
        return self.text().replace("\n", "\r\n").encode(encoding)


def positions(ring: Sequence[Position], separator: str = ",") -> str:
    """Return positions, each on a line."""
    return "\n".join(f"{x:.3f}{separator}{y:.3f}" for x, y in ring)


def ring_of(polygon: Polygon, index: int = -1) -> list[Position]:
    """Return the outer ring, or a hole by its index."""
    ring = polygon.exterior if index < 0 else polygon.interiors[index]
    return [(x, y) for x, y, *_ in ring.coords]


def new_line(fid: int, at: Sequence[Position], code: str = EDGE) -> str:
    """Return a line as 2007 and 3.0 have it."""
    return f"{fid}\n{code}\nunknown\n1\n1\n11\n{len(at)}\n{positions(at)}\n0\n"


def old_line(fid: int, at: Sequence[Position], code: str = EDGE) -> str:
    """Return a line as 1.0 and 2.0 have it."""
    return f"{fid}\n{code}\n图层\n1\n{len(at)}\n{positions(at)}\n0\n"


def direct_polygon(fid: int, rings: Sequence[Sequence[Position]]) -> str:
    """Return a polygon of 3.0 by its positions; holes begin with a count alone."""
    counted = "\n".join(f"{len(ring)}\n{positions(ring)}" for ring in rings)
    label = positions([rings[0][0]])
    return f"{fid}\n{AREA}\nunknown\n1\n{label}\n{len(rings)}\n11\n{counted}\n0\n"


def old_polygon(fid: int, rings: Sequence[Sequence[Position]]) -> str:
    """Return a polygon of 1.0 without topology: rings one after the other."""
    counted = "\n".join(f"{len(ring)}\n{positions(ring)}" for ring in rings)
    return f"{fid}\n{AREA}\n图层\n{positions([rings[0][0]])}\n{counted}\n0\n"


def listed(refs: Sequence[int], to_a_line: int = 8) -> str:
    """Return ids, eight to a line as programs do."""
    lines = [refs[at : at + to_a_line] for at in range(0, len(refs), to_a_line)]
    return "\n".join(",".join(map(str, line)) for line in lines)


def indirect_polygon(
    fid: int, refs: Sequence[int], *, made_of: int = 21, to_a_line: int = 8
) -> str:
    """Return a polygon of 3.0 by the lines it names; the count includes zeros."""
    ids = listed(refs, to_a_line)
    return f"{fid}\n{AREA}\nunknown\n100\n0.0,0.0\n{made_of}\n{len(refs)}\n{ids}\n0\n"


def old_indirect_polygon(fid: int, refs: Sequence[int]) -> str:
    """Return a polygon of 1.0 with topology."""
    return f"{fid}\n{AREA}\n图层\n0.0,0.0\n{len(refs)}\n{listed(refs)}\n0\n"


def by_edges(polygons: Mapping[int, BaseGeometry]) -> tuple[list[str], list[str]]:
    """Return lines and polygons that name them: each side once, reversed for the second user."""
    lines: list[str] = []
    known: dict[tuple[Position, Position], int] = {}
    areas = []
    for fid, polygon in polygons.items():
        refs: list[int] = []
        for shape in getattr(polygon, "geoms", [polygon]):
            for index in range(-1, len(shape.interiors)):
                ring = ring_of(shape, index)
                refs += [0] if refs else []
                for side in pairwise(ring):
                    if (back := known.get((side[1], side[0]))) is not None:
                        refs.append(-back)
                        continue
                    if side not in known:
                        known[side] = len(known) + 1
                        lines.append(new_line(known[side], side))
                    refs.append(known[side])
        areas.append(indirect_polygon(fid, refs))
    return lines, areas
