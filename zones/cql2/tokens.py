"""CQL2 text -> tokens, in one pass and without any knowledge of the grammar."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from zones.cql2.faults_and_limits import SHOWN, fault

TokenKind = Literal["text", "name", "number", "word", "sign"]


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the filter: ``value`` is what it means, ``at`` where it begins.

    A ``name`` stands in double quotes and is always a property; a ``word`` may be a keyword.
    """

    kind: TokenKind
    value: str
    at: int


# Letters as Annex B of CQL2 (OGC 21-065r2) lists them for an identifier, full-width forms
# included; \w adds the letters and digits of any other script.
_LETTERS: Final = (
    r":\w\u200C\u200D\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD"
    r"\U00010000-\U000EFFFF"
)
_TOKEN: Final = re.compile(
    rf"""
      \s+
    | '(?P<text>(?:[^'\\]|''|\\.)*)'
    | "(?P<name>(?:[^"]|"")+)"
    | (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+\- ]?[0-9]+)?)(?![{_LETTERS}.])
    | (?P<word>(?![0-9])[{_LETTERS}][{_LETTERS}.\u0300-\u036F\u203F\u2040]*)
    | (?P<sign><>|!=|<=|>=|[=<>+\-*/%^(),])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPED: Final = re.compile(r"''|\\.", re.DOTALL)
_OPEN_QUOTES: Final = frozenset("'\"")
_CURLY_QUOTES: Final = frozenset("‘’“”")


def tokenise(text: str) -> Iterator[Token]:
    """Yield the tokens of ``text``, blanks left out.

    In a text literal the quote is written twice or after a backslash; other backslashes stay,
    since LIKE escapes its wildcards with them.

    Raises
    ------
    FilterError
        ``filter-character`` where no token begins, ``filter-quotes`` for an open or a typographic
        quote, ``filter-name-digit`` for a bare name that begins with a digit.
    """
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise _unreadable(text, at)
        if found.lastgroup is not None:
            yield _token(found)
        at = found.end()


def _token(found: re.Match[str]) -> Token:
    kind, written = found.lastgroup, found[found.lastgroup or 0]
    if kind == "text":
        return Token("text", _ESCAPED.sub(_unescaped, written), found.start())
    if kind == "name":
        return Token("name", written.replace('""', '"'), found.start())
    if kind == "number":
        # A "+" that was not escaped has become a blank on its way: GDAL writes 1e+20.
        number = written.replace(" ", "+")
        return Token("number", number, found.start())
    if kind == "word":
        return Token("word", written, found.start())
    return Token("sign", "<>" if written == "!=" else written, found.start())


def _unescaped(found: re.Match[str]) -> str:
    return "'" if found[0] in {"''", "\\'"} else found[0]


def _unreadable(text: str, at: int) -> Exception:
    rest = text[at : at + SHOWN]
    if rest[0] in _OPEN_QUOTES or rest[0] in _CURLY_QUOTES:
        return fault("quotes", near=rest)
    if rest[0].isdigit():
        return fault("name-digit", near=rest)
    return fault("character", near=rest, position=at + 1)
