"""HTML, as it stands in descriptions of KML -> the text that a reader would see."""

import re
from html.parser import HTMLParser
from typing import Any, Final

_MARKUP: Final = re.compile(r"<[a-zA-Z/!]|&[a-zA-Z#0-9]+;")
_BREAKS: Final = frozenset({"br", "p", "div", "tr", "table", "li", "ul", "h1", "h2", "h3", "hr"})
_UNSEEN: Final = frozenset({"script", "style", "head", "title", "iframe", "object"})


def is_html(text: str) -> bool:
    """Return whether a text holds tags or character references."""
    return _MARKUP.search(text) is not None


def is_break(tag: str) -> bool:
    """Return whether text behind a tag begins a new line."""
    return tag.lower() in _BREAKS


def plain_text(html: str) -> str:
    r"""Return what a reader of the HTML would see, as plain text.

    Examples
    --------
    >>> plain_text("<b>沈阳站</b><br>A &amp; B<script>x()</script>")
    '沈阳站\nA & B'
    """
    if not is_html(html):
        return html
    reader = _Visible()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.seen).split("\n"))
    return "\n".join(line for line in lines if line)


class _Visible(HTMLParser):
    """Keeps the text between tags; breaks become new lines, cells are set apart by a blank."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self._hidden += tag in _UNSEEN
        self.seen.append("\n" if tag in _BREAKS else " " if tag in ("td", "th") else "")

    def handle_endtag(self, tag: str) -> None:
        self._hidden = max(0, self._hidden - (tag in _UNSEEN))
        self.seen.append("\n" if tag in _BREAKS else "")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.seen.append(data)
