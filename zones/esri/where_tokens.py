"""The ``where`` of ArcGIS's services taken apart into tokens."""

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from zones.errors import ZonesError

SHOWN: Final = 60
_TOKEN: Final = re.compile(
    r"""\s+|'(?P<text>(?:[^']|'')*)'|"(?P<name>(?:[^"]|"")+)"|\[(?P<bracketed>[^\]]+)\]
    |(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)(?!\w)
    |(?P<word>[^\W\d][\w.]*)|(?P<sign><>|!=|<=|>=|[=<>(),+*/-])""",
    re.VERBOSE,
)
_KEYWORDS: Final = frozenset(
    {
        *("AND", "OR", "NOT", "LIKE", "IN", "BETWEEN", "IS", "NULL", "ESCAPE"),
        *("DATE", "TIMESTAMP", "UPPER", "LOWER", "TRUE", "FALSE"),
    }
)
END: Final = ("end", "")

Token = tuple[str, str]


class WhereError(ZonesError):
    """A clause that is none, or asks for what is not understood."""

    default_code: ClassVar[str] = "esri-where"


def tokens(text: str) -> Iterator[tuple[Token, int]]:
    """Yield each token with its place in the text; at last `END`.

    Raises
    ------
    WhereError
        At what is no token.
    """
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise WhereError(at=at + 1, given=text[at : at + SHOWN])
        kind = found.lastgroup
        if kind is not None:
            yield _token(kind, found[kind]), at
        at = found.end()
    yield END, at


def _token(kind: str, value: str) -> Token:
    if kind == "text":
        return "text", value.replace("''", "'")
    if kind in {"name", "bracketed"}:
        return "name", value.replace('""', '"')
    if kind == "word" and value.upper() in _KEYWORDS:
        return "keyword", value.upper()
    return ("name", value) if kind == "word" else (kind, value)
