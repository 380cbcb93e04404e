"""CQL2 JSON -> the document, once its nesting is known to be harmless."""

import json
import re
from typing import Final

import orjson

from zones.cql2.faults_and_limits import DEEPEST, SHOWN, fault, too_deep
from zones.cql2.number_parsing import read_number
from zones.model import JSON

# An operation nests by two brackets, and a multi-polygon in it by five more.
_DEEPEST_BRACKETS: Final = 2 * DEEPEST + 8
_STRING_OR_BRACKET: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
_STEP: Final = {"[": 1, "{": 1, "]": -1, "}": -1}


def json_document(text: str) -> JSON:
    """Return the document of a filter in CQL2 JSON.

    Raises
    ------
    FilterError
        ``filter-too-deep``, found by a scan before any parser sees the text, and
        ``filter-json``, ``filter-repeated`` for an object that names a member twice.
    """
    depth = 0
    for found in _STRING_OR_BRACKET.finditer(text):
        depth += _STEP.get(found[0], 0)
        if depth > _DEEPEST_BRACKETS:
            raise too_deep()
    try:
        document: JSON = json.loads(
            text, parse_int=read_number, parse_float=read_number, object_pairs_hook=_members
        )
        orjson.loads(text)  # stricter, but it bends numbers
    except OverflowError as refused:
        raise fault("number", given=str(refused)[:SHOWN]) from refused
    except json.JSONDecodeError as refused:
        raise fault("json", line=refused.lineno, column=refused.colno) from refused
    return document


def _members(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
    names = [name for name, _ in pairs]
    if twice := [name for name in names if names.count(name) > 1]:
        raise fault("repeated", name=twice[0][:SHOWN])
    return dict(pairs)
