"""Labels by Skia: lines and columns of letters, and their halo."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

import skia

from zones.drawing.model import LINE_HEIGHT, Label, LabelStyle
from zones.drawing.raster_fonts import chinese_face
from zones.drawing.text_width import DOWNWARDS_EM

HALO_EM: Final = 0.22
"""Width of the stroke round letters, half of it outside them."""
MIDDLE_EM: Final = 0.38
"""How far the baseline is below the middle of a Chinese character."""
_TYPEFACES: Final = 4

Run = tuple[Any, float, float]
"""A blob of letters, and where its baseline begins."""


def write(canvas: Any, label: Label) -> None:
    """Write a label at its place."""
    style = label.style
    font = _font(style)
    canvas.save()
    canvas.translate(label.x, label.y)
    if label.angle:
        canvas.rotate(label.angle)
    runs = [*(_column(label, font) if label.downwards else _lines(label, font))]
    if style.halo:
        for blob, x, y in runs:
            canvas.drawTextBlob(blob, x, y, _halo(style))
    for blob, x, y in runs:
        canvas.drawTextBlob(blob, x, y, paint_of(style.colour))
    canvas.restore()


def paint_of(colour: str, opacity: float = 1.0) -> Any:
    """Return what areas are filled with."""
    return skia.Paint(AntiAlias=True, Color=colour_of(colour, opacity))


def colour_of(colour: str, opacity: float = 1.0) -> int:
    """Return ``#rrggbb`` as Skia has it."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    found: int = skia.ColorSetARGB(round(255 * opacity), red, green, blue)
    return found


def _halo(style: LabelStyle) -> Any:
    paint = paint_of(style.halo or "#ffffff")
    paint.setStyle(skia.Paint.kStroke_Style)
    paint.setStrokeWidth(HALO_EM * style.size)
    paint.setStrokeJoin(skia.Paint.kRound_Join)
    return paint


def _font(style: LabelStyle) -> Any:
    font = skia.Font(_typeface(bold=style.bold), style.size)
    font.setEdging(skia.Font.Edging.kAntiAlias)
    font.setSubpixel(True)
    return font


@lru_cache(maxsize=_TYPEFACES)
def _typeface(*, bold: bool) -> Any:
    face = chinese_face(bold=bold)
    if face is None:
        return skia.Typeface()
    return skia.Typeface.MakeFromFile(str(face.path), face.index)


def _lines(label: Label, font: Any) -> Iterator[Run]:
    """Yield the lines, each centred on the label's place."""
    size, texts = label.style.size, label.text.split("\n")
    top = -size * LINE_HEIGHT * (len(texts) - 1) / 2 + MIDDLE_EM * size
    for number, text in enumerate(texts):
        if not text:
            continue
        places, width = _places(text, font, label.style.spacing * size)
        blob = skia.TextBlob.MakeFromPosTextH(text, places, 0, font)
        yield blob, -width / 2, top + number * size * LINE_HEIGHT


def _places(text: str, font: Any, spacing: float) -> tuple[list[float], float]:
    """Return where each letter of a line begins, and how wide it is."""
    places, at = [], 0.0
    for width in font.getWidths(font.textToGlyphs(text)):
        places.append(at)
        at += width + spacing
    return places, at - spacing


def _column(label: Label, font: Any) -> Iterator[Run]:
    """Yield the letters one below the other."""
    size = label.style.size
    step = size * (DOWNWARDS_EM + label.style.spacing)
    top = -step * (len(label.text) - 1) / 2 + MIDDLE_EM * size
    for number, letter in enumerate(label.text):
        if letter.isspace():
            continue
        blob = skia.TextBlob.MakeFromString(letter, font)
        yield blob, -font.measureText(letter) / 2, top + number * step
