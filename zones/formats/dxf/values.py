"""Values of a drawing's tags, strictly: numbers as they are written, texts without escapes.

Group codes say what a value is: AutoCAD 2024 DXF reference, "Group Code Value Types".
"""

import re
from dataclasses import dataclass
from typing import Final

from zones.encoding.trial_decoding import EncodedText, decode_text
from zones.model import JSON

_FLOATS: Final = (*range(10, 60), *range(110, 150), *range(210, 240))
FLOAT_CODES: Final = frozenset(b"%d" % code for code in _FLOATS)
"""Codes of coordinates, lengths and angles, all that a shape is made of."""

_NUMBER: Final = re.compile(rb"\s*[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\s*")
_WITH_COMMA: Final = re.compile(r"([-+]?)([0-9]+),([0-9]+)")
_FULL_WIDTH: Final = str.maketrans("０１２３４５６７８９．－＋，", "0123456789.-+,")
_THOUSANDS = 3  # digits between the commas of a number like 4,626,900
_ESCAPED: Final = re.compile(r"\\U\+([0-9A-Fa-f]{4})|\\M\+([1-5])([0-9A-Fa-f]{4})")
_SURROGATES: Final = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_MULTIBYTE: Final = {"1": "cp932", "2": "cp950", "3": "cp949", "4": "johab", "5": "gb18030"}
_WHOLE_CODES: Final = range(1060, 1072)
_REAL_CODES: Final = range(1010, 1060)


@dataclass(frozen=True, slots=True)
class ParsedNumber:
    """A number as a drawing should have it, and whether it was written in another way."""

    value: bytes
    otherwise: bool = False


is_plain: Final = _NUMBER.fullmatch
"""Matches a value that is a number as the format writes it; the call itself, for speed."""

is_unescaped: Final = re.compile(rb"[\x00-\x5b\x5d-\x7f]*").fullmatch
"""Matches a text in ASCII without a backslash, which reads the same in every encoding."""


def read_number(raw: bytes, codec: str) -> ParsedNumber | None:
    """Return a number, also with full-width digits or a decimal comma; None for anything else.

    A comma before three digits may part thousands: where no more than three stand before it, it
    is not taken for either.

    Examples
    --------
    >>> read_number(b"41533100,5", "ascii").value, read_number(b"533,100", "ascii")
    (b'41533100.5', None)
    """
    if is_plain(raw):
        return ParsedNumber(raw)
    text = decode_text(EncodedText(raw), codec).strip().translate(_FULL_WIDTH)
    if (found := _WITH_COMMA.fullmatch(text)) is not None:
        sign, whole, fraction = found.groups()
        if len(fraction) == _THOUSANDS and len(whole) <= _THOUSANDS:
            return None
        text = f"{sign}{whole}.{fraction}"
    plain = text.encode("ascii", "replace")
    return ParsedNumber(plain, otherwise=True) if is_plain(plain) else None


def read_text(raw: bytes, codec: str) -> str:
    r"""Return a text with the characters that stand in it as ``\U+7528`` or ``\M+5C4CF``.

    Examples
    --------
    >>> read_text(rb"\U+7528\U+5730 \M+5D3C3", "ascii")
    '用地 用'
    """
    text = decode_text(EncodedText(raw), codec) if not raw.isascii() else raw.decode("ascii")
    if "\\" not in text:
        return text
    read = _ESCAPED.sub(_character, text)
    return _SURROGATES.sub(
        lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), read
    )


def _character(found: re.Match[str]) -> str:
    if found[1]:
        return chr(int(found[1], 16))
    try:
        return bytes.fromhex(found[3]).decode(_MULTIBYTE[found[2]])
    except UnicodeDecodeError:
        return found[0]


def data_value(code: int, raw: bytes, codec: str) -> JSON:
    """Return a value of extended data by its group code (1000-1071): a text or a number."""
    text = read_text(raw.strip(), codec)
    try:
        if code in _WHOLE_CODES:
            return int(text)
        return float(text) if code in _REAL_CODES and is_plain(raw) else text
    except ValueError:
        return text
