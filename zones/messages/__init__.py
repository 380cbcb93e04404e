"""Words for people, Chinese and English side by side, one TOML file per subject.

A file ``<subject>.toml`` holds tables ``[code]`` with the keys ``zh``, ``en`` (what is the
matter) and, where something can be done, ``zh_hint``, ``en_hint`` (how to mend it).
``{name}`` is replaced by the value of that name.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

Lang = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class MessageText:
    """A message and, possibly empty, how to mend what it tells of."""

    message: str
    hint: str = ""

    def __str__(self) -> str:
        """Return message and hint as one line."""
        return f"{self.message} {self.hint}".strip()


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Return every message of every subject by its code.

    Raises
    ------
    ValueError
        If two subjects define the same code.
    """
    merged: dict[str, dict[str, str]] = {}
    for subject, words in _by_subject().items():
        if twice := merged.keys() & words.keys():
            raise ValueError(f"{subject}.toml: defined twice: {sorted(twice)}")
        merged.update(words)
    return merged


@cache
def _by_subject() -> dict[str, dict[str, dict[str, str]]]:
    entries = sorted(files(__name__).iterdir(), key=lambda item: item.name)
    return {
        entry.name.removesuffix(".toml"): tomllib.loads(entry.read_text(encoding="utf-8"))
        for entry in entries
        if entry.name.endswith(".toml")
    }


@cache
def subjects() -> dict[str, str]:
    """Return the subject of every code: ``sources`` for what stands in ``sources.toml``."""
    return {code: subject for subject, words in _by_subject().items() for code in words}


def say(code: str, lang: str = "zh", /, **params: object) -> MessageText:
    """Return the message ``code`` in ``lang``; any language but ``en`` is Chinese.

    Raises
    ------
    KeyError
        If no catalogue has the code, or the message names a value that was not given.
    """
    words = catalogue()[code]
    key = "en" if lang == "en" else "zh"
    hint = words.get(f"{key}_hint", "")
    return MessageText(words[key].format(**params), hint.format(**params))
