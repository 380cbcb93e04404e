"""The font that sheets are set in: found on the system or beside the map's scripts.

Debian's Noto Sans CJK is a collection whose first face is the Japanese one, so the family's own
name is asked for; typst goes on without a word where a family is unknown.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from zones.errors import PrintEngineError

FAMILIES: Final = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Noto Sans SC",
    "Noto Sans S Chinese",
)
"""Simplified Chinese faces under the Open Font License, the best known first."""
_REGULAR: Final = 400
_BLANKS: Final = frozenset("\n\r\t \u200b")


@dataclass(frozen=True, slots=True)
class Font:
    """A family, typst's list of what is installed, and the letters that the family has."""

    family: str
    installed: Any
    letters: frozenset[int]

    def lacks(self, texts: Iterable[str]) -> tuple[str, ...]:
        """Return the letters in texts that the font has no glyph for, each once."""
        letters = {letter for text in texts for letter in text} - _BLANKS
        return tuple(sorted(letter for letter in letters if ord(letter) not in self.letters))


@lru_cache(maxsize=4)
def find_font(folder: Path | None = None) -> Font:
    """Return the font for sheets, looked for once a process: 0.3 s.

    Parameters
    ----------
    folder
        Where fonts lie besides the system's own places.

    Raises
    ------
    PrintEngineError
    """
    import typst

    paths = [str(folder)] if folder is not None and folder.is_dir() else []
    installed = typst.Fonts(include_embedded_fonts=False, font_paths=paths)
    faces = {
        (font.family, font.weight): font
        for font in installed.fonts()
        if font.style == "normal" and font.path
    }
    for family in FAMILIES:
        regular = faces.get((family, _REGULAR))
        if regular is not None and regular.path:
            return Font(family, installed, _letters(Path(regular.path), regular.index))
    raise PrintEngineError("print-font", families=", ".join(FAMILIES))


def _letters(path: Path, index: int) -> frozenset[int]:
    from fontTools.ttLib import TTFont

    with TTFont(path, fontNumber=index, lazy=True) as font:
        return frozenset(font.getBestCmap())
