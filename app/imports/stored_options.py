"""Options of an import as the store has them -> options again, with those of a decision."""

from collections.abc import Mapping
from typing import Any

import orjson

from app.imports.form_to_options import REPEATED, as_list, options_of
from zones.ingest.run_import import ImportOptions
from zones.model import JSON


def restored_options(
    stored: Mapping[str, JSON], decided: Mapping[str, JSON] | None = None
) -> ImportOptions:
    """Return the stored options with those decided in their place; null takes one back.

    Raises
    ------
    RequestFaultsError
    """
    return options_of({**_as_fields(stored), **_as_fields(decided or {})})


def _as_fields(document: Mapping[str, JSON]) -> dict[str, str]:
    return {name: _as_field(name, value) for name, value in document.items()}


def _as_field(name: str, value: Any) -> str:
    """Return a JSON value as the field of a form that means the same."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return as_list(value) if name in REPEATED else ",".join(map(str, value))
    return orjson.dumps(value).decode() if isinstance(value, dict) else str(value)
