"""Texts of an Access database."""

from typing import Final

_COMPRESSED: Final = b"\xff\xfe"


def text_of(content: bytes) -> str:
    """Return a text: UTF-16, of which stretches may have one byte for each character.

    A compressed text begins with FF FE; from then on a zero changes from one way to the other.
    """
    if not content.startswith(_COMPRESSED):
        return content.decode("utf-16-le", "replace")
    at, single, found = 2, True, []
    while at < len(content):
        if content[at] == 0:
            single, at = not single, at + 1
            continue
        end = content.find(b"\0", at) if single else at + 2
        piece = content[at : end if end >= 0 else len(content)]
        found.append(piece.decode("latin-1" if single else "utf-16-le", "replace"))
        at += len(piece)
    return "".join(found)
