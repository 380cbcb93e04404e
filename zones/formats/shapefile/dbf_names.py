"""The names of a table's fields, which programs cut at ten bytes and then number.

GDAL, and with it QGIS and geopandas, cut a name within a character if need be. Where that makes
it equal to an earlier one they put a number into its last bytes, ``_1`` to ``_9`` and ``10`` to
``99``, so that half a character can stand before the number. In GBK half a character and an
underscore are a rare character; that it is none is told by the earlier name.
"""

import codecs
import re
from collections.abc import Sequence
from typing import Final

from zones.encoding.encoding_names import GB18030, UTF_8
from zones.encoding.trial_decoding import LAST_TWO_BYTE_CHARACTER, EncodedText

LONGEST_NAME: Final = 10
_NUMBERED: Final = re.compile(rb"(.*[\x80-\xff])(_[1-9][0-9]?|[1-9][0-9])", re.DOTALL)


def written_names(names: Sequence[bytes]) -> list[EncodedText]:
    """Return the names of a table's fields, with the number apart that stands behind a cut one."""
    return [_written(name, names[:index]) for index, name in enumerate(names)]


def _written(name: bytes, earlier: Sequence[bytes]) -> EncodedText:
    found = _NUMBERED.fullmatch(name)
    if found and len(name) >= LONGEST_NAME and _is_cut(name, found[1], earlier):
        return EncodedText(found[1].lstrip(b" "), full=True, number=found[2])
    return EncodedText(name.strip(b" "), full=len(name) >= LONGEST_NAME)


def _is_cut(name: bytes, stem: bytes, earlier: Sequence[bytes]) -> bool:
    repeats = any(other.lower().startswith(stem.lower()) for other in earlier)
    return repeats or _is_cut_utf8(stem) or not _is_gb18030(name)


def _is_cut_utf8(stem: bytes) -> bool:
    """Return whether a name is in UTF-8 with a whole Chinese character and the half of one."""
    decoder = codecs.getincrementaldecoder(UTF_8)()
    try:
        read = decoder.decode(stem)
    except UnicodeDecodeError:
        return False
    return max(read, default="") > LAST_TWO_BYTE_CHARACTER and bool(decoder.getstate()[0])


def _is_gb18030(name: bytes) -> bool:
    try:
        name.decode(GB18030)
    except UnicodeDecodeError:
        return False
    return True
