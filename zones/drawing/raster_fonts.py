"""The font of pictures: Chinese as it is written on the mainland, found by its face's name.

The files of Noto Sans CJK and Source Han Sans are collections whose first face is Japanese: the
same character can have another shape there (直, 骨, 角), so a face is never taken by its number.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

FOLDERS: Final = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".local/share/fonts",
    Path.home() / ".fonts",
)
FAMILIES: Final = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Noto Sans S Chinese",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
)
"""Sans-serif families with the mainland's shapes, the likeliest first."""
_NAMED: Final = ("*CJK*", "NotoSansSC*", "NotoSansHans*", "SourceHanSans*", "wqy*")
_SUFFIXES: Final = frozenset({".ttc", ".otc", ".otf", ".ttf"})
_MOST_FACES: Final = 12
_further: Final[list[Path]] = []


@dataclass(frozen=True, slots=True)
class Face:
    """A face of a file of fonts: ``index`` counts from 0."""

    path: Path
    index: int
    family: str


def look_for_fonts_in(folder: Path) -> None:
    """Look for fonts in one more folder too, for as long as the process runs."""
    if folder not in _further:
        _further.append(folder)
        chinese_face.cache_clear()
        _faces.cache_clear()


@cache
def chinese_face(*, bold: bool = False) -> Face | None:
    """Return the face to write with; None if no font with the mainland's shapes is installed.

    Of families that lack a bold face the regular one.
    """
    faces = _faces()
    style_name = "Bold" if bold else "Regular"
    for family in FAMILIES:
        styles = {style: face for style, face in faces if face.family == family}
        found = styles.get(style_name) or styles.get("Regular")
        if found is not None:
            return found
    return None


@cache
def _faces() -> tuple[tuple[str, Face], ...]:
    files = sorted(
        {file for folder in (*FOLDERS, *_further) for name in _NAMED for file in folder.rglob(name)}
    )
    return tuple(
        found
        for file in files
        if file.suffix.lower() in _SUFFIXES
        for index in range(_MOST_FACES)
        if (found := _face(file, index)) is not None
    )


def _face(path: Path, index: int) -> tuple[str, Face] | None:
    """Return style and face of a number in a file; None if there is none."""
    from PIL import ImageFont

    try:
        family, style = ImageFont.truetype(str(path), 10, index=index).getname()
    except OSError:
        return None
    return (style or "Regular", Face(path, index, family)) if family else None
