"""``fields`` and ``fieldAliases`` -> titles, texts of codes, and which attributes are instants."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from zones.model import JSON, CodedValue, FieldInfo

_KINDS: Final = {
    "esriFieldTypeOID": "number",
    "esriFieldTypeSmallInteger": "number",
    "esriFieldTypeInteger": "number",
    "esriFieldTypeBigInteger": "number",
    "esriFieldTypeSingle": "number",
    "esriFieldTypeDouble": "number",
}
_INSTANTS: Final = "esriFieldTypeDate"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_YEARS_MS: Final = (-62_135_596_800_000, 253_402_300_799_999)  # from the year 1 to 9999
_MOST_FIELDS: Final = 250


@dataclass(frozen=True, slots=True)
class EsriJSONField:
    """A field of the layer: name and type, and what is known of it."""

    name: str
    type: str
    info: FieldInfo

    @property
    def kind(self) -> str:
        """What its values are, as ``SourceLayer.field_types`` has it."""
        return _KINDS.get(self.type, "text")


def fields_of(root: Mapping[str, Any]) -> list[EsriJSONField]:
    """Return the fields that an answer describes; none where it describes none."""
    definitions = root.get("fields")
    aliases = root.get("fieldAliases")
    aliases = aliases if isinstance(aliases, Mapping) else {}
    found = []
    for each in definitions[:_MOST_FIELDS] if isinstance(definitions, list) else ():
        if not isinstance(each, Mapping) or not isinstance(each.get("name"), str):
            continue
        name = each["name"]
        title = each.get("alias") or aliases.get(name) or ""
        info = FieldInfo(name, str(title), tuple(_codes(each.get("domain"))))
        found.append(EsriJSONField(name, str(each.get("type", "")), info))
    if not found:
        found = [
            EsriJSONField(name, "", FieldInfo(name, str(alias))) for name, alias in aliases.items()
        ]
    return found


def instants_of(fields: list[EsriJSONField]) -> frozenset[str]:
    """Return the names of the fields that hold instants as milliseconds."""
    return frozenset(field.name for field in fields if field.type == _INSTANTS)


def instant(value: JSON) -> JSON:
    """Return an instant in UTC as ISO 8601 of milliseconds since 1970; anything else as it is.

    Examples
    --------
    >>> instant(1795910400000), instant(-1), instant("2026-11-29")
    ('2026-11-29T00:00:00Z', '1969-12-31T23:59:59.999Z', '2026-11-29')
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if not _YEARS_MS[0] <= value <= _YEARS_MS[1]:
        return value
    moment = _EPOCH + timedelta(milliseconds=int(value))
    digits = "milliseconds" if moment.microsecond else "seconds"
    return moment.isoformat(timespec=digits).replace("+00:00", "Z")


def _codes(domain: Any) -> Iterator[CodedValue]:
    """Yield the values of a domain with the texts that stand for them."""
    coded_values = domain.get("codedValues") if isinstance(domain, Mapping) else None
    for each in coded_values if isinstance(coded_values, list) else ():
        code = each.get("code") if isinstance(each, Mapping) else None
        if isinstance(code, str | int | float) and not isinstance(code, bool):
            yield CodedValue(code, str(each.get("name", "")))
