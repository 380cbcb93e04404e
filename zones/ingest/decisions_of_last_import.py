"""What the last import into a collection decided, to be offered, or decided so again."""

from dataclasses import dataclass
from typing import Any, Final

from zones.errors import ValidationError
from zones.ingest.field_mapping import FieldMapping, mapping_from
from zones.source.model import NOT_SHIFTED
from zones.store.sql.store import SqlStore

_LANG: Final = "zh"  # a report says the same in each language, but for its sentences


@dataclass(frozen=True, slots=True)
class LastImport:
    """How the last file was read: its system, its datum, its encoding, its fields' properties."""

    crs: str | None = None
    datum: str | None = None
    encoding: str | None = None
    mapping: FieldMapping | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it as clients see it."""
        return {
            "crs": self.crs,
            "datum": self.datum,
            "encoding": self.encoding,
            "mapping": self.mapping and self.mapping.as_json(),
        }


def last_import(store: SqlStore, collection_id: str) -> LastImport | None:
    """Return how the last file of a collection was read, None if there was none.

    Imports by the command line are not kept; of these only a mapping is known that was saved.
    """
    found = store.imports.last_applied(collection_id)
    saved = store.mappings.get(collection_id)
    if found is None:
        return None if saved is None else LastImport(mapping=_mapping(dict(saved.mapping)))
    report: Any = found.report.get(_LANG) or {}
    findings = report.get("findings") or {}
    datum = (findings.get("datum") or {}).get("taken")
    return LastImport(
        crs=(findings.get("crs") or {}).get("key"),
        datum=None if datum == NOT_SHIFTED else datum,
        encoding=(findings.get("encoding") or {}).get("name") or None,
        mapping=_mapping(report.get("mapping")),
    )


def _mapping(value: object) -> FieldMapping | None:
    try:
        return mapping_from(value)
    except ValidationError:
        return None
