"""What is wrong with a filter, and the limits that a filter must keep."""

from typing import Final

from zones.errors import FilterError

LONGEST_BYTES: Final = 8 * 1024
DEEPEST: Final = 32
MOST_TERMS: Final = 200
MOST_VALUES: Final = 1000
MOST_WILDCARDS: Final = 10
MOST_VERTICES: Final = 1000

SHOWN: Final = 60
"""So much of a filter is repeated in a message."""


def fault(code: str, **params: object) -> FilterError:
    """Return the fault ``filter-<code>``, placed at the query's ``filter``; to be raised."""
    return FilterError(f"filter-{code}", loc=("query", "filter"), **params)


def too_deep() -> FilterError:
    """Return the fault of a filter that is nested beyond the limit."""
    return fault("too-deep", most=DEEPEST)


def shown(document: object) -> str:
    """Return the beginning of a part of a filter, for a message."""
    text = document if isinstance(document, str) else str(document)
    return text[:SHOWN]
