"""The words of the texts in a TAB's map, which GDAL tells in what it would draw them with."""

import re
from pathlib import Path
from typing import Final

from zones.formats.gdal.faults import gdal_faults

_STYLES: Final = 'SELECT OGR_STYLE FROM "{layer}"'
_ONE_TEXT: Final = _STYLES + " WHERE OGR_STYLE LIKE 'LABEL%'"
_WORDS: Final = re.compile(r'LABEL\(t:"(.*)",a:[-0-9.]+,s:', re.DOTALL)
_QUOTE, _ESCAPED_QUOTE = '"', r"\""


def words_in_tab(path: Path, encoding: str) -> dict[int, bytes]:
    """Return the words of each text by the number of its feature, from 1.

    Parameters
    ----------
    encoding
        In which each byte is a character; the words are for others to decode.
    """
    if not _styles(path, _ONE_TEXT, encoding, most=1):
        return {}
    found = (_WORDS.match(style or "") for style in _styles(path, _STYLES, encoding, most=None))
    return {
        number: words[1].replace(_ESCAPED_QUOTE, _QUOTE).encode(encoding)
        for number, words in enumerate(found, start=1)
        if words
    }


def _styles(path: Path, sql: str, encoding: str, *, most: int | None) -> list[str | None]:
    from pyogrio import raw

    with gdal_faults():
        _, _, _, (styles,) = raw.read(
            path,
            sql=sql.format(layer=path.stem),
            sql_dialect="OGRSQL",
            encoding=encoding,
            max_features=most,
            read_geometry=False,
        )
    return list(styles)
