"""A file that has been read well, on its way into the store: compared, kept, stored, reported."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from zones.errors import ConflictError, SourceError
from zones.ingest.check_official_boundaries import unlike_the_plan
from zones.ingest.collection_description import (
    DescribedCollection,
    described_anew,
    described_as_official,
    fields_by_property,
    title_field_problem,
)
from zones.ingest.diff_with_stored import Difference, ImportMode, change_of, compare
from zones.ingest.import_context import COMPARING_ENDS, READING_ENDS, ImportContext
from zones.ingest.import_options import ImportOptions
from zones.ingest.import_report import ImportReport, ImportState
from zones.ingest.match_method import find_identity, identified, missing_ids
from zones.ingest.one_map_layers import OneMap, one_map_of
from zones.ingest.preview import write_preview
from zones.ingest.read_source import Reading
from zones.ingest.target_collection import described_at, described_by, has_changed
from zones.model import JSON, Change, CollectionInfo, Feature, Problem, RevisionNote
from zones.properties.official_marking import ACCURACY_WHEN_UNSTATED_M, as_official
from zones.quality.stored_overlaps import overlaps_with_stored
from zones.store.protocol import Store
from zones.store.sql.records import ImportEnd
from zones.store.sql.rows import FeatureRow, feature_rows

_MOST_ATTEMPTS = 5
_SHRINK = 0.5


class PreparedImport:
    """A file that has been read well, on its way into the store."""

    def __init__(
        self,
        store: Store,
        info: CollectionInfo,
        options: ImportOptions,
        reading: Reading,
        who: str,
        context: ImportContext,
    ) -> None:
        self._store, self._options, self._context = store, options, context
        self._reading, self._who = reading, who
        self._official: tuple[Problem, ...] = ()
        self._one_map = OneMap()
        self._info = described_by(reading.findings, info, options) if options.create else info
        self._found = fields_by_property(reading.findings.fields, options.mapping)
        self._identity = find_identity(
            reading.features, reading.findings, options=options, key=self._info.key
        )

    def rejected(self, problems: Sequence[Problem]) -> ImportReport:
        """Return the report of an import that stores nothing."""
        return self._report("rejected", self._store.revision(), problems)

    def undecided(self) -> ImportReport:
        """Return the report of an import that waits for a person's answer."""
        return self._report("needs_decision", self._store.revision(), ())

    def map_fields(self) -> list[Problem]:
        """Name the properties as the person wants them, or return why that cannot be."""
        mapping, reading = self._options.mapping, self._reading
        if mapping is not None and (problems := mapping.problems(reading.findings.fields)):
            return problems
        if misfit := title_field_problem(self._found, self._info, self._options.title_field):
            return [misfit]
        if mapping is None and not self._options.official:
            self._one_map = one_map_of(reading.findings.layer, self._found, reading.features)
            return []
        rows: list[dict[str, JSON]] = [dict(feature.properties) for feature in reading.features]
        if mapping is not None:
            rows = mapping.applied(rows, reading.findings.fields)
        if self._options.official:
            rows = self._marked_official(rows)
        features = tuple(
            feature._replace(properties=row)
            for feature, row in zip(reading.features, rows, strict=True)
        )
        self._reading = replace(reading, features=features)
        self._one_map = one_map_of(reading.findings.layer, self._found, features)
        return []

    def _marked_official(self, rows: Sequence[dict[str, JSON]]) -> list[dict[str, JSON]]:
        """Return the rows marked as official; remember what is to be said of their accuracy."""
        stated = self._options.accuracy_m
        marked = [as_official(row, stated) for row in rows]
        unstated = sum(not is_stated for _, is_stated in marked)
        taken = ACCURACY_WHEN_UNSTATED_M if stated is None else stated
        if unstated:
            params: dict[str, JSON] = {"count": unstated, "metres": taken}
            self._official = (Problem("official-accuracy", params, "note"),)
        return [row for row, _ in marked]

    def store(self) -> ImportReport:
        """Compare and store, again if another change came between."""
        for attempt in range(1, _MOST_ATTEMPTS + 1):
            self._context.progress("comparing", READING_ENDS)
            try:
                return self._attempt()
            except ConflictError:
                if attempt == _MOST_ATTEMPTS:
                    raise
        raise AssertionError("unreachable")

    def _attempt(self) -> ImportReport:
        base = self._store.revision()
        current = self._current(base)
        incoming, self._identity = identified(
            self._identity, self._reading.features, current, mode=self._options.mode
        )
        difference = compare(current, incoming, mode=self._options.mode)
        if conflicts := self._conflicts(difference, incoming):
            return self._report("rejected", base, conflicts)
        described = self._described(base, difference, is_empty=not current)
        changes_nothing = difference.is_empty and described.renewed is None
        problems = [
            *described.problems,
            *self._official,
            *self._one_map.problems,
            *self._remarks(current, incoming, difference),
            *([Problem("nothing-changes", {}, "note")] if changes_nothing and incoming else []),
        ]
        report = partial(
            self._report,
            base=base,
            problems=problems,
            difference=difference,
            title_field=described.named_by,
        )
        if self._options.dry_run:
            if self._context.preview is not None:
                write_preview(self._context.preview, incoming, current, difference)
            return report("ready")
        if changes_nothing:
            return report("applied", revision=base)
        change = change_of(self._info.id, incoming, difference)
        rows = self._rows(change, incoming)
        return self._applied(replace(change, collection=described.renewed), rows, base, report)

    def _rows(self, change: Change, incoming: Sequence[Feature]) -> list[FeatureRow]:
        """Return what a change puts as the store has it."""
        wkb = {
            feature.fid: read.wkb
            for feature, read in zip(incoming, self._reading.features, strict=True)
        }
        return feature_rows(
            change.put,
            collection_id=change.collection_id,
            wkb=[wkb[feature.fid] for feature in change.put],
        )

    def _applied(
        self,
        change: Change,
        rows: list[FeatureRow],
        base: int,
        report: Callable[..., ImportReport],
    ) -> ImportReport:
        """Commit a change expected at a revision; return the report of what it made."""
        context = self._context
        if context.is_cancelled:
            raise SourceError("import-cancelled")
        context.progress("applying", COMPARING_ENDS)
        ending = context.import_id and ImportEnd(
            context.import_id, lambda revision: report("applied", revision=revision).as_end()
        )
        made = context.apply(self._store, change, rows, self._note(), base, ending or None)
        return report("applied", revision=made.number)

    def _described(
        self, base: int, difference: Difference, *, is_empty: bool
    ) -> DescribedCollection:
        info, options = self._info, self._options
        before = info if options.create else described_at(self._store, info, base)
        rows = [feature.properties for feature in self._reading.features]
        described = described_anew(
            before,
            self._found,
            rows,
            options=options,
            is_empty=is_empty,
            listed=self._one_map.fields,
        )
        if options.official and before.part_of_plan:
            official = described_as_official(described.renewed or before)
            renewed = None if official == before else official
            described = replace(described, renewed=renewed)
        identity = self._identity
        if identity.field is None or (difference.is_empty and identity.basis == "name"):
            return described
        keyed = replace(described.renewed or before, key=identity.prop or identity.field)
        return described if keyed == before else replace(described, renewed=keyed)

    def _current(self, base: int) -> list[Feature]:
        return [] if self._options.create else self._store.features(self._info.id, revision=base)

    def _conflicts(self, difference: Difference, incoming: Sequence[Feature]) -> list[Problem]:
        """Return the errors that only show beside what is stored."""
        options, found = self._options, self._reading.features
        if has_changed(self._store, self._info.id, since=options.base_revision):
            return [Problem("import-stale", {"revision": options.base_revision})]
        if not found and not (options.mode == ImportMode.REPLACE and options.allow_empty):
            return [Problem("no-features")]
        if options.mode == ImportMode.UPSERT:
            return missing_ids(self._identity, found)
        if options.mode != ImportMode.APPEND:
            return []
        there = {*difference.changed, *difference.unchanged}
        return [
            Problem(
                "id-exists", {"value": feature.fid}, feature=item.number, field=self._identity.field
            )
            for item, feature in zip(found, incoming, strict=True)
            if feature.fid in there
        ]

    def _remarks(
        self, current: Sequence[Feature], incoming: Sequence[Feature], difference: Difference
    ) -> list[Problem]:
        remarks = []
        if len(difference.removed) - len(difference.added) > _SHRINK * len(current):
            numbers = {"before": len(current), "after": len(incoming)}
            remarks.append(Problem("collection-shrinks", dict(numbers), "warning"))
        if self._options.official and self._info.part_of_plan:
            remarks += unlike_the_plan(self._info, current, incoming, difference)
        if self._options.mode != ImportMode.REPLACE:
            places = [item.number for item in self._reading.features]
            remarks += overlaps_with_stored(incoming, places, current, known=difference.unchanged)
        return remarks

    def _note(self) -> RevisionNote:
        file = self._reading.file
        return RevisionNote(self._who, self._options.note, file.name, file.sha256, file.size)

    def _report(
        self,
        state: ImportState,
        base: int,
        problems: Sequence[Problem],
        *,
        difference: Difference | None = None,
        revision: int | None = None,
        title_field: str | None = None,
    ) -> ImportReport:
        errors = sum(problem.severity == "error" for problem in problems)
        reading = self._reading
        return ImportReport(
            state=state,
            collection=self._info.id,
            mode=self._options.mode,
            revision=revision,
            base_revision=base,
            file=reading.file,
            findings=reading.findings,
            problems=(*reading.problems, *self._identity.problems, *problems),
            errors=reading.errors + errors,
            difference=difference,
            sandbox=reading.sandbox,
            question=reading.question,
            title_field=title_field,
            identity=self._identity,
            mapping=self._options.mapping,
        )
