"""What became of an import, in words and numbers."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

from zones.encoding.decide_encoding import EncodingFinding
from zones.ingest.diff_with_stored import Difference, ImportMode
from zones.ingest.field_mapping import FieldMapping
from zones.ingest.match_method import Identity
from zones.ingest.question_report import question_as_json, question_lines
from zones.ingest.read_source import SourceFile
from zones.messages import Lang, MessageText, catalogue, say
from zones.model import JSON, Problem
from zones.questions_to_people import OpenQuestion
from zones.source.file_findings import Findings
from zones.source.model import NOT_SHIFTED
from zones.store.sql.records import ImportFields

ImportState = Literal["ready", "applied", "rejected", "needs_decision"]

_MOST_IDS = 200
_MOST_CODES = 20


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """Features by what became of them, or would become in a dry run."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What was found in a file, what is wrong with it, and what it changes.

    Attributes
    ----------
    state
        ``ready`` (a dry run that could be applied), ``applied``, ``rejected`` (nothing stored),
        ``needs_decision`` (nothing stored before ``question`` is answered).
    revision
        The new revision, or the one that already held just this; None unless applied.
    base_revision
        The revision the file was compared with.
    problems
        Errors, warnings and notes, the first of many; ``errors`` counts all errors.
    difference
        None when rejected.
    title_field
        The property that names the features of the collection; None when none does, or rejected.
    mapping
        Which fields became which properties; None if all stayed as they were.
    identity
        What told the features of the file apart; None when it was not read so far.
    sandbox
        How the reading process was locked away; see ``zones.sandbox.run_child.sandbox_level``.
    """

    state: ImportState
    collection: str
    mode: ImportMode
    revision: int | None
    base_revision: int
    file: SourceFile
    findings: Findings
    problems: tuple[Problem, ...]
    errors: int
    difference: Difference | None
    sandbox: str
    question: OpenQuestion | None = None
    title_field: str | None = None
    identity: Identity | None = None
    mapping: FieldMapping | None = None

    @property
    def counts(self) -> ImportCounts:
        """Return how many features are added, changed, removed, unchanged."""
        if (diff := self.difference) is None:
            return ImportCounts()
        return ImportCounts(
            len(diff.added), len(diff.changed), len(diff.removed), len(diff.unchanged)
        )

    def as_end(self) -> ImportFields:
        """Return the report as what is kept of an import at its end."""
        return {
            "state": self.state,
            "progress": 1.0,
            "revision": self.revision,
            "report": {"zh": self.as_json("zh"), "en": self.as_json("en")},
            "finished_at": datetime.now(UTC),
        }

    def as_json(self, lang: Lang = "zh") -> dict[str, Any]:
        """Return the report with every problem said in ``lang``."""
        return {
            "state": self.state,
            "collection": self.collection,
            "mode": self.mode.value,
            "revision": self.revision,
            "base_revision": self.base_revision,
            "file": {"name": self.file.name, "sha256": self.file.sha256, "bytes": self.file.size},
            "findings": _findings_json(self.findings),
            "errors": self.errors,
            "problems": [problem_as_json(problem, lang) for problem in self.problems],
            "title_field": self.title_field,
            "mapping": self.mapping and self.mapping.as_json(),
            "key": self.identity and self.identity.as_json(),
            "counts": asdict(self.counts),
            "changes": _ids(self.difference),
            "sandbox": self.sandbox,
            "question": self.question and question_as_json(self.question, lang),
        }

    def as_text(self, lang: Lang = "zh") -> str:
        """Return the report as lines for a terminal."""
        return "\n".join(self._lines(lang))

    def _lines(self, lang: Lang) -> Iterator[str]:
        counts, found = self.counts, self.findings
        yield str(
            say(f"report-{self.state}", lang, name=self.file.name, collection=self.collection)
        )
        if self.question is not None:
            yield from question_lines(self.question, lang)
            return
        crs = f"{found.crs.key or found.crs.name} ({_basis(found.crs.basis, lang)})"
        if found.datum is not None and found.datum.taken not in (NOT_SHIFTED, found.crs.key):
            crs = f"{crs} + {found.datum.taken}"
        encoding = f"{found.encoding.name} ({_encoding_text(found.encoding, lang)})"
        yield str(say("report-found", lang, features=found.features, crs=crs, encoding=encoding))
        if self.difference is not None:
            yield str(say("report-counts", lang, **asdict(counts)))
            named = "report-title-field" if self.title_field else "report-no-title-field"
            yield str(say(named, lang, field=self.title_field))
            if self.identity is not None:
                yield str(self.identity.text(lang))
        for problem in self.problems:
            where = problem_place(problem, lang)
            yield f"  [{problem.severity}] {where}{problem_text(problem, lang)}"
        shown = sum(problem.severity == "error" for problem in self.problems)
        if self.errors > shown:
            yield str(say("report-more-errors", lang, count=self.errors - shown))


def _basis(basis: str, lang: Lang) -> str:
    return say(f"staff-basis-{basis}", lang).message


def _encoding_text(encoding: EncodingFinding, lang: Lang) -> str:
    """Return on whose word an encoding was taken, and a text where it could be another one."""
    basis = _basis(encoding.basis, lang)
    if encoding.basis != "bytes" or not (encoding.alternatives and encoding.samples):
        return basis
    return f"{basis}, “{encoding.samples[0]}”"


def _findings_json(findings: Findings) -> dict[str, Any]:
    """Return the findings, of long lists of codes the first."""
    members = asdict(findings)
    for field in members["fields"]:
        field["code_count"] = len(field["codes"])
        field["codes"] = field["codes"][:_MOST_CODES]
    return members


def problem_text(problem: Problem, lang: Lang) -> MessageText:
    """Return a problem in words; a reason that is itself a message is said as one."""
    params = dict(problem.params)
    reason = params.get("reason")
    if isinstance(reason, str) and reason in catalogue():
        params["reason"] = say(reason, lang).message
    text = say(problem.code, lang, **params)
    if (file := params.get("packed_file")) is None:
        return text
    return replace(text, message=f"{say('report-file', lang, file=file).message}{text.message}")


def problem_place(problem: Problem, lang: Lang) -> str:
    """Return where a problem lies, with a colon after it, or nothing."""
    parts = []
    if problem.feature is not None:
        parts.append(say("report-feature", lang, number=problem.feature).message)
    if problem.field is not None:
        parts.append(say("report-field", lang, field=problem.field).message)
    if problem.lon is not None and problem.lat is not None:
        parts.append(f"{problem.lon:.6f}, {problem.lat:.6f}")
    return f"{' · '.join(parts)}: " if parts else ""


def problem_as_json(problem: Problem, lang: Lang) -> dict[str, JSON]:
    """Return a problem as documents show it."""
    text = problem_text(problem, lang)
    loc: list[JSON] = [] if problem.feature is None else ["feature", problem.feature]
    return {
        "code": problem.code,
        "severity": problem.severity,
        "loc": [*loc, problem.field] if problem.field is not None else loc,
        "feature": problem.feature,
        "field": problem.field,
        "lon": problem.lon,
        "lat": problem.lat,
        "message": text.message,
        "hint": text.hint or None,
    }


def _ids(difference: Difference | None) -> dict[str, JSON] | None:
    """Return the first ids of each kind of change."""
    if difference is None:
        return None
    return {
        "added": list(difference.added[:_MOST_IDS]),
        "changed": list(difference.changed[:_MOST_IDS]),
        "removed": list(difference.removed[:_MOST_IDS]),
    }
