"""What there is to tell of how a table was read, for programs and the pages' scripts."""

import json
from collections.abc import Sequence
from typing import Final

from zones.messages import Lang, say
from zones.model import Problem

NOTES_HEADER: Final = b"x-notes"
_MOST_IN_HEADER: Final = 10
_LONGEST_HEADER: Final = 3000


def notes_json(notes: Sequence[Problem], lang: Lang) -> list[dict[str, str | None]]:
    """Return the notes as JSON values: code, message and hint."""
    texts = [(note.code, say(note.code, lang, **note.params)) for note in notes]
    return [
        {"code": code, "message": words.message, "hint": words.hint or None}
        for code, words in texts
    ]


def notes_header(notes: Sequence[Problem], lang: Lang) -> bytes:
    """Return the notes as JSON that is ASCII alone, as a header's value has to be.

    Proxies refuse answers whose headers are long: hints go first, then words; codes stay.
    """
    listed = notes_json(notes[:_MOST_IN_HEADER], lang)
    for left_out in ((), ("hint",), ("hint", "message")):
        shortened = [{key: each[key] for key in each if key not in left_out} for each in listed]
        text = json.dumps(shortened)
        if len(text) <= _LONGEST_HEADER:
            break
    return text.encode()
