"""What a feature is called: the value of the property that names its collection's features."""

from collections.abc import Mapping
from typing import Final

from zones.model import JSON

NAME: Final = "name"
"""The property that names features where a collection says nothing else."""


def feature_name(properties: Mapping[str, JSON], title_field: str | None = None) -> str | None:
    """Return the feature's name, as text also where it is a number; None if it has none.

    Parameters
    ----------
    title_field
        The property that names the features of its collection. Where it is blank, and where
        the collection names none, the name is in ``name``.
    """
    if title_field and (name := _as_name(properties.get(title_field))):
        return name
    return _as_name(properties.get(NAME))


def _as_name(value: JSON) -> str | None:
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return str(value) if isinstance(value, int) else f"{value:.15g}"
