"""The project's Markdown as tests read it: files, headings, links, blocks of code."""

import re
from pathlib import Path
from typing import Final

from tests.paths import ROOT

_FOREIGN: Final = {"node_modules", "build", "__pycache__"}
_FENCE: Final = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINK: Final = re.compile(r"\]\(([^)\s]+)\)")
_HEADING: Final = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)


def markdown_files() -> list[Path]:
    """Return all Markdown of the project, in a stable order."""
    return sorted(path for path in ROOT.rglob("*.md") if _is_ours(path.relative_to(ROOT).parts))


def _is_ours(parts: tuple[str, ...]) -> bool:
    return _FOREIGN.isdisjoint(parts) and (parts[0] == ".github" or not parts[0].startswith("."))


def read(path: str | Path) -> str:
    """Return a file's text; relative paths are below the project."""
    return (ROOT / path).read_text(encoding="utf-8")


def code_blocks(text: str, language: str) -> list[str]:
    """Return the fenced blocks of one language."""
    return [code for named, code in _FENCE.findall(text) if named == language]


def commands(text: str) -> list[str]:
    """Return the commands of all ``sh`` blocks: continued lines joined, comments left out."""
    lines = "\n".join(code_blocks(text, "sh")).replace("\\\n", " ").splitlines()
    bare = (re.sub(r"(^|\s)#.*", "", line).strip() for line in lines)
    return [line for line in bare if line]


def links(text: str) -> list[str]:
    """Return where the text links to, outside its code."""
    return _LINK.findall(re.sub(r"`[^`\n]*`", "", _FENCE.sub("", text)))


def anchors(text: str) -> set[str]:
    """Return the fragments by which GitHub knows the headings."""
    headings = _HEADING.findall(_FENCE.sub("", text))
    return {
        re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).replace(" ", "-")
        for heading in headings
    }
