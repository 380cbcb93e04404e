"""A text that may be read line by line several times, and the encoding it is in."""

from collections.abc import Iterator
from typing import BinaryIO, Final

from zones.encoding.decide_encoding import EncodingFinding, decide_encoding
from zones.encoding.encoding_names import UTF_8
from zones.encoding.trial_decoding import LONGEST_SAMPLE, EncodedText, decode_text
from zones.errors import SourceError
from zones.formats.csv.delimiter import UTF_16, byte_lines, utf16_codec, utf16_lines
from zones.model import Problem

_BOM: Final = b"\xef\xbb\xbf"
_END_OF_DOS: Final = "\x1a"
_AT_ONCE: Final = 1024 * 1024


class TextFile:
    """A text in UTF-8, GBK, UTF-16 or what a person says; ``encoding`` tells which.

    Parameters
    ----------
    encoding
        What a person says of it.

    Raises
    ------
    SourceError
        If it is not in the encoding that a person names, or in none that fits;
        ``DecisionNeeded`` if it makes sense in several.
    """

    def __init__(self, file: BinaryIO, *, encoding: str | None) -> None:
        self._file = file
        self._size = max(1, file.seek(0, 2))
        self._utf16 = utf16_codec(file)
        self._zeros = 0 if self._utf16 else _zeros(file)
        self.encoding = _encoding_of(file, encoding, in_utf16=self.is_utf16)

    @property
    def is_utf16(self) -> bool:
        """Whether the text is in UTF-16."""
        return self._utf16 is not None

    def lines(self) -> Iterator[str]:
        """Yield the lines with their line breaks, from the start.

        NUL characters are left out, and the mark by which programs of DOS ended a text.
        """
        for line in utf16_lines(self._file, self._utf16) if self._utf16 else self._decoded():
            if "\0" in line or _END_OF_DOS in line:
                yield _without_marks(line)
            else:
                yield line

    def remarks(self) -> tuple[Problem, ...]:
        """Return what the person importing should be told of the text."""
        found = self.encoding.remarks()
        if not self._zeros:
            return found
        return (*found, Problem("nul-removed", {"count": self._zeros}, "note"))

    def progress(self) -> float:
        """Return the fraction of the file that is done."""
        return min(1.0, self._file.tell() / self._size)

    def _decoded(self) -> Iterator[str]:
        codec = self.encoding.codec
        first = True
        for raw in byte_lines(self._file):
            text = raw
            while first and text.startswith(_BOM):  # joined files have it twice
                text = text.removeprefix(_BOM)
            first = False
            yield decode_text(EncodedText(text), codec)


def _zeros(file: BinaryIO) -> int:
    """Return how many bytes of a file are zero."""
    file.seek(0)
    count = 0
    while piece := file.read(_AT_ONCE):
        count += piece.count(0)
    return count


def _without_marks(line: str) -> str:
    text = line.replace("\0", "")
    return text if text.endswith(("\r", "\n")) else text.rstrip(_END_OF_DOS)


def _encoding_of(file: BinaryIO, override: str | None, *, in_utf16: bool) -> EncodingFinding:
    if in_utf16:
        if override:
            declared = override[:LONGEST_SAMPLE]
            raise SourceError("encoding-override-wrong", encoding=declared, sample="FF FE")
        return EncodingFinding(UTF_16, "bytes")
    file.seek(0)
    marked = file.read(len(_BOM)) == _BOM
    texts = (EncodedText(line.rstrip(b"\r\n")) for line in byte_lines(file) if not line.isascii())
    return decide_encoding(texts, declared=UTF_8 if marked else None, override=override)
