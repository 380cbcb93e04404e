"""The one way in: read -> to storage CRS -> check -> compare -> store, as one revision."""

import threading
from dataclasses import replace
from pathlib import Path

from zones.georeference.expected_place import district_outline
from zones.ingest.compare_and_store import READING_ENDS, Apply, PreparedImport, Progress
from zones.ingest.diff_with_stored import ImportMode
from zones.ingest.field_mapping import FieldMapping
from zones.ingest.import_options import ImportOptions
from zones.ingest.import_report import ImportCounts, ImportReport, ImportState
from zones.ingest.read_source import Reading, read_source
from zones.ingest.reading_request import reading_request, shown_name
from zones.ingest.target_collection import target_of
from zones.sandbox.limits import Limits
from zones.store.protocol import Store

__all__ = [
    "ImportCounts",
    "ImportMode",
    "ImportOptions",
    "ImportReport",
    "ImportState",
    "Limits",
    "ingest",
]


def ingest(  # noqa: PLR0913 - one call is the whole contract
    path: Path,
    collection_id: str,
    store: Store,
    *,
    file_name: str,
    options: ImportOptions,
    limits: Limits,
    who: str,
    progress: Progress | None = None,
    cancelled: threading.Event | None = None,
    preview: Path | None = None,
    import_id: str | None = None,
    mapping_before: FieldMapping | None = None,
    apply: Apply | None = None,
) -> ImportReport:
    """Read a file into a collection as one revision, or say why not.

    Parameters
    ----------
    path
        The file; ``file_name`` is what its sender calls it, whose suffix tells the format.
    progress
        Called in this thread with stage and fraction.
    cancelled
        Set from another thread, it ends the import unless storing has begun.
    preview
        A folder into which a dry run writes what it would bring; see ``zones.ingest.preview``.
    import_id
        The import in ``store.imports`` that this is; its end is kept with the revision it makes.
    mapping_before
        The mapping of the last import, for options that ask for it.
    apply
        Commits the change in another way than ``store.apply`` alone.

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
    report = progress or (lambda stage, fraction: None)
    info = target_of(store, collection_id, options)
    options = replace(options, mode=ImportMode(options.mode))
    reading = read_source(
        path,
        file_name=shown_name(file_name),
        request=reading_request(info, options, district_outline(store)),
        limits=limits,
        progress=lambda fraction: report("reading", READING_ENDS * fraction),
        cancelled=cancelled,
    )
    options = _with_mapping_of(mapping_before, options, reading)
    importing = PreparedImport(store, info, options, reading, who, import_id, apply)
    return _refused(importing, reading) or importing.store(report, cancelled, preview)


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
