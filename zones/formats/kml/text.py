"""The bytes of a KML -> its text in UTF-8, in whatever encoding it came."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from zones.encoding.decide_encoding import EncodingFinding, certain_utf8, decide_encoding
from zones.encoding.encoding_names import UTF_8
from zones.encoding.trial_decoding import MIXED, EncodedText, decode_text
from zones.errors import SourceError

_DECLARED: Final = re.compile(rb'^\s*<\?xml[^>]*?encoding\s*=\s*["\']([A-Za-z0-9._-]{1,40})["\']')
_DECLARATION: Final = re.compile(rb"^\s*<\?xml.*?\?>", re.DOTALL)
_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


def write_utf8(raw: bytes, target: Path, *, override: str | None) -> EncodingFinding:
    """Write the text in UTF-8 to ``target`` and return what it was encoded in.

    Raises
    ------
    SourceError
        ``kml-not-text``, or why its encoding cannot be told.
    """
    body, encoding = _in_utf8(raw, override)
    with target.open("wb") as file:
        file.write(b'<?xml version="1.0" encoding="UTF-8"?>')
        declaration = _DECLARATION.match(body)
        file.write(memoryview(body)[declaration.end() if declaration else 0 :])
    return encoding


def _in_utf8(raw: bytes, override: str | None) -> tuple[bytes, EncodingFinding]:
    for mark, codec in _BOMS:
        if raw.startswith(mark):
            try:
                return raw[len(mark) :].decode(codec).encode(), EncodingFinding(UTF_8, "format")
            except UnicodeDecodeError as error:
                raise SourceError("kml-not-text", codec=codec.upper()) from error
    match = _DECLARED.match(raw[:200])
    declared = match[1].decode("ascii") if match else UTF_8
    if not override and (found := certain_utf8(raw, declared=declared)) is not None:
        return raw, found
    lines = raw.split(b"\n")
    beyond_ascii = (EncodedText(line) for line in lines if not line.isascii())
    finding = decide_encoding(beyond_ascii, declared=declared, override=override)
    return _encoded_again(raw, lines, finding.codec), finding


def _encoded_again(raw: bytes, lines: Sequence[bytes], codec: str) -> bytes:
    if codec == UTF_8:
        return raw
    try:
        if codec != MIXED:  # a line break is the end of no character of several bytes
            return raw.decode(codec).encode()
        return "\n".join(decode_text(EncodedText(line), codec) for line in lines).encode()
    except UnicodeEncodeError as error:
        raise SourceError("kml-not-text", codec=UTF_8) from error
