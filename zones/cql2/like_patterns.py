"""LIKE: a pattern -> a test of texts that takes time in proportion to the text.

``%`` stands for any number of characters, ``_`` for one, and a backslash takes its meaning from
the character after it.
"""

import re
from collections.abc import Callable
from typing import Final

from zones.cql2.faults_and_limits import MOST_WILDCARDS, fault

Matches = Callable[[str], bool]

_PARTS: Final = re.compile(r"\\(?P<escaped>.)|(?P<any>%+)|(?P<one>_)|(?P<plain>.)", re.DOTALL)
_ONE_CHARACTER: Final = None


def compile_pattern(pattern: str) -> Matches:
    """Return a function that tells whether a text, from end to end, matches.

    Raises
    ------
    FilterError
        ``filter-too-many-wildcards`` if it has more than ten; a run of ``_`` counts as one.
    """
    segments: list[list[str | None]] = [[]]
    wildcards = 0
    for part in _PARTS.finditer(pattern):
        if part["any"]:
            segments.append([])
        else:
            segments[-1].append(_ONE_CHARACTER if part["one"] else part["escaped"] or part["plain"])
        starts_run = part["one"] and segments[-1][-2:-1] != [_ONE_CHARACTER]
        wildcards += bool(part["any"] or starts_run)
    if wildcards > MOST_WILDCARDS:
        raise fault("too-many-wildcards", most=MOST_WILDCARDS)
    plain = ["".join(each) for each in (map(str, segment) for segment in segments)]
    has_one = any(_ONE_CHARACTER in segment for segment in segments)
    return _by_expression(segments) if has_one else _by_text(plain) or _by_expression(segments)


def _by_text(segments: list[str]) -> Matches | None:
    """Return the test of a simple pattern without expressions, which is several times faster."""
    if len(segments) == 1:
        return segments[0].__eq__
    first, last = segments[0], segments[-1]
    if len(segments) == 2:  # noqa: PLR2004 - one wildcard parts two segments
        shortest = len(first) + len(last)
        return lambda text: len(text) >= shortest and text.startswith(first) and text.endswith(last)
    if len(segments) == 3 and not first and not last:  # noqa: PLR2004 - two wildcards have three segments
        middle = segments[1]
        return lambda text: middle in text
    return None


def _by_expression(segments: list[list[str | None]]) -> Matches:
    """Return the test of any pattern.

    A segment between two ``%`` is taken where it is first found, and atomic groups never give it
    back: tried elsewhere it would leave less of the text to the others. A failing text thus
    costs no more than its length for each segment.
    """
    first, *others = ("".join(map(_expression, segment)) for segment in segments)
    middle = "".join(f"(?>.*?{each})" for each in others[:-1])
    last = f".*{others[-1]}" if others else ""
    expression = re.compile(first + middle + last, re.DOTALL)
    return lambda text: expression.fullmatch(text) is not None


def _expression(character: str | None) -> str:
    return "." if character is _ONE_CHARACTER else re.escape(character)
