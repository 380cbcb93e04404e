"""What an import makes of the description of a collection's properties: names, titles, codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from zones.ingest.diff_with_stored import ImportMode
from zones.ingest.field_mapping import FieldMapping
from zones.ingest.import_options import ImportOptions
from zones.ingest.title_field import find_title_field
from zones.messages import say
from zones.model import JSON, CollectionInfo, FieldInfo, Problem
from zones.properties.feature_name import NAME
from zones.source.file_findings import FieldFinding

_LONGEST_LIST: Final = 400

Found = dict[str, FieldFinding]
"""Fields of a file by the properties that they become."""


@dataclass(frozen=True, slots=True)
class DescribedCollection:
    """How a collection is to be described, and what is to be said of that.

    ``renewed`` is None where nothing differs from before. ``named_by`` is the property that names
    the features; None if it is nowhere.
    """

    renewed: CollectionInfo | None
    named_by: str | None
    problems: tuple[Problem, ...] = ()


def fields_by_property(
    fields: Sequence[FieldFinding], mapping: FieldMapping | None
) -> dict[str, FieldFinding]:
    """Return the file's fields by the properties that they become, without those left out."""
    targets = [
        (field, field.name if mapping is None else mapping.target(field)) for field in fields
    ]
    return {name: field for field, name in targets if name is not None}


def title_field_problem(found: Found, info: CollectionInfo, requested: str) -> Problem | None:
    """Return why the property that a person chose cannot name the features, or None."""
    if not requested or _chosen(found, requested) or requested == info.title_field:
        return None
    known = ", ".join(found)[:_LONGEST_LIST] or "—"
    return Problem("title-field-unknown", {"name": requested[:80], "known": known}, field=requested)


def described_anew(
    info: CollectionInfo,
    found: Found,
    rows: Sequence[Mapping[str, JSON]],
    *,
    options: ImportOptions,
    is_empty: bool,
    listed: Mapping[str, FieldInfo],
) -> DescribedCollection:
    """Return how the collection is described once the file's features are in it.

    Parameters
    ----------
    rows
        The properties of the file's features.
    is_empty
        Whether the collection has no features yet.
    listed
        What general lists say of properties that neither the file nor a person has described.

    Notes
    -----
    The property that names the features stays unless a person chooses another or a replacing
    file is without it. Titles and codes that the file gives come in the place of those before;
    those of other properties stay until a replacing file is without these.
    """
    begins = bool(rows) and (is_empty or options.mode == ImportMode.REPLACE)
    fields = _fields(info, found, listed, begins=begins)
    title_field = _title_field(info, found, rows, options=options, begins=begins)
    before = info.title_field
    problems: tuple[Problem, ...] = ()
    if before is not None and begins and before not in found and not options.title_field:
        params: dict[str, JSON] = {"before": before, "now": title_field or NAME}
        problems = (Problem("title-field-gone", params, "warning", field=before),)
    named_by = title_field or (NAME if NAME in found or not begins else None)
    titled = _titled(info, options)
    renewed = replace(titled, title_field=title_field, fields=fields)
    is_new = options.create or renewed != info
    return DescribedCollection(renewed if is_new else None, named_by, problems)


def described_as_official(info: CollectionInfo) -> CollectionInfo:
    """Return the description of a collection of the plan that holds official boundaries now."""
    texts = say("official-description", "zh"), say("official-description", "en")
    return replace(info, description=texts[0].message, description_en=texts[1].message)


def _titled(info: CollectionInfo, options: ImportOptions) -> CollectionInfo:
    """Return the description with the titles that a person gave, which one alone is for both."""
    if not options.title and not options.title_en:
        return info
    title = options.title or info.title
    other = title if info.title_en == info.title else info.title_en
    return replace(info, title=title, title_en=options.title_en or other)


def _title_field(
    info: CollectionInfo,
    found: Found,
    rows: Sequence[Mapping[str, JSON]],
    *,
    options: ImportOptions,
    begins: bool,
) -> str | None:
    if options.title_field:
        return _chosen(found, options.title_field) or info.title_field
    if not begins or info.title_field in found:
        return info.title_field
    words = {name: (field.label, field.title) for name, field in found.items()}
    named_by = find_title_field(rows, words)
    return None if named_by == NAME else named_by


def _chosen(found: Found, requested: str) -> str | None:
    """Return the property that a person means by its name, the file's name for it, or its title."""
    if requested in found:
        return requested
    labels = {field.label: name for name, field in reversed(found.items())}
    titles = {field.title: name for name, field in reversed(found.items())}
    return labels.get(requested) or titles.get(requested)


def _fields(
    info: CollectionInfo, found: Found, listed: Mapping[str, FieldInfo], *, begins: bool
) -> tuple[FieldInfo, ...]:
    known = {field.name: field for field in info.fields if not begins or field.name in found}
    for name, field in found.items():
        before, usual = known.get(name, FieldInfo(name)), listed.get(name, FieldInfo(name))
        title = field.title or before.title or usual.title
        renewed = FieldInfo(name, title, field.codes or before.codes or usual.codes)
        if renewed.title or renewed.codes:
            known[name] = renewed
    return tuple(known.values())
