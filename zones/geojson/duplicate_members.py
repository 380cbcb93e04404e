"""Objects of JSON that name a member twice: parsers keep the last and drop the others."""

import json
from typing import Any

import orjson

_LONGEST_NAME = 80


class _RepeatedMember(Exception):  # noqa: N818 - never leaves this module
    pass


def repeated_member(text: bytes, value: object) -> str | None:
    """Return the first member that an object of a text names twice, None if none does.

    Parameters
    ----------
    value
        What ``orjson`` makes of the text. Every member has a colon: a text has more of them than
        the value written again only if one was dropped, and only then it is looked through.

    Examples
    --------
    >>> repeated_member(b'{"a": 1, "a": 2}', {"a": 2})
    'a'
    """
    if not may_repeat_member(text, value):
        return None
    try:
        json.loads(text, object_pairs_hook=_single)
    except _RepeatedMember as found:
        return str(found)[:_LONGEST_NAME]
    return None


def may_repeat_member(text: bytes, value: object) -> bool:
    """Return whether an object of a text may name a member twice; most texts cannot."""
    return b"\\u003" in text or text.count(b":") > orjson.dumps(value).count(b":")


def _single(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        raise _RepeatedMember(next(name for name in names if names.count(name) > 1))
    return members
