"""Looks through a GPX: points without numbers, texts of extensions, extensions that repeat."""

import re
from typing import Final

from zones.formats.gdal.xml_reader import (
    ExtensionValue,
    Misread,
    Repeated,
    Replacement,
    XMLReader,
    is_number,
)

_POINTS_OF_GPX: Final = frozenset({"wpt", "rtept", "trkpt"})
_THINGS: Final = _POINTS_OF_GPX | {"rte", "trk"}
_REALS: Final = frozenset(
    {"ele", "magvar", "geoidheight", "hdop", "vdop", "pdop", "ageofdgpsdata", "course", "speed"}
)
_WHOLE: Final = frozenset({"sat", "dgpsid", "number"})
_TIME: Final = "time"
_SHOWN: Final = 60
_READ_IN_TURN: Final = {"rtept": 2**31, "trkseg": 2**31, "trkpt": 2**31, "link": 2}
"""How many of an element GDAL takes of one thing; of any other the last alone."""
_IS_WHOLE: Final = re.compile(r"\s*[-+]?[0-9]{1,9}\s*").fullmatch
_HAS_DECIMAL_COMMA: Final = re.compile(
    r"\s*[-+]?(?:0,[0-9]+|[0-9]+,(?![0-9]{3}\s*$)[0-9]+)\s*"
).fullmatch
"""One comma, and behind it other than three digits, which might be thousands."""
_IS_TIME: Final = re.compile(
    r"\s*[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,3}0*)?"
    r"(?:Z|[-+][0-9]{2}:[0-9]{2})?)?\s*"
).fullmatch


class GPXReader(XMLReader):
    """Looks at points, and at the texts of extensions."""

    def __init__(self, format_name: str) -> None:
        super().__init__(format_name)
        self._extensions_at = 0  # the depth of the element, 0 outside it
        self._extension = ""
        self._met: set[str] = set()  # fields of the extensions that are being read
        self._text_offset = 0
        self._things: list[tuple[int, dict[str, int]]] = []  # depths, how often elements are met
        self._standard: list[str] | None = None  # the text of an element of GPX itself
        self._standard_offset = 0

    def _enter(self, name: str, attributes: dict[str, str]) -> None:
        """Collect the texts of elements that stand in extensions themselves."""
        super()._enter(name, attributes)
        local = name.rpartition(":")[2]
        if self._things and self.depth == self._things[-1][0] + 1:
            self._enter_standard(name)
        if local in _THINGS:
            self._things.append((self.depth, {}))
        if local in _POINTS_OF_GPX:
            for half in ("lat", "lon"):
                if not is_number(attributes.get(half, "")):
                    raise self.no_number(f"{half}={attributes.get(half, '')}")
        if self._extensions_at and self.depth == self._extensions_at + 1:
            self._texts, self._extension = [], name.replace(":", "_")
            self._count_repeated()
            self.parser.CharacterDataHandler = self._add_text
        elif self._extensions_at and self._texts is not None:
            self._add_value("", self.parser.CurrentByteIndex, is_nested=True)
            self._texts = self.parser.CharacterDataHandler = None
        elif local == "extensions":
            self._extensions_at = self.depth
            self._met.clear()

    def _enter_standard(self, name: str) -> None:
        """Count an element of a point, route or track, and collect its text if it is a value."""
        met = self._things[-1][1]
        met[name] = met.get(name, 0) + 1
        if met[name] > _READ_IN_TURN.get(name, 1):
            line, unread = self.parser.CurrentLineNumber, self.survey.repeated
            unread[name] = unread.get(name, Repeated()).again(line)
        if name in _REALS or name in _WHOLE or name == _TIME:
            self._standard = []
            self.parser.CharacterDataHandler = self._add_standard

    def _add_standard(self, text: str) -> None:
        if self._standard is not None:
            if not self._standard:
                self._standard_offset = self.parser.CurrentByteIndex
            self._standard.append(text)

    def _check_standard(self, name: str, text: str) -> None:
        """Note a text that is no value of its element: GDAL makes 0 or a part of it, or nothing.

        In the copy that GDAL reads numbers have points for commas; what is none is left out.
        """
        check = _IS_WHOLE if name in _WHOLE else _IS_TIME if name == _TIME else is_number
        if text.strip() and not check(text):
            misread = self.survey.misread.setdefault(name, Misread(text.strip()[:_SHOWN]))
            misread.count += 1
            misread.line = misread.line or self.parser.CurrentLineNumber
        elif text.strip() or not text:
            return
        if name != _TIME:
            mended = text.replace(",", ".") if _HAS_DECIMAL_COMMA(text) else ""
            begin, end = self._standard_offset, self.parser.CurrentByteIndex
            self.survey.replacements.append(
                Replacement(begin, end, mended.encode() if check(mended) else b"")
            )

    def _count_repeated(self) -> None:
        field, repeated = self._extension, self.survey.repeated
        if field in self._met:
            line = self.parser.CurrentLineNumber
            repeated[field] = repeated.get(field, Repeated()).again(line)
        self._met.add(field)

    def _leave(self, name: str) -> None:
        super()._leave(name)
        if self._standard is not None:
            self._check_standard(name, "".join(self._standard))
            self._standard = None
        if self._things and self.depth < self._things[-1][0]:
            self._things.pop()
        if self.depth < self._extensions_at:
            self._extensions_at = 0
        elif self._texts:
            self._add_value("".join(self._texts), self._text_offset)
        self._texts = self.parser.CharacterDataHandler = None

    def _add_text(self, text: str) -> None:
        if self._texts is not None:
            if not self._texts:
                self._text_offset = self.parser.CurrentByteIndex
            self._texts.append(text)

    def _add_value(self, text: str, offset: int, *, is_nested: bool = False) -> None:
        value = ExtensionValue(self._extension, text, offset, is_nested)
        self.survey.extension_values.append(value)
