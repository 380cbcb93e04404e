"""How much room a text takes, and where it may be broken into lines.

Without a font at hand: a Chinese letter is as wide as it is high, and Latin ones are taken a
little wider than those of Noto Sans, so that no label is cut by what was thought to be free.
"""

import unicodedata
from functools import lru_cache
from itertools import pairwise
from typing import Final

from zones.drawing.model import LINE_HEIGHT, LabelStyle

_NARROW: Final = frozenset("iIjlft.,;:!'|()[]/- ")
_WIDE: Final = frozenset("mwMWQOG@%&")
_USUAL_EM, _CAPITAL_EM, _NARROW_EM, _WIDE_EM = 0.57, 0.66, 0.36, 0.9
DOWNWARDS_EM: Final = 1.05
"""From one letter to the one below it."""
_FRAME_PX: Final = (8.0, 2.5)
_CACHED: Final = 4096
_KINDS_OF_AREA: Final = frozenset("区带轴")


def letter_em(letter: str) -> float:
    """Return a letter's width in its height."""
    if unicodedata.east_asian_width(letter) in "WFA":
        return 1.0
    if letter in _NARROW:
        return _NARROW_EM
    if letter in _WIDE:
        return _WIDE_EM
    return _CAPITAL_EM if letter.isupper() else _USUAL_EM


@lru_cache(maxsize=_CACHED)
def text_em(text: str, spacing: float = 0.0) -> float:
    """Return the width of a line in the height of its letters."""
    return sum(map(letter_em, text)) + spacing * max(len(text) - 1, 0)


@lru_cache(maxsize=_CACHED)
def label_size(text: str, style: LabelStyle, *, downwards: bool = False) -> tuple[float, float]:
    """Return width and height in pixels of a text before it is turned, its frame included."""
    lines = text.split("\n")
    if downwards:
        width = style.size * LINE_HEIGHT
        height = style.size * (len(text) * (DOWNWARDS_EM + style.spacing))
    else:
        width = style.size * max(text_em(line, style.spacing) for line in lines)
        height = style.size * LINE_HEIGHT * len(lines)
    if style.frame:
        room_x, room_y = _FRAME_PX if not downwards else _FRAME_PX[::-1]
        width, height = width + 2 * room_x * style.size / 13, height + 2 * room_y * style.size / 13
    return width, height


@lru_cache(maxsize=_CACHED)
def balanced(text: str, most_em: float) -> str:
    """Return the text in as few lines as the width allows, about as long as each other.

    Lines are broken between words only; a word that is too long stays whole.
    """
    words = _words(text)
    if text_em(text) <= most_em or len(words) == 1:
        return text
    lines = max(2, -int(-text_em(text) // most_em))
    return "\n".join(_filled(words, text_em(text) / lines))


def _words(text: str) -> list[str]:
    """Return the words, spaces at their ends.

    Chinese writes none. Its words are mostly of two letters, before a last one that says what
    kind of area it is: so 北市场民族民俗产业集聚区 may be broken before 产业, and not within it.
    """
    if not any(unicodedata.east_asian_width(letter) in "WF" for letter in text):
        return [f"{word} " for word in text.split()]
    first = (len(text) - (text[-1] in _KINDS_OF_AREA)) % 2
    cuts = [0, *range(first or 2, len(text) - 1, 2), len(text)]
    pieces = [text[a:b] for a, b in pairwise(cuts)]
    return _without_torn_words(pieces)


def _without_torn_words(pieces: list[str]) -> list[str]:
    """Return the pieces, those joined that would tear a number or a word of Latin letters."""
    joined: list[str] = []
    for piece in pieces:
        if joined and joined[-1][-1].isascii() and piece[0].isascii():
            joined[-1] += piece
        else:
            joined.append(piece)
    return joined


def _filled(words: list[str], target_em: float) -> list[str]:
    """Return lines of words, each ended where that is nearest to the length aimed at."""
    lines, line = [], ""
    for word in words:
        over = text_em(line + word) - target_em
        if line and over > target_em - text_em(line):
            lines.append(line.strip())
            line = ""
        line += word
    return [*lines, line.strip()]
