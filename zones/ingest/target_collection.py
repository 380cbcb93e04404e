"""The collection that an import goes into: there, or to be made; and whether it has changed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from zones.errors import ConflictError, UnknownCollectionError
from zones.ingest.import_options import ImportOptions
from zones.model import CollectionInfo, GeometryKind
from zones.properties.one_map_dictionary import layer_title
from zones.source.file_findings import Findings
from zones.store.protocol import Store
from zones.store.sql.prepare_changes import check_collection_id

KIND_OF_TYPE: Final[Mapping[str, GeometryKind]] = {
    "Point": "point",
    "MultiPoint": "point",
    "LineString": "line",
    "MultiLineString": "line",
    "Polygon": "polygon",
    "MultiPolygon": "polygon",
}


def target_of(store: Store, collection_id: str, options: ImportOptions) -> CollectionInfo:
    """Return the collection that the file goes into, or is to make.

    Raises
    ------
    UnknownCollectionError
        If it is not there, and is not to be made.
    ConflictError, ValidationError
        If it is to be made, and is there already or may not have that id.
    """
    found = next((info for info in store.collections() if info.id == collection_id), None)
    if not options.create:
        if found is None:
            raise UnknownCollectionError(collection=collection_id)
        return found
    if found is not None:
        raise ConflictError("collection-exists", collection=collection_id)
    check_collection_id(collection_id)
    title = options.title or collection_id
    return CollectionInfo(
        collection_id, title, options.title_en or title, kinds=frozenset(options.kinds)
    )


def described_by(
    findings: Findings, info: CollectionInfo, options: ImportOptions
) -> CollectionInfo:
    """Return a new collection's description; kind and title are the file's if nobody names one.

    A title is known of layers that offices call alike; see ``zones.properties.one_map_dictionary``.
    """
    title = layer_title(findings.layer)
    if title and not options.title and not options.title_en:
        info = replace(info, title=title, title_en=title)
    kinds = {KIND_OF_TYPE.get(name) for name in findings.geometry.types}
    if info.kinds or len(kinds) != 1 or None in kinds:
        return info
    return replace(info, kinds=frozenset(kind for kind in kinds if kind))


def described_at(store: Store, info: CollectionInfo, revision: int) -> CollectionInfo:
    """Return how the collection is described at a revision; as given if it is not there."""
    found = store.collections(revision=revision) if revision else ()
    return next((each for each in found if each.id == info.id), info)


def has_changed(store: Store, collection_id: str, *, since: int | None) -> bool:
    """Return whether a collection differs from what somebody saw at a revision; None saw none."""
    if since is None or since == store.revision():
        return False
    return any(entry.number > since for entry in store.revisions(collection_id))
