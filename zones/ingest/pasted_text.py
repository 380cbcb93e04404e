"""Text that somebody pastes for an area -> a file that one of the readers understands.

GeoJSON, KML, GML, EsriJSON, 国土 TXT and tables with headings are files already. WKT and bare
lists of coordinates are put into a table. Nothing is reckoned here: coordinates go on as they are
written, and the readers tell what they are.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from zones.errors import SourceError
from zones.formats.csv.place_numbers import INVISIBLE, coordinate

MOST_SHOWN: Final = 80

_WKT: Final = re.compile(r"\s*(?:SRID=\d{1,9};)?\s*(?:MULTI)?(?:POLYGON|SURFACE)", re.IGNORECASE)
_WKT_START: Final = re.compile(r"(?:SRID=\d{1,9};\s*)?(?:MULTI)?POLYGON\b", re.IGNORECASE)
_FULL_WIDTH: Final = str.maketrans("０１２３４５６７８９．－＋，；（）｜：", "0123456789.-+,;()|:")
_SIDE: Final = r"(?:东经|西经|北纬|南纬|[EWNSewns东西南北](?![经纬]))"
_NAME: Final = re.compile(rf"\s*(?!{_SIDE}\W*\d)[^\W\d_]+-?\d*[,:\s、]+")
_NUMBER: Final = r"\d+(?:\.\d*)?"
_SIXTIETHS: Final = r"\d{1,2}(?:\.\d*)?(?![\d.°º˚度])"
_SECONDS: Final = rf"(?:\s?{_SIXTIETHS}\s?(?:[\"″”秒]|''|′′)?)?"
_MINUTES: Final = rf"(?:\s?{_SIXTIETHS}\s?['′’分]?{_SECONDS})?"
_TOKEN: Final = re.compile(
    rf"(?:{_SIDE}[:：]?\s?)?[-+]?{_NUMBER}(?:[eE][-+]?\d+|\s?[°º˚度]{_MINUTES})?"
    rf"(?:\s?{_SIDE}(?![:：]?\d))?"
)
_BETWEEN: Final = re.compile(r"[\s,、()\[\]{}]*")
_POINTS_APART: Final = re.compile(r"[;|\]]|(?<=\d)\)")
_EASTERN: Final = re.compile("[Ee东]")
_NORTHERN: Final = re.compile("[Nn北]")
_MOST_DEGREES: Final = 180.0
_MOST_LATITUDE: Final = 90.0
_PAIR: Final = 2
_HIGHEST_NUMBER: Final = 100_000

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class PastedFile:
    """The text as a file: its name, whose suffix says what it is, and its bytes."""

    name: str
    content: bytes

    @property
    def is_markup(self) -> bool:
        """Whether it is KML, GML or the like, which may have several layers."""
        return self.content.startswith(b"<")


def as_file(text: str) -> PastedFile:
    r"""Return the file that a pasted text amounts to.

    Raises
    ------
    SourceError
        ``pasted-nothing`` for a text without content; ``pasted-line-unread`` for a line of a list
        of coordinates that holds anything else.

    Examples
    --------
    >>> as_file("POLYGON((0 0,1 0,1 1,0 0))").content
    b'wkt\r\n"POLYGON((0 0,1 0,1 1,0 0))"\r\n'
    >>> as_file("123.4,41.78; 123.41,41.78; 123.41,41.79").content.decode().split()
    ['经度,纬度', '123.4,41.78', '123.41,41.78', '123.41,41.79']
    """
    plain = INVISIBLE.sub("", text).strip()
    if not plain:
        raise SourceError("pasted-nothing")
    if plain.startswith(("{", "[{")):
        return PastedFile("pasted.geojson", plain.encode())
    if plain.startswith("<"):
        return PastedFile(_markup_name(plain), plain.encode())
    if _WKT.match(plain):
        return PastedFile("pasted.csv", _table([["wkt"], *([each] for each in _statements(plain))]))
    if _is_list(plain):
        return _listed(plain)
    return PastedFile("pasted.csv", f"{plain}\n".encode())


def _markup_name(text: str) -> str:
    head = text[:2000].casefold()
    kinds = ("kml", "gpx", "gml")
    return f"pasted.{next((kind for kind in kinds if kind in head), 'xml')}"


def _statements(text: str) -> list[str]:
    """Return the single WKT statements of a text, each on one line."""
    starts = [found.start() for found in _WKT_START.finditer(text)] or [0]
    ends = [*starts[1:], len(text)]
    pieces = [text[begin:end] for begin, end in zip(starts, ends, strict=True)]
    return [" ".join(piece.split()).rstrip(" ,;") for piece in pieces]


def _is_list(text: str) -> bool:
    """Return whether a text begins with coordinates, and not with headings or a section."""
    first = text.partition("\n")[0].translate(_FULL_WIDTH)
    read = [_tokens(_unnamed(piece)) for piece in _POINTS_APART.split(first)]
    return any(len(tokens) >= _PAIR for tokens, _ in read) and not any(left for _, left in read)


def _listed(text: str) -> PastedFile:
    rings = list(_rings(text))
    points = [point for ring in rings for point in ring]
    headings = _headings(points)
    if len(rings) == 1:
        return PastedFile("pasted.csv", _table([headings, *points]))
    numbered = [[str(n), *point] for n, ring in enumerate(rings, 1) for point in ring]
    return PastedFile("pasted.csv", _table([["圈号", *headings], *numbered]))


def _rings(text: str) -> Iterator[list[Pair]]:
    """Yield the points of each ring; blank lines stand between rings."""
    ring: list[Pair] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            if ring:
                yield ring
            ring = []
            continue
        ring += _points(line.translate(_FULL_WIDTH), number)
    if ring:
        yield ring


def _points(line: str, number: int) -> Iterator[Pair]:
    for piece in _POINTS_APART.split(line):
        tokens, left = _tokens(_unnamed(piece))
        if left or len(tokens) == 1:
            raise SourceError("pasted-line-unread", line=number, text=line.strip()[:MOST_SHOWN])
        points = list(_pairs(piece, tokens))
        if _have_decimal_commas(points):
            raise SourceError("pasted-decimal-commas", line=number, text=line.strip()[:MOST_SHOWN])
        if not points and tokens:
            raise SourceError("pasted-line-unread", line=number, text=line.strip()[:MOST_SHOWN])
        yield from points


def _have_decimal_commas(points: Sequence[Pair]) -> bool:
    """Return whether what was read as points is 123,40 41,79 with commas for decimal points."""
    are_whole = all(half.isdigit() for point in points for half in point)
    degrees = [int(x) for x, _ in points] if are_whole else []
    return len(degrees) > 1 and all(
        lat <= _MOST_LATITUDE < lon <= _MOST_DEGREES
        for lon, lat in zip(degrees[::2], degrees[1::2], strict=False)
    )


def _pairs(piece: str, tokens: Sequence[str]) -> Iterator[Pair]:
    by_space = [part.split(",") for part in piece.split()]
    by_comma = [_tokens(part)[0] for part in piece.split(",")]
    if _are_points(by_space) and not _is_numbered_point(tokens):
        yield from ((part[0], part[1]) for part in by_space)  # 123.4,41.7 123.5,41.8
    elif len(by_comma) > 1 and all(len(part) == _PAIR for part in by_comma if part):
        yield from ((part[0], part[1]) for part in by_comma if part)  # 123.4 41.7, 123.5 41.8
    elif len(tokens) % _PAIR == 0 and (len(tokens) > _PAIR + 2 or not _is_numbered(tokens)):
        yield from zip(tokens[::2], tokens[1::2], strict=True)
    elif tokens:
        yield from _one_point(tokens)


def _are_points(parts: Sequence[Sequence[str]]) -> bool:
    """Return whether all parts, of which there are several, are two coordinates."""
    return len(parts) > 1 and all(
        len(part) == _PAIR and all(coordinate(half) is not None for half in part) for part in parts
    )


def _is_numbered_point(tokens: Sequence[str]) -> bool:
    """Return whether these are one point with a number before it: 1,123.40 41.79,5."""
    is_long = len(tokens) > _PAIR + 2
    behind = tokens[1:]
    are_large = any("." in each or _value(each) > _MOST_DEGREES for each in behind)
    return not is_long and _is_numbered(tokens) and are_large


def _one_point(tokens: Sequence[str]) -> Iterator[Pair]:
    """Yield the two coordinates of a line that may have a number before and a height behind.

    Nothing if there is more.
    """
    own = tokens[_is_numbered(tokens) :]
    if len(own) <= _PAIR + 1:
        yield own[0], own[1]


def _is_numbered(tokens: Sequence[str]) -> bool:
    """Return whether coordinates have the number of a point before them, as 1 or 1."""
    first = tokens[0].removesuffix(".") if tokens else ""
    return len(tokens) > _PAIR and first.isdigit() and int(first) < _HIGHEST_NUMBER


def _unnamed(piece: str) -> str:
    """Return a piece of text without the name of a point, as J1, before its coordinates."""
    found = _NAME.match(piece)
    return piece[found.end() :] if found else piece


def _tokens(piece: str) -> tuple[list[str], str]:
    """Return the coordinates in a piece of text, and what is neither these nor between them."""
    tokens, left, at = [], "", 0
    for found in _TOKEN.finditer(piece):
        left += piece[at : found.start()]
        at = found.end()
        tokens.append(found[0].strip())
    left = _BETWEEN.sub("", left + piece[at:])
    wrong = [token for token in tokens if coordinate(token) is None]
    return tokens, left + "".join(wrong)


def _headings(points: Sequence[Pair]) -> list[str]:
    """Return the columns' names: in degrees those of the axes, in metres what leaves it open."""
    values = [[_value(text) for text in point] for point in points]
    if any(abs(value) > _MOST_DEGREES for pair in values for value in pair):
        return ["X", "Y"]
    is_lat_first = any(_NORTHERN.search(x) or _EASTERN.search(y) for x, y in points) or (
        all(abs(x) <= _MOST_LATITUDE for x, _ in values)
        and any(abs(y) > _MOST_LATITUDE for _, y in values)
    )
    return ["纬度", "经度"] if is_lat_first else ["经度", "纬度"]


def _value(text: str) -> float:
    found = coordinate(text)
    return found.value if found else 0.0


def _table(rows: Sequence[Sequence[str]]) -> bytes:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue().encode()
