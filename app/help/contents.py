"""Which pages the manual has and in which order; each language is read once and then kept."""

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.help.formats_page import format_markdown, format_notes, formats_table
from app.help.settings_table import settings_table
from zones.messages import Lang

if TYPE_CHECKING:
    from app.help.markdown import RenderedMarkdown

OWN_ADDRESS: Final = "http://127.0.0.1:8000"
"""The service's own address, as texts give it."""
FOLDER: Final = Path(__file__).with_name("pages")
FORMATS_PAGE: Final = "formats"
_TABLES: Final[dict[str, Callable[[Lang], str]]] = {
    "<!-- formats -->": formats_table,
    "<!-- settings -->": settings_table,
}
"""What stands for a table that is made of data."""


@dataclass(frozen=True, slots=True)
class HelpPage:
    """A page of the manual in one language; ``listed`` if the table of contents names it."""

    id: str
    text: "RenderedMarkdown"
    listed: bool = True


@dataclass(frozen=True, slots=True)
class HelpPart:
    """The pages for one kind of reader."""

    id: str
    title: str
    pages: tuple[HelpPage, ...]

    @property
    def listed(self) -> tuple[HelpPage, ...]:
        """The pages that the table of contents names."""
        return tuple(page for page in self.pages if page.listed)


@dataclass(frozen=True, slots=True)
class Book:
    """The manual in one language."""

    parts: tuple[HelpPart, ...]

    def pages(self) -> tuple[HelpPage, ...]:
        """Return all pages in reading order."""
        return tuple(page for part in self.parts for page in part.pages)

    def find(self, page_id: str) -> HelpPage | None:
        """Return a page by its id."""
        return next((page for page in self.pages() if page.id == page_id), None)

    def beside(self, page_id: str) -> tuple[HelpPage | None, HelpPage | None]:
        """Return the pages before and after one, in reading order."""
        pages = self.pages()
        at = [page.id for page in pages].index(page_id)
        before = pages[at - 1] if at else None
        return before, pages[at + 1] if at + 1 < len(pages) else None

    def searchable(self) -> list[dict[str, str]]:
        """Return every section with its page, for the search in the browser."""
        return [
            {
                "page": page.id,
                "title": page.text.title,
                "anchor": section.anchor if section.level > 1 else "",
                "heading": section.heading,
                "text": section.text,
            }
            for page in self.pages()
            for section in page.text.sections
        ]


@cache
def book(lang: Lang) -> Book:
    """Return the manual; the files are read at the first call."""
    contents = tomllib.loads((FOLDER / "contents.toml").read_text(encoding="utf-8"))
    return Book(
        tuple(
            HelpPart(part["id"], part[lang], tuple(_pages(part["pages"], lang)))
            for part in contents["part"]
        )
    )


def _pages(ids: list[str], lang: Lang) -> Iterator[HelpPage]:
    """Yield the pages of a part; those of the single formats follow the one on formats."""
    from app.help.markdown import read_markdown  # for the manual's readers alone

    for page_id in ids:
        source = (FOLDER / lang / f"{page_id}.md").read_text(encoding="utf-8")
        for mark, table in _TABLES.items():
            if mark in source:
                source = source.replace(mark, table(lang))
        yield HelpPage(page_id, read_markdown(source))
        if page_id == FORMATS_PAGE:
            for notes in format_notes():
                text = read_markdown(format_markdown(notes, lang))
                yield HelpPage(notes.page_id, text, listed=False)
