"""``If-Match`` with our own entity tags: which revisions a client says that it has seen."""

import re
from typing import Final

_TAG: Final = re.compile(r'"r([0-9]{1,12})(?:\.[0-9a-f]+)?"')
LONGEST: Final = 4000


def seen_revisions(if_match: str | None) -> list[int] | None:
    """Return the revisions that ``If-Match`` names; None where it asks for nothing, or is ``*``.

    Weak tags, and those of others, never match (RFC 9110, 13.1.1).
    """
    if if_match is None or if_match.strip() == "*":
        return None
    tags = (part.strip() for part in if_match[:LONGEST].split(","))
    return [int(match[1]) for tag in tags if (match := _TAG.fullmatch(tag))]
