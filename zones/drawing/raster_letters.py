"""Labels by Skia: lines and columns of letters, and their halo."""

from collections.abc import Iterator, Sequence
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
_TEXTS: Final = 4096

Run = tuple[Any, float, float]
"""A blob of letters, and where its baseline begins."""


def write(canvas: Any, labels: Sequence[Label]) -> None:
    """Write labels at their places: every halo first, then all letters.

    Straight labels of a style are one run of letters each, as many as they are.
    """
    straight: dict[LabelStyle, list[Label]] = {}
    for label in labels:
        if not (label.angle or label.downwards):
            straight.setdefault(label.style, []).append(label)
    blobs = [(style, _together(style, alike)) for style, alike in straight.items()]
    turned = [label for label in labels if label.angle or label.downwards]
    for style, blob in blobs:
        if style.halo and blob is not None:
            canvas.drawTextBlob(blob, 0, 0, _halo(style))
    for label in turned:
        if label.style.halo:
            _write_turned(canvas, label, _halo(label.style))
    for style, blob in blobs:
        if blob is not None:
            canvas.drawTextBlob(blob, 0, 0, paint_of(style.colour))
    for label in turned:
        _write_turned(canvas, label, paint_of(label.style.colour))


def _together(style: LabelStyle, labels: Sequence[Label]) -> Any:
    """Return the letters of straight labels at their places; None if there are none."""
    builder, font = skia.TextBlobBuilder(), _font(style)
    for label in labels:
        for glyphs, across, down in _letters(label.text, style):
            places = [label.x + each for each in across]
            builder.allocRunPosH(font, glyphs, places, label.y + down)
    return builder.make()


@lru_cache(maxsize=_TEXTS)
def _letters(text: str, style: LabelStyle) -> tuple[tuple[list[int], list[float], float], ...]:
    """Return each line's glyphs, and where they are from the middle of their label."""
    font, size = _font(style), style.size
    lines = text.split("\n")
    top = -size * LINE_HEIGHT * (len(lines) - 1) / 2 + MIDDLE_EM * size
    found = []
    for number, line in enumerate(lines):
        if not (glyphs := font.textToGlyphs(line)):
            continue
        places, width = _places(font.getWidths(glyphs), style.spacing * size)
        y = top + number * size * LINE_HEIGHT
        found.append((glyphs, [x - width / 2 for x in places], y))
    return tuple(found)


def _write_turned(canvas: Any, label: Label, paint: Any) -> None:
    font = _font(label.style)
    canvas.save()
    canvas.translate(label.x, label.y)
    canvas.rotate(label.angle)
    for blob, x, y in _column(label, font) if label.downwards else _lines(label, font):
        canvas.drawTextBlob(blob, x, y, paint)
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
        widths = font.getWidths(font.textToGlyphs(text))
        places, width = _places(widths, label.style.spacing * size)
        blob = skia.TextBlob.MakeFromPosTextH(text, places, 0, font)
        yield blob, -width / 2, top + number * size * LINE_HEIGHT


def _places(widths: Sequence[float], spacing: float) -> tuple[list[float], float]:
    """Return where each letter of a line begins, and how wide it is."""
    places, at = [], 0.0
    for width in widths:
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
