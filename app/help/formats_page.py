"""What each format brings and loses: one TOML file a format, of which a page of the manual is made.

A file ``formats/<id>.toml`` has ``order``, ``imports`` (names of readers) and ``exports`` (keys of
``/export``), and for each language a table with ``title``, ``suffixes``, ``lead`` and the lists
``read``, ``decided``, ``lost`` and ``written``, in Markdown.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from zones.messages import Lang, say

FOLDER: Final = Path(__file__).with_name("formats")
HEADINGS: Final = ("read", "decided", "lost", "written")


@dataclass(frozen=True, slots=True)
class FormatNotes:
    """One format as its file describes it; ``words`` by language."""

    id: str
    order: int
    imports: tuple[str, ...]
    exports: tuple[str, ...]
    words: dict[str, dict[str, Any]]

    @property
    def page_id(self) -> str:
        """The id of its page."""
        return f"format-{self.id}"


@cache
def format_notes() -> tuple[FormatNotes, ...]:
    """Return the notes of all formats, in their order."""
    return tuple(sorted(map(_read, FOLDER.glob("*.toml")), key=lambda notes: notes.order))


def _read(path: Path) -> FormatNotes:
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    words = {lang: found[lang] for lang in ("zh", "en")}
    return FormatNotes(
        path.stem, found["order"], tuple(found["imports"]), tuple(found["exports"]), words
    )


def format_markdown(notes: FormatNotes, lang: Lang) -> str:
    """Return a format's page as Markdown: what is read, decided, lost and written."""
    words = notes.words[lang]
    lines = [f"# {words['title']}", words["lead"]]
    for heading in HEADINGS:
        if words.get(heading):
            rows = "\n".join(
                f"| {number} | {text} |" for number, text in enumerate(words[heading], 1)
            )
            title = say(f"help-format-{heading}", lang).message
            lines.append(f"## {title}\n\n| # | {words['suffixes']} |\n|--:|---|\n{rows}")
    return "\n\n".join(lines)


def formats_table(lang: Lang) -> str:
    """Return a table of all formats with links to their pages, as Markdown."""
    head = " | ".join(say(f"help-formats-{each}", lang).message for each in ("name", "in", "out"))
    rows = [_row(notes, notes.words[lang]) for notes in format_notes()]
    return "\n".join([f"| {head} |", "|---|---|---|", *rows])


def _row(notes: FormatNotes, words: dict[str, Any]) -> str:
    files = words["suffixes"] if notes.imports else "—"
    keys = " ".join(f"`f={key}`" for key in notes.exports) or "—"
    return f"| [{words['title']}]({notes.page_id}.md) | {files} | {keys} |"
