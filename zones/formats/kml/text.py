"""The bytes of a KML -> its text in UTF-8, in whatever encoding it came."""

import re
from pathlib import Path
from typing import Final

from zones.encoding.decide_encoding import EncodingFinding, decide_encoding
from zones.encoding.encoding_names import UTF_8
from zones.encoding.trial_decoding import Text, decode_text
from zones.errors import SourceError

_DECLARED: Final = re.compile(rb'^\s*<\?xml[^>]*?encoding\s*=\s*["\']([A-Za-z0-9._-]{1,40})["\']')
_DECLARATION: Final = re.compile(r"^\s*<\?xml.*?\?>", re.DOTALL)
_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


def write_utf8(raw: bytes, target: Path, *, override: str | None) -> EncodingFinding:
    """Write the text in UTF-8 to ``target`` and return what it was encoded in.

    Raises
    ------
    SourceError
        ``kml-not-text``, or why its encoding cannot be told.
    """
    text, encoding = _decoded(raw, override)
    body = _DECLARATION.sub("", text, count=1)
    try:
        written = f'<?xml version="1.0" encoding="UTF-8"?>{body}'.encode()
    except UnicodeEncodeError as error:
        raise SourceError("kml-not-text", codec="UTF-8") from error
    target.write_bytes(written)
    return encoding


def _decoded(raw: bytes, override: str | None) -> tuple[str, EncodingFinding]:
    for mark, codec in _BOMS:
        if raw.startswith(mark):
            try:
                return raw[len(mark) :].decode(codec), EncodingFinding(UTF_8, "format")
            except UnicodeDecodeError as error:
                raise SourceError("kml-not-text", codec=codec.upper()) from error
    match = _DECLARED.match(raw[:200])
    declared = match[1].decode("ascii") if match else UTF_8
    lines = raw.split(b"\n")
    finding = decide_encoding(map(Text, lines), declared=declared, override=override)
    return "\n".join(decode_text(Text(line), finding.codec) for line in lines), finding
