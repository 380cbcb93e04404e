"""The one way in: read -> to storage CRS -> check -> compare -> store, as one revision."""

from dataclasses import replace
from pathlib import Path
from typing import Final

from zones.georeference.expected_place import district_outline
from zones.ingest.compare_and_store import PreparedImport
from zones.ingest.diff_with_stored import ImportMode
from zones.ingest.field_mapping import FieldMapping
from zones.ingest.import_context import ImportContext
from zones.ingest.import_options import ImportOptions
from zones.ingest.import_report import ImportCounts, ImportReport, ImportState
from zones.ingest.read_source import Reading, read_source
from zones.ingest.reading_request import reading_request, shown_name
from zones.ingest.target_collection import target_of
from zones.sandbox.limits import Limits
from zones.store.protocol import Store

__all__ = [
    "ImportContext",
    "ImportCounts",
    "ImportMode",
    "ImportOptions",
    "ImportReport",
    "ImportState",
    "Limits",
    "ingest",
]

_ALONE: Final = ImportContext()


def ingest(
    path: Path,
    collection_id: str,
    store: Store,
    *,
    file_name: str,
    options: ImportOptions,
    limits: Limits,
    who: str,
    context: ImportContext = _ALONE,
) -> ImportReport:
    """Read a file into a collection as one revision, or say why not.

    ``file_name`` is what the file's sender calls it, whose suffix tells the format.

    Returns
    -------
    ImportReport
        ``rejected``, with every problem and nothing stored, if any feature may not be stored.
        A file that changes nothing is ``applied`` without a new revision. ``needs_decision``,
        with nothing stored, if only a person can say what the file means; the options of one of
        the question's candidates, given with the same file, answer it.

    Raises
    ------
    SourceError
        Or ``SourceLimitError``, ``UnknownCRSError``: the file as a whole cannot be read.
    UnknownCollectionError
        If there is no such collection.
    ConflictError
        If the collection kept changing while this was to be stored, or is to be made and there.
    StoreError
        If the store cannot be written.
    """
    info = target_of(store, collection_id, options)
    options = replace(options, mode=ImportMode(options.mode))
    reading = read_source(
        path,
        file_name=shown_name(file_name),
        request=reading_request(info, options, district_outline(store)),
        limits=limits,
        progress=context.while_reading,
        cancelled=context.cancelled,
    )
    options = _with_mapping_of(context.mapping_before, options, reading)
    importing = PreparedImport(store, info, options, reading, who, context)
    return _refused(importing, reading) or importing.store()


def _with_mapping_of(
    before: FieldMapping | None, options: ImportOptions, reading: Reading
) -> ImportOptions:
    """Return the options with the mapping of the last import, where they ask for one that fits."""
    fits = before is not None and not before.problems(reading.findings.fields)
    if options.as_before and options.mapping is None and fits:
        return replace(options, mapping=before)
    return options


def _refused(importing: PreparedImport, reading: Reading) -> ImportReport | None:
    """Return why nothing may be stored as it is, None if it may."""
    if reading.question is not None:
        return importing.undecided()
    if reading.errors:
        return importing.rejected(())
    misfits = importing.map_fields()
    return importing.rejected(misfits) if misfits else None
