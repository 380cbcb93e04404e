"""Texts that tables do not give back: empty ones, and those with blanks at their ends."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from zones.model import JSON, Feature, Problem

_MOST_FIELDS: Final = 12


def blank_remarks(features: Sequence[Feature]) -> list[Problem]:
    """Return how many texts come back as missing or without their blanks, and of which fields.

    A CSV, a dBASE table and a cell of a sheet have one blank for both an empty text and a missing
    one, and what reads them takes blanks at the ends of a text for padding.
    """
    empty, padded = Counter[str](), Counter[str]()
    for feature in features:
        for name, value in feature.properties.items():
            if isinstance(value, str) and len(value.strip()) < len(value):
                padded[name] += 1
            elif value == "":
                empty[name] += 1
    counted = (("export-empty-texts", empty), ("export-blanks", padded))
    return [Problem(code, _params(found), "note") for code, found in counted if found]


def _params(found: Counter[str]) -> dict[str, JSON]:
    return {"count": found.total(), "fields": ", ".join(list(found)[:_MOST_FIELDS])[:200]}
