"""How the features of a file are told to be those that are stored: chosen, then carried out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from zones.ingest.diff_with_stored import ImportMode
from zones.ingest.field_mapping import FieldMapping
from zones.ingest.import_options import ImportOptions, Match
from zones.ingest.key_field import KeyField, ids_in, key_fields
from zones.ingest.match_by_content import ids_by_content, ids_by_key, running_numbers
from zones.ingest.wire_features import ReadFeature
from zones.messages import Lang, MessageText, say
from zones.model import JSON, Feature, Problem
from zones.source.file_findings import FieldFinding, Findings

Basis = Literal["option", "last", "name", "file", "content", "counted"]
_MOST_MISSING: Final = 1_000


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells the features apart.

    Attributes
    ----------
    basis
        ``option`` (a person named the field), ``last`` (the collection's own key), ``name`` (the
        likeliest unique field), ``file`` (the file gives ids), ``content`` (what features hold
        and where they lie), ``counted`` (numbers, in an append).
    field
        The key field, for the first three.
    keys
        Its values, one for each feature.
    prop
        The property that it becomes, None if it is left out.
    candidates
        The fields that would do.
    """

    basis: Basis
    field: str | None = None
    keys: tuple[str, ...] = ()
    prop: str | None = None
    candidates: tuple[KeyField, ...] = ()
    problems: tuple[Problem, ...] = ()

    def by(
        self,
        basis: Basis,
        field: FieldFinding | None,
        keys: tuple[str, ...],
        options: ImportOptions,
    ) -> "Identity":
        """Return identity by a field."""
        name = options.key if field is None else field.label
        prop = _property(field, options.mapping)
        return replace(self, basis=basis, field=name, keys=keys, prop=prop)

    def as_json(self) -> dict[str, Any]:
        """Return it as reports tell it."""
        return {
            "field": self.field,
            "basis": self.basis,
            "candidates": [
                {
                    "field": each.field.label,
                    "title": each.field.title,
                    "samples": list(each.samples),
                    "likely": each.rank is not None,
                }
                for each in self.candidates
            ],
        }

    def text(self, lang: Lang) -> MessageText:
        """Return it in words."""
        return say(f"report-key-{self.basis}", lang, field=self.field or "")


def find_identity(
    features: Sequence[ReadFeature],
    findings: Findings,
    *,
    options: ImportOptions,
    key: str | None,
) -> Identity:
    """Return what tells a file's features apart.

    Parameters
    ----------
    features
        With properties as the file has them, before they are mapped.
    key
        The collection's own key, a property of it or a field; None if it has none.
    """
    rows = [feature.properties for feature in features]
    found = Identity("content", candidates=key_fields(rows, findings.fields))
    if options.key is not None:
        keys = tuple(feature.fid or "" for feature in features)
        return found.by("option", _named(findings.fields, options.key), keys, options)
    if options.match == Match.CONTENT:
        return found
    if any(feature.fid is not None for feature in features):
        return replace(found, basis="file")
    return _by_known_field(found, rows, findings.fields, options=options, key=key)


def _by_known_field(
    found: Identity,
    rows: Sequence[Mapping[str, JSON]],
    fields: Sequence[FieldFinding],
    *,
    options: ImportOptions,
    key: str | None,
) -> Identity:
    """Return identity by the collection's key, else the likeliest unique field if any is likely."""
    last = _last_key(fields, key, options.mapping)
    if last is not None:
        if keys := ids_in(rows, last.name):
            return found.by("last", last, keys, options)
        warned = Problem("key-not-unique", {"name": last.label}, "warning", field=last.label)
        found = replace(found, problems=(warned,) if rows else ())
    if options.mode == ImportMode.APPEND:
        return replace(found, basis="counted")
    likely = next((each.field for each in found.candidates if each.rank is not None), None)
    if likely is None or found.problems:
        return found
    return found.by("name", likely, ids_in(rows, likely.name) or (), options)


def identified(
    identity: Identity,
    features: Sequence[ReadFeature],
    current: Sequence[Feature],
    *,
    mode: ImportMode,
) -> tuple[list[Feature], Identity]:
    """Return the features with the ids that they have, or get, in the collection, and by what.

    A likely field is given up where what features hold and where they lie finds more of them
    again: another numbering is no other place.
    """
    if not identity.keys:
        return _named_by(_ids_without_key(identity, features, current, mode), features), identity
    ids: list[str] = ids_by_key(identity.keys, current, prop=identity.prop)
    if identity.basis != "option" and current:
        stored = {feature.fid for feature in current}
        found = len(stored.intersection(ids))
        if found < (len(stored) / 2 if identity.basis == "name" else 1):
            others = ids_by_content(features, current)
            if sum(fid is not None for fid in others) > found:
                other = Identity("content", candidates=identity.candidates)
                return _named_by(_counted(others, current), features), other
    return _named_by(ids, features), identity


def missing_ids(identity: Identity, features: Sequence[ReadFeature]) -> list[Problem]:
    """Return the features that an update by ids cannot place, as they have none."""
    if identity.keys or identity.basis == "option":
        return []
    return [
        Problem("id-missing", {"key": "id"}, feature=feature.number)
        for feature in features
        if feature.fid is None
    ][:_MOST_MISSING]


def _ids_without_key(
    identity: Identity,
    features: Sequence[ReadFeature],
    current: Sequence[Feature],
    mode: ImportMode,
) -> list[str]:
    """Return the file's own ids; those without are found again by content, or counted."""
    own = [None if identity.basis == "content" else feature.fid for feature in features]
    if mode == ImportMode.REPLACE and current and None in own:
        taken = set(own)
        rest = [feature for feature, fid in zip(features, own, strict=True) if fid is None]
        left = [feature for feature in current if feature.fid not in taken]
        found = iter(ids_by_content(rest, left))
        own = [next(found) if fid is None else fid for fid in own]
    return _counted(own, current)


def _counted(ids: Sequence[str | None], current: Sequence[Feature]) -> list[str]:
    """Return the ids, those that are missing as numbers that no feature has."""
    taken = {fid for fid in ids if fid is not None}
    numbers = running_numbers(current)
    free = (number for number in numbers if number not in taken)
    return [fid if fid is not None else next(free) for fid in ids]


def _named_by(ids: Sequence[str], features: Sequence[ReadFeature]) -> list[Feature]:
    return [
        Feature(fid, feature.geometry, feature.properties)
        for fid, feature in zip(ids, features, strict=True)
    ]


def _last_key(
    fields: Sequence[FieldFinding], key: str | None, mapping: FieldMapping | None
) -> FieldFinding | None:
    """Return the field that becomes the collection's key, or is called so."""
    if key is None:
        return None
    becomes = (field for field in fields if _property(field, mapping) == key)
    return next(becomes, None) or _named(fields, key)


def _named(fields: Sequence[FieldFinding], name: str) -> FieldFinding | None:
    labelled = (field for field in fields if field.label == name)
    return next(labelled, None) or next((field for field in fields if field.name == name), None)


def _property(field: FieldFinding | None, mapping: FieldMapping | None) -> str | None:
    if field is None:
        return None
    return field.name if mapping is None else mapping.target(field)
