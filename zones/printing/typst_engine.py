"""Runs typst on a template, values and pictures; whatever it warns of is a fault."""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any, Final, Literal

import orjson

from zones.errors import PrintEngineError
from zones.printing.sheet_fonts import Font

_TEMPLATE: Final = "sheet.typ"
POINTS_PER_INCH: Final = 72
ARCHIVED_AS: Final = "a-2a"


def typeset(
    values: Mapping[str, Any],
    pictures: Mapping[str, str],
    font: Font,
    form: Literal["pdf", "png", "svg"],
    *,
    dpi: int = 150,
) -> list[bytes]:
    """Return the document as one PDF, or one picture a page.

    Letters that the font lacks come out as empty boxes; ask ``Font.lacks`` for them first.

    Raises
    ------
    PrintEngineError
        With what typst said.
    """
    import typst

    lang = values["lang"]
    files_of_sheet = {
        **values,
        "font": font.family,
        "text_lang": lang,
        "region": "CN" if lang == "zh" else "GB",
    }
    sources = {
        "main.typ": files("zones.printing").joinpath(_TEMPLATE).read_bytes(),
        "sheet.json": orjson.dumps(files_of_sheet),
        **{name: text.encode() for name, text in pictures.items()},
    }
    try:
        made, warnings = _compiled(sources, font, form, dpi)
    except typst.TypstError as fault:
        raise PrintEngineError("print-unset", fault=str(fault)[:500]) from fault
    if warnings:
        raise PrintEngineError(
            "print-unset", fault="; ".join(warning.message for warning in warnings)[:500]
        )
    return [page for page in (made if isinstance(made, list) else [made]) if page is not None]


def _compiled(
    sources: Mapping[str, bytes], font: Font, form: Literal["pdf", "png", "svg"], dpi: int
) -> tuple[Any, Any]:
    """Return what typst makes and what it warns of.

    A PDF is one for archives (PDF/A-2a), unless a text has letters that these may not have: such
    as the font lacks, and of the areas for private use.
    """
    import typst

    def compiled(standard: Any) -> tuple[Any, Any]:
        # One compiler a sheet: of files in memory it compiles once only, and in one thread.
        compiler = typst.Compiler({**sources}, font_paths=font.installed)
        return compiler.compile_with_warnings(
            format=form, ppi=dpi, timestamp=0, pdf_standards=standard
        )

    if form != "pdf":
        return compiled(None)
    try:
        return compiled(ARCHIVED_AS)
    except typst.TypstError:
        return compiled(None)


def texts_in(value: Any) -> Iterator[str]:
    """Return every text in values."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from texts_in(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from texts_in(each)
