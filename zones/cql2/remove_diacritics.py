"""Letters without their diacritics."""

import re
from typing import Final
from unicodedata import normalize

# Accents, dots and strokes that Unicode can part from a letter. Marks of other scripts stay:
# without them a Japanese or an Indic word is another word.
_MARKS: Final = re.compile("[\u0300-\u036f]")

# Letters of the Latin script whose stroke or joint is part of the letter to Unicode, so that
# decomposition leaves them; they are what people write when they lack the key.
_LETTERS: Final = str.maketrans(
    {
        "Æ": "AE", "æ": "ae", "Œ": "OE", "œ": "oe", "ß": "ss", "ẞ": "SS", "Þ": "TH", "þ": "th",
        "Ð": "D", "ð": "d", "Đ": "D", "đ": "d", "Ħ": "H", "ħ": "h", "ı": "i", "Ł": "L", "ł": "l",
        "Ŋ": "N", "ŋ": "n", "Ø": "O", "ø": "o", "Ŧ": "T", "ŧ": "t",
    }
)  # fmt: skip


def fold_accents(text: str) -> str:
    """Return the text without diacritics.

    Examples
    --------
    >>> fold_accents("København, Łódź, 和平区")
    'Kobenhavn, Lodz, 和平区'
    """
    if text.isascii():
        return text
    return normalize("NFC", _MARKS.sub("", normalize("NFD", text)).translate(_LETTERS))
