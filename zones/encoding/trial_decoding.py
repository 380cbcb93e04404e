"""Trying texts in several encodings: which fit all of them, and what they read like so."""

import codecs
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, NamedTuple

from zones.encoding.encoding_names import BIG5, GB18030, JAPANESE, KOREAN, UTF_8

MIXED: Final = "GB18030 or UTF-8"
MOST_SAMPLES = 5
LONGEST_SAMPLE = 80
LAST_TWO_BYTE_CHARACTER = "\u07ff"
_MOST_WEIGHED = 5000  # characters
_COMMON_BIG5: Final = range(0xA4, 0xC7)  # first bytes; rarer characters begin at C9
_COMMON_JAPANESE: Final = range(0x81, 0x99)  # of Shift-JIS: kana and the first level of kanji
_AT_ONCE = 1000  # texts
_BEYOND_ASCII: Final = re.compile(r"[^\x00-\x7f]")
_BEYOND_TWO_BYTES: Final = re.compile(r"[^\x00-\u07ff]")
_TWO_BEYOND: Final = re.compile(r"[^\x00-\u07ff][\x00-\u07ff]*+[^\x00-\u07ff]")
_LIKE_CHINESE_UTF8: Final = re.compile(rb"[\xe0-\xf4][\x80-\xbf]{2}")


class EncodedText(NamedTuple):
    """One text as it stands in the file.

    It is ``full`` if it fills its place and may be cut off; ``number`` is what a program then put
    behind it, in ASCII.
    """

    raw: bytes
    full: bool = False
    number: bytes = b""


@dataclass(slots=True)
class Trial:
    """How well one encoding has fitted so far; ``marks`` are the characters that were weighed."""

    codec: str
    fits: bool = True
    cut: int = 0
    cut_samples: list[str] = field(default_factory=list)
    samples: list[str] = field(default_factory=list)
    beyond_two_bytes: bool = False
    weighed: int = 0
    common: int = 0
    marks: set[str] = field(default_factory=set)

    def take(self, text: EncodedText) -> None:
        """Take one more text."""
        try:
            read, cut = _decode(text, self.codec)
        except UnicodeDecodeError:
            self.fits = False
            return
        self.cut += cut
        if cut and len(self.cut_samples) < MOST_SAMPLES:
            self.cut_samples.append(read[:LONGEST_SAMPLE])
        self.beyond_two_bytes = self.beyond_two_bytes or is_beyond_two_bytes(read)
        if len(self.samples) < MOST_SAMPLES and read[:LONGEST_SAMPLE] not in self.samples:
            self.samples.append(read[:LONGEST_SAMPLE])
        if self.weighed < _MOST_WEIGHED:
            marks = _BEYOND_ASCII.findall(read)
            self.weighed += len(marks)
            self.marks.update(marks)
            self.common += sum(_is_common(mark, self.codec) for mark in marks)

    def take_all(self, texts: Sequence[EncodedText], *, in_utf8: Sequence[bool]) -> bytes | None:
        """Take texts together where nothing is left to learn of single ones.

        Returns the one that does not fit, None if all do. A line break is the end of no character
        that has several bytes, so that texts which fit joined by it fit one by one. ``in_utf8``
        are those that are Chinese in UTF-8.
        """
        if self.weighed >= _MOST_WEIGHED and len(self.samples) == MOST_SAMPLES:
            with suppress(UnicodeDecodeError):
                self._take_joined(texts, in_utf8)
                return None
        for text in texts:
            self.take(text)
            if not self.fits:
                return text.raw
        return None

    def _take_joined(self, texts: Sequence[EncodedText], in_utf8: Sequence[bool]) -> None:
        codec, raws = self.codec, [text.raw for text in texts]
        if codec == MIXED:  # Chinese in UTF-8 is beyond two bytes, and fits
            self.beyond_two_bytes |= any(in_utf8)
            raws = [raw for raw, other in zip(raws, in_utf8, strict=True) if not other]
            codec = GB18030
        read = b"\n".join(raws).decode(codec)
        self.beyond_two_bytes |= is_beyond_two_bytes(read)

    def common_percent(self) -> int:
        """Return how many of the characters read so are common ones."""
        return round(100 * self.common / max(1, self.weighed))


@dataclass(frozen=True, slots=True)
class Tried:
    """The trials, how many texts are Chinese in UTF-8, and the most telling raw text.

    That is the last one that an encoding failed on, or the first that is not ASCII; empty if
    there is none.
    """

    trials: dict[str, Trial]
    in_utf8: int
    decisive: bytes


def try_all(texts: Iterable[EncodedText], trials: dict[str, Trial]) -> Tried:
    """Try every text in every encoding that still fits."""
    decisive, in_utf8 = b"", 0
    others = (text for text in texts if not text.raw.isascii())
    while group := list(islice(others, _AT_ONCE)):
        decisive = decisive or group[0].raw
        found = _are_chinese_utf8(group)
        in_utf8 += sum(found)
        for trial in trials.values():
            if trial.fits:
                misfit = trial.take_all(group, in_utf8=found)
                decisive = misfit or decisive
    return Tried(trials, in_utf8, decisive)


def is_beyond_two_bytes(read: str) -> bool:
    """Return whether a text has characters that UTF-8 writes in three bytes or four."""
    return _BEYOND_TWO_BYTES.search(read) is not None


def _are_chinese_utf8(texts: Sequence[EncodedText]) -> list[bool]:
    joined = b"\n".join([text.raw for text in texts])
    if not _LIKE_CHINESE_UTF8.search(joined):
        return [False] * len(texts)
    with suppress(UnicodeDecodeError):
        lines = joined.decode(UTF_8).split("\n")
        if len(lines) == len(texts):
            return [_TWO_BEYOND.search(line) is not None for line in lines]
    return [_is_chinese_utf8(text) for text in texts]


def _is_chinese_utf8(text: EncodedText) -> bool:
    """Return whether a text is in UTF-8, with two characters at least that take three bytes.

    Text in GBK is so by chance less than once in ten thousand times.
    """
    try:
        read, _ = _decode(text, UTF_8)
    except UnicodeDecodeError:
        return False
    return _TWO_BEYOND.search(read) is not None


def decode_text(text: EncodedText, codec: str) -> str:
    """Return the text; a character that the end of its place cut through is left out.

    Raises
    ------
    UnicodeDecodeError
        If it is not in that encoding.
    """
    return _decode(text, codec)[0]


def _is_common(mark: str, codec: str) -> bool:
    """Return whether a character is of daily use in the writing that an encoding is for.

    That is of GB 2312, of the first plane of Big5, of the first level of JIS X 0208, or Hangul.
    """
    if codec == BIG5:
        written = mark.encode("big5", "ignore")
        return len(written) > 1 and written[0] in _COMMON_BIG5
    if codec in JAPANESE:
        written = mark.encode("cp932", "ignore")
        return len(written) > 1 and written[0] in _COMMON_JAPANESE
    if codec == KOREAN:
        return "\uac00" <= mark <= "\ud7a3"
    return bool(mark.encode("gb2312", "ignore"))


def _decode(text: EncodedText, codec: str) -> tuple[str, bool]:
    """Return the text and whether its end was cut within a character."""
    if codec == MIXED:
        codec = UTF_8 if _is_chinese_utf8(text) else GB18030
    number = text.number.decode("ascii")
    try:
        return text.raw.decode(codec) + number, False
    except UnicodeDecodeError:
        decoder = codecs.getincrementaldecoder(codec)()
        read = decoder.decode(text.raw)  # raises unless the end alone is at fault
        if not text.full or not decoder.getstate()[0]:
            raise
        return read + number, True
