"""A page of the manual, read from Markdown: safe HTML, its headings, and its text for the search.

Links are written so that they also work where the files are read themselves: ``certainty.md`` and
``../../../web/static/img/…``. Here they become addresses below ``at:``, which are completed for
each request, as is the service's own address (``contents.OWN_ADDRESS``).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

_STATIC: Final = "web/static/"


@dataclass(frozen=True, slots=True)
class HelpSection:
    """A heading with the text below it, as far as the next heading."""

    level: int
    anchor: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class RenderedMarkdown:
    """What a Markdown text becomes; ``html`` has no heading of the first level."""

    title: str
    summary: str
    html: str
    sections: tuple[HelpSection, ...]


@dataclass(slots=True)
class _Open:
    level: int
    heading: str
    anchor: str
    words: list[str] = field(default_factory=list)


class _Renderer(RendererHTML):
    """Frames what may be wider than a phone; such a frame can be reached by the keyboard."""

    def table_open(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return '<div class="table-frame" tabindex="0" role="group"><table>\n'

    def table_close(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return "</table></div>\n"

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f'<pre tabindex="0"><code>{escapeHtml(tokens[idx].content)}</code></pre>\n'


_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer).enable("table")


def read_markdown(text: str) -> RenderedMarkdown:
    """Return a page whose first line is its heading.

    Raises
    ------
    ValueError
        If it has no heading of the first level, or a link leads nowhere that pages have.
    """
    tokens = _MARKDOWN.parse(text)
    if not tokens or tokens[0].tag != "h1":
        raise ValueError(f"a page begins with its heading: {text[:40]!r}")
    for token in tokens:
        for child in token.children or ():
            _lead(child)
    sections = tuple(_sections(tokens))
    html = _MARKDOWN.renderer.render(tokens[3:], _MARKDOWN.options, {})
    summary = next((_plain(each) for each in tokens[3:] if each.type == "inline"), "")
    return RenderedMarkdown(sections[0].heading, summary, html, sections)


def _sections(tokens: Sequence[Token]) -> Iterator[HelpSection]:
    """Yield the parts of a page, giving its headings their anchors."""
    current = None
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type == "heading_open" and following is not None:
            if current:
                yield _closed(current)
            heading = _plain(following)
            current = _Open(int(token.tag[1]), heading, anchor_of(heading))
            token.attrSet("id", current.anchor)
        elif current and token.type in {"inline", "fence"}:
            current.words.append(_plain(token))
    if current:
        yield _closed(current)


def _closed(section: _Open) -> HelpSection:
    text = " ".join(section.words).removeprefix(section.heading).strip()
    return HelpSection(section.level, section.anchor, section.heading, text)


def _plain(token: Token) -> str:
    if not token.children:
        return token.content
    parts = ("\n" if child.type == "softbreak" else child.content for child in token.children)
    return "".join(parts).strip()


def anchor_of(heading: str) -> str:
    """Return the fragment of a heading, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _lead(token: Token) -> None:
    """Give a link or a picture the address that it has in the service."""
    name = {"link_open": "href", "image": "src"}.get(token.type)
    if name is None:
        return
    address = str(token.attrGet(name))
    token.attrSet(name, _address(address))
    if token.type == "image":
        token.attrSet("loading", "lazy")


def _address(address: str) -> str:
    if address.startswith(("https://", "http://", "#")):
        return address
    if address.startswith("/"):
        return f"at:{address}"
    path, hash_, fragment = address.partition("#")
    if _STATIC in path:
        return f"asset:{path.partition(_STATIC)[2]}"
    page = PurePosixPath(path)
    if page.suffix != ".md" or len(page.parts) != 1:
        raise ValueError(f"leads to no page: {address}")
    return f"at:/help/{page.stem}{hash_}{fragment}"
