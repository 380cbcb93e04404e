"""Texts of a GML with elements among them, of which GDAL reads the elements alone (3.12.4)."""

import re
from dataclasses import dataclass
from typing import Final
from xml.parsers import expat

_SUSPECTS: Final = (
    re.compile(rb">\s*+[^<\s][^<]*+<[^/!?]"),  # a text, then a start tag
    re.compile(rb"</[^<>]*+>\s*+[^<\s]"),
    re.compile(rb"/>\s*+[^<\s]"),
)
"""At least one fits where an element has both; CDATA and attributes may look alike."""
_LONGEST_NAME: Final = 40


@dataclass(slots=True)
class MixedText:
    """How many elements have text beside other elements; the name and the line of the first."""

    count: int = 0
    element: str = ""
    line: int = 0


def mixed_text(content: bytes) -> MixedText:
    """Return what of a sound XML in UTF-8 has text and elements side by side."""
    if not any(each.search(content) for each in _SUSPECTS):
        return MixedText()
    follower = _Follower()
    follower.parser.Parse(content, True)
    return follower.found


class _Follower:
    """Follows the elements that are open: whether each has text, and elements in it."""

    def __init__(self) -> None:
        self.found = MixedText()
        self._open: list[list[bool]] = [[False, False]]
        parser = self.parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._enter, self._leave
        parser.CharacterDataHandler = self._read

    def _enter(self, _: str, __: dict[str, str]) -> None:
        self._open[-1][1] = True
        self._open.append([False, False])

    def _read(self, text: str) -> None:
        if text.strip():
            self._open[-1][0] = True

    def _leave(self, name: str) -> None:
        if all(self._open.pop()):
            self.found.count += 1
            self.found.element = self.found.element or name[:_LONGEST_NAME]
            self.found.line = self.found.line or self.parser.CurrentLineNumber
