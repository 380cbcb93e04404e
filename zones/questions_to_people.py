"""What only a person can decide about a file: the question, and the answers that are possible."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from zones.errors import SourceError
from zones.model import Problem

Topic = Literal["crs", "layer", "encoding"]
OptionName = Literal["crs", "datum", "angles", "map_scale", "layer", "encoding"]
Params = dict[str, str | int | float | bool]

_OF_COORDINATES = frozenset({"csv-x-is-north", "csv-angles-read"})
MOST_CANDIDATES = 100
MOST_POINTS = 50


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a candidate stands where it stands: a message of the catalogue and its values."""

    code: str
    params: Params = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible answer: the options with which to import the file again, and what speaks for it.

    ``samples`` are texts of the file as they would read. ``located`` is west, south, east, north
    of the data as this candidate places them, in EPSG:4490; ``points`` are some of its vertices.
    """

    options: dict[OptionName, str]
    reasons: tuple[Reason, ...] = ()
    samples: tuple[str, ...] = ()
    located: tuple[float, float, float, float] | None = None
    points: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """What is to be decided; ``candidates`` are ranked, the most likely first.

    There may be none, where nothing that we know would do. ``undecided`` says that the first is
    no likelier than the next, only commoner.
    """

    topic: Topic
    code: str
    params: Params = field(default_factory=dict)
    candidates: tuple[Candidate, ...] = ()
    undecided: bool = False


def with_remarks(question: OpenQuestion, notes: Sequence[Problem]) -> OpenQuestion:
    """Return a question about coordinates whose first candidate tells how they were read.

    What decides between systems may depend on it.
    """
    remarks = tuple(
        Reason(note.code, {name: str(value) for name, value in note.params.items()})
        for note in notes
        if note.code in _OF_COORDINATES
    )
    if not (remarks and question.candidates):
        return question
    first, *others = question.candidates
    first = replace(first, reasons=(*first.reasons, *remarks))
    return replace(question, candidates=(first, *others))


class DecisionNeeded(SourceError):  # noqa: N818 - no fault of the file's, but read no further
    """Raised where reading cannot go on without an answer."""

    def __init__(self, question: OpenQuestion) -> None:
        self.question = question
        super().__init__(question.code, **dict[str, Any](question.params))


def layer_undecided(candidates: Sequence[Candidate], *, listed: str) -> DecisionNeeded:
    """Return the question which of several layers is meant."""
    params: Params = {"count": len(candidates), "layers": listed}
    shortlist = tuple(candidates[:MOST_CANDIDATES])
    return DecisionNeeded(OpenQuestion("layer", "layer-needed", params, shortlist))
