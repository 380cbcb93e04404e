"""Layers of a PDF that readers switch: optional content (ISO 32000-2, 8.11), all on at first.

Typst writes none. The template draws a mark where a layer begins and where it ends; each of these
becomes the operator that begins or ends marked content, so that all the rest, the text and its
structure among it, is as typst wrote it.
"""

import re
from collections.abc import Sequence
from typing import Final

from pypdf import PageObject, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    EncodedStreamObject,
    IndirectObject,
    NameObject,
    TextStringObject,
)

from zones.errors import PrintEngineError
from zones.printing.sheet_layers import SheetLayer

_MARK: Final = re.compile(
    rb"/Artifact<</Type/Layout>>BDC\nq [^\n]{,90} cm/c\d+ cs 1 ([\d.]+) ([\d.]+) scn "
    rb"0 0 m 0\.01 0 l 0\.01 0\.01 l 0 0\.01 l\nh\nf\nQ\nEMC"
)
"""As typst 0.15 draws it; green and blue of its colour are the number of the layer, 0 ends it."""
_LEVELS: Final = 255

_References = Sequence[IndirectObject]


def add_layers(writer: PdfWriter, layers: Sequence[SheetLayer], groups: tuple[str, str]) -> None:
    """Make layers of what is marked on the pages; ``groups`` are the titles of map and margin.

    Raises
    ------
    PrintEngineError
        ``print-unset`` if there are no marks: another typst might draw them in another way.
    """
    references = [writer._add_object(_group(layer)) for layer in layers]
    seen = {number for page in writer.pages for number in _switched(page, references)}
    if not seen:
        raise PrintEngineError("print-unset", fault="no layers")
    numbered = [each for each in enumerate(layers, start=1) if each[0] in seen]
    order = ArrayObject()
    for title, is_margin in zip(groups, (False, True), strict=True):
        listed = [references[n - 1] for n, layer in numbered if layer.is_margin is is_margin]
        order += [ArrayObject([TextStringObject(title), *listed])]
    all_of_them = ArrayObject(references[number - 1] for number, _ in numbered)
    usual = _dictionary(
        Name=TextStringObject(" · ".join(groups)),
        BaseState=NameObject("/ON"),
        ListMode=NameObject("/VisiblePages"),
        ON=all_of_them,
        Order=order,
    )
    writer.root_object[NameObject("/OCProperties")] = _dictionary(OCGs=all_of_them, D=usual)


def _group(layer: SheetLayer) -> DictionaryObject:
    return _dictionary(Type=NameObject("/OCG"), Name=TextStringObject(layer.title))


def _dictionary(**entries: object) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{name}"): value for name, value in entries.items()})


def _switched(page: PageObject, references: _References) -> set[int]:
    """Make the marks of a page into operators; return the numbers of its layers."""
    stream = page["/Contents"].get_object()
    if not isinstance(stream, EncodedStreamObject):
        raise PrintEngineError("print-unset", fault="/Contents")
    content, seen = switched(stream.get_data())
    if not seen:
        return seen
    stream.set_data(content)
    resources = page["/Resources"].get_object()
    properties = {NameObject(f"/L{number}"): references[number - 1] for number in sorted(seen)}
    resources[NameObject("/Properties")] = DictionaryObject(properties)  # type: ignore[index]
    return seen


def switched(content: bytes) -> tuple[bytes, set[int]]:
    """Return a page's content with operators in place of marks, and the numbers of its layers.

    Raises
    ------
    PrintEngineError
        ``print-unset`` if not as many layers end as begin.
    """
    seen: list[int] = []
    depth = 0

    def operator(found: re.Match[bytes]) -> bytes:
        nonlocal depth
        high, low = (round(_LEVELS * float(part)) for part in found.groups())
        number = high * (_LEVELS + 1) + low
        depth += 1 if number else -1
        if not number:
            return b"\nEMC"
        seen.append(number)
        return b"\n/OC/L%d BDC" % number

    replaced = _MARK.sub(operator, content)
    if depth:
        raise PrintEngineError("print-unset", fault="layers do not end")
    return replaced, set(seen)
