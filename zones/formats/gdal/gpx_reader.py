"""Looks through a GPX: points without numbers, texts of extensions, extensions that repeat."""

from typing import Final

from zones.formats.gdal.xml_reader import ExtensionValue, Repeated, XMLReader, is_number

_POINTS_OF_GPX: Final = frozenset({"wpt", "rtept", "trkpt"})


class GPXReader(XMLReader):
    """Looks at points, and at the texts of extensions."""

    def __init__(self, format_name: str) -> None:
        super().__init__(format_name)
        self._extensions_at = 0  # the depth of the element, 0 outside it
        self._extension = ""
        self._met: set[str] = set()  # fields of the extensions that are being read
        self._text_offset = 0

    def _enter(self, name: str, attributes: dict[str, str]) -> None:
        """Collect the texts of elements that stand in extensions themselves."""
        super()._enter(name, attributes)
        local = name.rpartition(":")[2]
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

    def _count_repeated(self) -> None:
        field, repeated = self._extension, self.survey.repeated
        if field in self._met:
            line = self.parser.CurrentLineNumber
            repeated[field] = repeated.get(field, Repeated()).again(line)
        self._met.add(field)

    def _leave(self, name: str) -> None:
        super()._leave(name)
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
