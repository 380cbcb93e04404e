"""A snapshot and an order: the sheet as a file."""

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from zones.crs.prj_file import esri_wkt
from zones.crs.transform import PLANE
from zones.messages import say
from zones.model import BBox
from zones.printing.map_view import degrees_of
from zones.printing.sheet_content import Content, content_of
from zones.printing.sheet_fonts import Font, find_font
from zones.printing.sheet_options import Form, SheetOrder, check_order
from zones.printing.typst_engine import texts_in, typeset
from zones.printing.world_file import world_file
from zones.snapshot.model import Snapshot

_MEDIA: Final = {
    Form.PDF: "application/pdf",
    Form.PNG: "image/png",
    Form.SVG: "image/svg+xml",
}
_ZIP: Final = "application/zip"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class PrintedSheet:
    """A file: ``missing`` are the letters that the font lacks, ``scale`` the n of 1:n.

    ``bbox`` is what the first map shows, in degrees.
    """

    body: bytes
    media_type: str
    suffix: str
    missing: tuple[str, ...]
    scale: float
    pages: int
    bbox: BBox


def make_sheet(
    snapshot: Snapshot, order: SheetOrder, font_folder: Path | None = None
) -> PrintedSheet:
    """Return the sheet; several pages as pictures come as a zip.

    Raises
    ------
    PrintError
    UnknownCollectionError
    UnknownFeatureError
        If there is no such element.
    PrintEngineError
    """
    check_order(order)
    font = find_font(font_folder)
    content = content_of(snapshot, order)
    missing = _noted(content, order, font)
    form = Form.PNG if order.form is Form.GEO else order.form
    made = typeset(content.values, content.files, font, form.value, dpi=order.dpi)
    first = content.maps[0]
    body, media_type, suffix = made[0], _MEDIA[form], form.value
    if form is Form.PDF:
        body = _finished(body, content, order)
    elif order.form is Form.GEO:
        body, media_type, suffix = _zipped(_georeferenced(made, content, order)), _ZIP, "zip"
    elif len(made) > 1:
        names = [f"sheet-{number:02d}.{form.value}" for number in range(1, len(made) + 1)]
        body, media_type, suffix = _zipped(zip(names, made, strict=True)), _ZIP, "zip"
    bbox = degrees_of(first.bounds)
    return PrintedSheet(body, media_type, suffix, missing, first.scale, len(made), bbox)


def _noted(content: Content, order: SheetOrder, font: Font) -> tuple[str, ...]:
    """Return the letters that the font lacks; a note on every page says which."""
    labels = [label.text for shown in content.maps for label in shown.drawing.labels]
    missing = font.lacks([*texts_in(content.values), *labels])
    if missing:
        # The letters themselves would be boxes here too: they are told by their numbers.
        letters = ", ".join(f"U+{ord(letter):04X}" for letter in missing[:12])
        note = say("print-missing", order.lang, letters=letters).message
        for page in content.values["pages"]:
            page["notes"].append(note)
    return missing


def _finished(pdf: bytes, content: Content, order: SheetOrder) -> bytes:
    """Return the PDF with what typst does not write: places of its maps, and layers."""
    # pypdf takes a tenth of the service's time to load, and few print.
    from pypdf import PdfReader, PdfWriter

    from zones.printing.geospatial_pdf import add_places
    from zones.printing.pdf_layers import add_layers

    reader = PdfReader(io.BytesIO(pdf))
    writer = PdfWriter(clone_from=reader, keep_initial_header=True)
    writer.metadata = reader.metadata
    add_places(writer, content.maps)
    if content.layers is not None:
        names = ("print-layer-map", "print-layer-margin")
        map_title, margin_title = (say(name, order.lang).message for name in names)
        add_layers(writer, content.layers.layers, (map_title, margin_title))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _georeferenced(
    made: Sequence[bytes], content: Content, order: SheetOrder
) -> Iterator[tuple[str, bytes]]:
    for number, (picture, shown) in enumerate(zip(made, content.maps, strict=False), start=1):
        name = f"sheet-{number:02d}"
        yield f"{name}.png", picture
        yield f"{name}.pgw", world_file(shown, order.dpi).encode()
        yield f"{name}.prj", esri_wkt(PLANE).encode()
    for number in range(len(content.maps) + 1, len(made) + 1):
        yield f"sheet-{number:02d}.png", made[number - 1]


def _zipped(entries: Iterable[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, body in entries:
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), body)
    return buffer.getvalue()
