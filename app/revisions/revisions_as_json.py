"""Revisions and what differs between two of them, as clients see them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
import shapely

from app.http.csv_and_xlsx_tables import Row, csv_file, xlsx_file
from app.http.links import Links, link
from app.http.responses import GEOJSON_TYPE, JSON_TYPE
from zones.messages import Lang, say
from zones.model import CollectionInfo, Feature, Revision
from zones.properties.feature_name import feature_name
from zones.properties.titles_and_codes import FieldWords
from zones.store.revision_diff import FeatureChange, FieldChange, RevisionDiff
from zones.store.sql.collection_differences import RevisionCounts

DEGREE_DECIMALS = 7


def revision_document(
    revision: Revision, collection_id: str, counts: RevisionCounts, *, version: int, links: Links
) -> dict[str, Any]:
    """Return who made a revision, when, why and from what, and what it did to the collection.

    ``version`` is the collection's own by that revision, from 1. What was pruned can no longer be
    read.
    """
    note = revision.note
    source = {"name": note.source_name, "sha256": note.source_sha256, "bytes": note.source_bytes}
    return {
        "revision": revision.number,
        "version": version,
        "at": revision.at,
        "who": note.who,
        "why": note.why,
        "source": source if note.source_name else None,
        "collections": list(revision.collections),
        "pruned": collection_id in revision.pruned,
        "counts": counts_json(counts),
        "links": _links(revision, collection_id, links),
    }


def counts_json(counts: RevisionCounts) -> dict[str, int]:
    """Return how many features were touched, by what became of them."""
    return {"added": counts.added, "changed": counts.changed, "removed": counts.removed}


def counts_of(difference: RevisionDiff) -> RevisionCounts:
    """Return how many features differ, by what became of them."""
    return RevisionCounts(len(difference.added), len(difference.changed), len(difference.removed))


def diff_document(
    counts: RevisionCounts, links: Links, *, offset: int, limit: int
) -> dict[str, Any]:
    """Return how many changes there are, and where the pages before and after this one are."""
    matched = counts.added + counts.changed + counts.removed
    found = [link(links.here(), "self")]
    if offset + limit < matched:
        found.append(link(links.here(offset=str(offset + limit)), "next"))
    if offset > 0:
        found.append(link(links.here(offset=str(max(0, offset - limit))), "prev"))
    return {
        "counts": counts_json(counts),
        "numberMatched": matched,
        "numberReturned": max(0, min(limit, matched - offset)),
        "links": found,
    }


def _links(revision: Revision, collection_id: str, links: Links) -> list[dict[str, str]]:
    number = str(revision.number)
    if collection_id in revision.pruned:  # nothing is left to be read
        here = links.to("revision", collection_id=collection_id, number=number)
        return [link(here, "self", JSON_TYPE)]
    items = links.to("items", collection_id=collection_id, query=(("revision", number),))
    here = links.to("revision", collection_id=collection_id, number=number)
    diff = links.to(
        "revision-diff",
        collection_id=collection_id,
        number=str(revision.number - 1),
        query=(("to", number),),
    )
    return [
        link(items, "items", GEOJSON_TYPE),
        link(here, "self", JSON_TYPE),
        link(diff, "diff", JSON_TYPE),
    ]


def change_json(change: FeatureChange, info: CollectionInfo) -> dict[str, Any]:
    """Return what became of one feature of a collection, without its shapes."""
    words = FieldWords(info)
    return {
        "id": change.fid,
        "change": change.kind,
        "name": _name(change, info),
        "geometry_changed": change.geometry_changed,
        "moved_m": change.moved_m,
        "area_change_m2": change.area_change_m2,
        "fields": [_field_json(field, words) for field in change.fields],
    }


def _field_json(field: FieldChange, words: FieldWords) -> dict[str, Any]:
    """Return the change of an attribute; with its title and what its codes stand for, if known."""
    members = {"name": field.name, "change": field.kind, "old": field.old, "new": field.new}
    known = {
        "title": words.title(field.name),
        "old_text": words.text(field.name, field.old),
        "new_text": words.text(field.name, field.new),
    }
    return members | {name: text for name, text in known.items() if text is not None}


def _name(change: FeatureChange, info: CollectionInfo) -> str | None:
    shown = change.after or change.before
    return feature_name(shown.properties, info.title_field) if shown else None


def changes_geojson(
    changes: Sequence[FeatureChange], info: CollectionInfo, members: Mapping[str, Any]
) -> bytes:
    """Return the changes as a GeoJSON FeatureCollection for a map to draw, in CRS84.

    A feature has its new shape, a removed one its old; a changed one also has the member
    ``oldGeometry`` where that differs. ``members`` are further members of the collection.
    """
    features = [_drawn(change, info) for change in changes]
    return orjson.dumps({"type": "FeatureCollection", **members, "features": features})


def _drawn(change: FeatureChange, info: CollectionInfo) -> dict[str, Any]:
    drawn = {
        "type": "Feature",
        "id": change.fid,
        "geometry": _geometry(change.after or change.before),
        "properties": change_json(change, info),
    }
    if change.kind == "changed" and change.geometry_changed:
        drawn["oldGeometry"] = _geometry(change.before)
    return drawn


def _geometry(feature: Feature | None) -> orjson.Fragment | None:
    if feature is None or feature.geometry is None:
        return None
    rounded = shapely.transform(feature.geometry, lambda xy: xy.round(DEGREE_DECIMALS))
    return orjson.Fragment(shapely.to_geojson(rounded))


def changes_csv(changes: Sequence[FeatureChange], info: CollectionInfo, lang: Lang) -> bytes:
    """Return the changes as CSV: a row for each attribute that changed, or for the feature."""
    return csv_file([row for change in changes for row in _rows(change, info, lang)])


def changes_xlsx(changes: Sequence[FeatureChange], info: CollectionInfo, lang: Lang) -> bytes:
    """Return the same rows as an Excel workbook."""
    rows = [row for change in changes for row in _rows(change, info, lang)]
    return xlsx_file(rows, title=say("diff-file", lang).message)


def _rows(change: FeatureChange, info: CollectionInfo, lang: Lang) -> Iterator[Row]:
    head = {
        "id": change.fid,
        "name": _name(change, info),
        "change": say(f"diff-{change.kind}", lang).message,
        "moved_m": change.moved_m,
        "area_change_m2": change.area_change_m2,
    }
    if not change.fields:
        yield {**head, "field": None, "old": None, "new": None}
    for field in change.fields:
        yield {**head, "field": field.name, "old": _cell(field.old), "new": _cell(field.new)}


def _cell(value: object) -> object:
    return orjson.dumps(value).decode() if isinstance(value, list | dict) else value
