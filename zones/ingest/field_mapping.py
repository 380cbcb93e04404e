"""Which fields of a file become which properties: chosen, renamed or left out by a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

from zones.errors import ValidationError
from zones.model import JSON, Problem
from zones.quality.attribute_check import MOST_FIELDS, clean_name
from zones.source.file_findings import FieldFinding

Rest = Literal["keep", "drop"]
RESTS: Final[tuple[Rest, ...]] = get_args(Rest)


@dataclass(frozen=True, slots=True)
class FieldMapping:
    """What becomes of each field.

    Attributes
    ----------
    fields
        Field of the file (its own name, or the one that it is stored under) -> property, None to
        leave it out.
    rest
        What becomes of fields that are not named.
    """

    fields: Mapping[str, str | None] = field(default_factory=dict)
    rest: Rest = "keep"

    def problems(self, found: Sequence[FieldFinding]) -> list[Problem]:
        """Return why the mapping does not fit a file's fields: unknown ones, names met twice."""
        known = {name for item in found for name in (item.name, item.label)}
        listed = ", ".join(item.label for item in found)[:400]
        unknown = [
            Problem("mapping-field-unknown", {"name": name, "known": listed}, field=name)
            for name in self.fields
            if name not in known
        ]
        taken: dict[str, str] = {}
        twice = []
        for source, target in self._targets(found).items():
            other = source if target is None else taken.setdefault(target.casefold(), source)
            if other != source:
                params: dict[str, JSON] = {"name": target, "one": other, "other": source}
                twice.append(Problem("mapping-name-twice", params, field=source))
        return [*unknown, *twice]

    def applied(
        self, rows: Sequence[Mapping[str, JSON]], found: Sequence[FieldFinding]
    ) -> list[dict[str, JSON]]:
        """Return the properties of features, named by ``FieldFinding.name``, as they are mapped."""
        targets = self._targets(found)
        return [
            {
                target: value
                for name, value in row.items()
                if (target := targets.get(name)) is not None
            }
            for row in rows
        ]

    def as_json(self) -> dict[str, JSON]:
        """Return the mapping as ``mapping_from`` takes it."""
        return {"fields": dict(self.fields), "rest": self.rest}

    def _targets(self, found: Sequence[FieldFinding]) -> dict[str, str | None]:
        """Return each stored name with its property."""
        return {item.name: self.target(item) for item in found}

    def target(self, item: FieldFinding) -> str | None:
        """Return the property that a field becomes, by its own name first; None if left out."""
        for name in (item.label, item.name):
            if name in self.fields:
                return self.fields[name]
        return item.name if self.rest == "keep" else None


def mapping_from(document: object) -> FieldMapping:
    """Return the mapping that a JSON value describes: ``{"fields": {…}, "rest": "keep"}``.

    Raises
    ------
    ValidationError
        ``mapping-shape`` if it is anything else, or a name cannot be a property's.
    """
    if not isinstance(document, dict) or not document.keys() <= {"fields", "rest"}:
        raise ValidationError("mapping-shape")
    fields, rest = document.get("fields", {}), document.get("rest", "keep")
    if not isinstance(fields, dict) or len(fields) > MOST_FIELDS or rest not in RESTS:
        raise ValidationError("mapping-shape")
    return FieldMapping({name: _property(target) for name, target in fields.items()}, rest)


def _property(target: Any) -> str | None:
    if target is None:
        return None
    if not isinstance(target, str) or not target or clean_name(target) != target:
        raise ValidationError("mapping-name", name=str(target)[:80])
    return target
