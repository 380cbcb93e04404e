"""Imports into a small store, as tests of the whole way in need them."""

from pathlib import Path
from typing import Any

import pytest
import shapely

from tests.opened_sources import read_here
from tests.source_files import write
from zones.ingest.run_import import ImportOptions, ImportReport, Limits, ingest
from zones.model import Change, CollectionInfo, Feature, GeometryKind, RevisionNote
from zones.store.protocol import Store
from zones.store.sql.store import SqlStore

NOTE = RevisionNote("test", "set up")


def with_collections(store: SqlStore) -> SqlStore:
    """Return the store with empty collections and a district around the sample squares."""
    district = Feature("d", shapely.box(123.3, 41.6, 123.5, 41.85), {})
    store.apply(
        [
            Change("plots", collection=_info("plots", "polygon")),
            Change("spots", collection=_info("spots", "point")),
            Change("any", collection=_info("any")),
            Change("district", [district], collection=_info("district", "polygon")),
        ],
        NOTE,
    )
    return store


def _info(name: str, *kinds: GeometryKind) -> CollectionInfo:
    return CollectionInfo(name, name, name, kinds=frozenset(kinds))


def imported_by_child(
    store: Store,
    folder: Path,
    content: bytes,
    *,
    name: str = "file.geojson",
    into: str = "plots",
    limits: Limits | None = None,
    **options: Any,
) -> ImportReport:
    """Return what becomes of these bytes, read in a confined process as the service does."""
    return ingest(
        write(folder, content, "upload"),
        into,
        store,
        file_name=name,
        options=ImportOptions(**options),
        limits=limits or Limits(),
        who="li",
    )


def imported(store: Store, folder: Path, content: bytes, **options: Any) -> ImportReport:
    """Return the same, read in this process, which is faster."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("zones.ingest.run_import.read_source", read_here)
        return imported_by_child(store, folder, content, **options)


def fids(store: Store, collection: str = "plots") -> list[str]:
    """Return the ids of a collection's features."""
    return [item.fid for item in store.features(collection)]


def codes(report: ImportReport) -> list[str]:
    """Return the codes of a report's problems, in order."""
    return [problem.code for problem in report.problems]
