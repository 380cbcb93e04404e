"""Values that a format cannot hold as they are: written as text, or without some characters."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from zones.export.typed_columns import is_of_one_kind
from zones.model import JSON, Feature, Problem

NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold."""
_MOST_FIELDS: Final = 12


def as_text_remarks(features: Sequence[Feature]) -> list[Problem]:
    """Return which fields have lists, objects or values of several kinds, which become texts."""
    kinds: dict[str, set[type]] = {}
    for feature in features:
        for name, value in feature.properties.items():
            kinds.setdefault(name, set()).add(type(value))
    mixed = [name for name, found in kinds.items() if not is_of_one_kind(found)]
    return [Problem("export-as-text", {"fields": _listed(mixed)}, "note")] if mixed else []


def control_remarks(features: Sequence[Feature]) -> list[Problem]:
    """Return how many texts have control characters, which XML cannot hold, and of which fields."""
    found = Counter[str]()
    for feature in features:
        for name, value in feature.properties.items():
            if isinstance(value, str) and not value.isprintable() and NOT_XML.search(value):
                found[name] += 1
    params: dict[str, JSON] = {"count": found.total(), "fields": _listed(list(found))}
    return [Problem("export-control", params, "note")] if found else []


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:_MOST_FIELDS])[:200]
