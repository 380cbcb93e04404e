"""What a reading process may say, and nothing else: its answer checked field by field.

The process has read a foreign file; should that have taken it over, it can still only send text
and numbers of these shapes. Messages must be in the catalogue with all their values, texts are
cut, and what does not fit ends the import.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, TypeAdapter, ValidationError

from zones.errors import SourceError
from zones.ingest.sample_rows import are_short
from zones.model import Problem
from zones.questions_to_people import MOST_CANDIDATES, MOST_POINTS, Candidate, OpenQuestion
from zones.sandbox.child_task import can_say, shown_params
from zones.source.field_descriptions import LONGEST_WORDS, MOST_CODES
from zones.source.file_findings import FieldFinding, Findings

_Code = Annotated[str, StringConstraints(max_length=80)]
_Short = Annotated[str, StringConstraints(max_length=300)]
_Count = Annotated[int, Field(ge=0)]
_MOST_PROBLEMS = 1500
_LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True)
class _WireProblem:
    code: _Code
    params: dict[_Code, str | int | float | bool | None]
    severity: Literal["error", "warning", "note"]
    feature: _Count | None
    field: _Short | None
    lon: float | None
    lat: float | None


@dataclass(frozen=True, slots=True)
class WireAnswer:
    """The answer of ``read_in_sandbox.read_file``; ``errors`` and ``remarks`` count all."""

    findings: Findings
    problems: Annotated[tuple[_WireProblem, ...], Field(max_length=_MOST_PROBLEMS)]
    errors: _Count
    remarks: _Count
    question: OpenQuestion | None = None


_ANSWER = TypeAdapter(WireAnswer)


def parse_answer(content: object) -> tuple[Findings, tuple[Problem, ...], int, OpenQuestion | None]:
    """Return findings, problems, how many errors there are in all, and what a person must decide.

    Raises
    ------
    SourceError
        If the answer is not of the expected shape.
    """
    try:
        answer = _ANSWER.validate_python(content, strict=False)
    except ValidationError as error:
        raise SourceError("source-unreadable") from error
    problems = tuple(_problem(wired) for wired in answer.problems)
    if answer.errors < sum(problem.severity == "error" for problem in problems):
        raise SourceError("source-unreadable")
    if not are_short(answer.findings.rows) or not _are_bounded(answer.findings.fields):
        raise SourceError("source-unreadable")
    if answer.question is not None and not _is_sayable(answer.question):
        raise SourceError("source-unreadable")
    return answer.findings, problems, answer.errors, answer.question


def _are_bounded(fields: Sequence[FieldFinding]) -> bool:
    """Return whether titles and codes are as few and as short as ``field_infos`` makes them."""
    codes = [each for field in fields for each in field.codes]
    words = (*(field.title for field in fields), *(each.text for each in codes))
    written = (each.code for each in codes if isinstance(each.code, str))
    return (
        len(codes) <= MOST_CODES
        and all(len(text) <= LONGEST_WORDS for text in words)
        and all(len(code) <= LONGEST_WORDS for code in written)
    )


def _is_sayable(question: OpenQuestion) -> bool:
    """Return whether every part of the question is in the catalogue, and none is too long."""
    candidates = question.candidates
    reasons = [reason for candidate in candidates for reason in candidate.reasons]
    texts = [
        text
        for candidate in candidates
        for text in (*candidate.options.values(), *candidate.samples)
    ]
    return (
        len(candidates) <= MOST_CANDIDATES
        and all(len(text) <= _LONGEST_TEXT for text in texts)
        and all(_is_placed(candidate) for candidate in candidates)
        and can_say(question.code, shown_params(question.params))
        and all(can_say(reason.code, shown_params(reason.params)) for reason in reasons)
    )


def _is_placed(candidate: Candidate) -> bool:
    """Return whether the places of a candidate are few and on Earth."""
    corners = () if candidate.located is None else (candidate.located[:2], candidate.located[2:])
    return len(candidate.points) <= MOST_POINTS and all(
        abs(lon) <= 180 and abs(lat) <= 90  # noqa: PLR2004 - degrees
        for lon, lat in (*candidate.points, *corners)
    )


def _problem(wired: _WireProblem) -> Problem:
    params = shown_params(wired.params)
    if not can_say(wired.code, params):
        raise SourceError("source-unreadable")
    return Problem(
        wired.code, dict(params), wired.severity, wired.feature, wired.field, wired.lon, wired.lat
    )
