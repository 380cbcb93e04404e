"""Whether texts make sense in the writing that an encoding was made for.

Bytes of Chinese text, read as another East Asian encoding or as that of another alphabet, give
characters too, but not such as people write: Hangul among Chinese characters, half-width
katakana, capitals within words.
"""

import re
from collections.abc import Callable, Sequence
from typing import Final

_KOREAN: Final = frozenset({"cp949", "johab"})
_JAPANESE: Final = frozenset({"cp932", "euc_jp"})
_HANGUL: Final = re.compile("[\uac00-\ud7a3]")
_HANJA: Final = re.compile("[\u4e00-\u9fff\uf900-\ufaff]")
_KANA: Final = re.compile("[\u3041-\u30ff]")
_HALF_WIDTH_KANA: Final = re.compile("[\uff61-\uff9f]")
_OTHER_ALPHABET: Final = re.compile("[\u0370-\u04ff\u0590-\u06ff\u0e00-\u0e7f]")
_WORD: Final = re.compile(r"[^\W\d_]+")
_PUNCTUATION: Final = frozenset("\u00a0«»„“”‘’–—…№°·،؛؟")
_MOSTLY: Final = 0.8
_SHORTEST: Final = 3  # letters; fewer prove nothing


def reads_well(samples: Sequence[str], codec: str) -> bool:
    """Return whether samples read in this encoding are in the writing that it is for.

    False for encodings of Chinese, which are judged by how common their characters are, and for
    the Latin ones, whose labels programs write over anything.
    """
    text = "".join(samples)
    if codec in _KOREAN:
        return not _HANJA.search(text) and _share(samples, _HANGUL.match) >= _MOSTLY
    if codec in _JAPANESE:
        return bool(_KANA.search(text)) and not _HALF_WIDTH_KANA.search(text)
    if len(_OTHER_ALPHABET.findall(text)) < _SHORTEST:
        return False
    known = _share(samples, lambda mark: _OTHER_ALPHABET.match(mark) or mark in _PUNCTUATION)
    return known == 1 and all(_is_spelled(word) for word in _WORD.findall(" ".join(samples)))


def kana_percent(samples: Sequence[str]) -> int:
    """Return how many of the characters beyond ASCII are kana."""
    return round(100 * _share(samples, _KANA.match))


def reads_as_latin(samples: Sequence[str]) -> bool:
    """Return whether all beyond ASCII are letters with accents, in words of plain letters."""
    words = [word for word in _WORD.findall(" ".join(samples)) if not word.isascii()]
    marks = [mark for text in samples for mark in text if not mark.isascii()]
    in_words = sum(not mark.isascii() for word in words for mark in word)
    return in_words == len(marks) > 0 and all(
        _is_spelled(word) and sum(map(str.isascii, word)) * 2 > len(word) for word in words
    )


def _share(samples: Sequence[str], belongs: Callable[[str], object]) -> float:
    """Return the share of the characters beyond ASCII that belong to a writing."""
    marks = [mark for text in samples for mark in text if not mark.isascii()]
    return sum(bool(belongs(mark)) for mark in marks) / max(1, len(marks))


def _is_spelled(word: str) -> bool:
    """Return whether a word has its capitals as people write them."""
    return word[1:] == word[1:].lower() or word.isupper()
