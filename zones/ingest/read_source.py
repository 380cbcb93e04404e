"""Reads a file in the confined process and takes in what comes back, trusting none of it."""

import hashlib
import stat
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from zones.errors import SourceError
from zones.formats.signatures import HEAD_BYTES
from zones.formats.supported_formats import Format, format_in_zip, recognise
from zones.ingest.wire_answer import parse_answer
from zones.ingest.wire_features import Features, ReadFeature, features_from
from zones.model import BBox, GeometryKind, Problem
from zones.questions_to_people import OpenQuestion
from zones.sandbox.limits import MEBIBYTE, Limits
from zones.sandbox.run_child import ChildCall, ChildResult, confined
from zones.source.file_findings import Findings
from zones.source.reading_choices import Angles

_CHOICE = ("crs", "datum", "angles", "map_scale", "encoding", "layer")
_JOB = "zones.ingest.read_in_sandbox:read_file"
_ZIP_HOLDS = "zip-holds"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRequest:
    """What to read and how.

    ``key`` is the field that holds the features' ids; with ``ids_needed`` every feature must have
    one. ``kinds`` empty allows any geometry. Features outside ``extent`` are remarked upon.
    ``outline`` is the district in EPSG:4490 as WKB in hexadecimal, for the test of datums.
    """

    crs: str | None = None
    datum: str | None = None
    angles: Angles | None = None
    map_scale: float | None = None
    encoding: str | None = None
    layer: str | Sequence[str] | None = None
    repair: bool = False
    key: str | None = None
    ids_needed: bool = False
    kinds: frozenset[GeometryKind] = frozenset()
    extent: BBox | None = None
    outline: str | None = None


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The file as it was when it was read."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds. ``errors`` counts all that is wrong; with any, there are no features.

    Nor are there with a ``question``, which a person must answer first.
    """

    file: SourceFile
    findings: Findings
    problems: tuple[Problem, ...]
    errors: int
    features: Features
    sandbox: str
    question: OpenQuestion | None = None


def read_source(
    path: Path,
    *,
    file_name: str,
    request: ReadRequest,
    limits: Limits,
    progress: Callable[[float], None] = lambda fraction: None,
    cancelled: threading.Event | None = None,
) -> Reading:
    """Return what a file holds, read in a process that can do no harm.

    This process looks at the file's bytes only to take their checksum, and at the first of them
    for the marks of formats.

    Raises
    ------
    SourceError
        Or ``SourceLimitError``, ``UnknownCRSError``: why the file as a whole cannot be read.
    """
    with _opened(path) as source:
        found = recognise(file_name, source.read(HEAD_BYTES))
        source.seek(0)
        file = _described(source, file_name)

        def read_as(kind: Format) -> Reading:
            answer = confined(
                ChildCall(_JOB, request_as_json(request, kind), kind.driver),
                source=source,
                taking=lambda rows: features_from(rows, kinds=request.kinds, limits=limits),
                limits=limits,
                progress=progress,
                cancelled=cancelled,
            )
            return take_in(answer, file)

        return read_also_in_zip(read_as, found)


def read_also_in_zip(read_as: Callable[[Format], Reading], found: Format) -> Reading:
    """Return the reading of a file as ``found``, or as what its zip turns out to hold.

    A process has the one driver that it was started with, so another format takes another one.
    """
    try:
        return read_as(found)
    except SourceError as fault:
        inner = format_in_zip(str(fault.params.get("format"))) if fault.code == _ZIP_HOLDS else None
        if inner is None or found.packed:
            raise
    return read_as(inner)


def _opened(path: Path) -> BinaryIO:
    try:
        source = path.open("rb")
    except OSError as error:
        raise SourceError("source-unopenable") from error
    if not stat.S_ISREG(path.stat().st_mode):
        source.close()
        raise SourceError("source-unopenable")
    return source


def _described(source: BinaryIO, file_name: str) -> SourceFile:
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(MEBIBYTE):
        digest.update(chunk)
        size += len(chunk)
    return SourceFile(file_name, digest.hexdigest(), size)


def request_as_json(request: ReadRequest, kind: Format) -> dict[str, Any]:
    """Return the request as ``zones.ingest.read_in_sandbox.read_file`` takes it."""
    members = asdict(request)
    choice = {name: members.pop(name) for name in _CHOICE}
    kinds = sorted(request.kinds)
    return {**members, "kinds": kinds, "choice": choice, "format": kind.name, "packed": kind.packed}


def take_in(answer: ChildResult[Features], file: SourceFile) -> Reading:
    """Return what a reading process answered, if it can be stored as it stands.

    Raises
    ------
    SourceError
        ``source-unreadable`` if the answer is not of the expected shape.
    """
    findings, problems, errors, question = parse_answer(answer.content)
    features: Features = ()
    if not errors and question is None:
        features = answer.taken
        if len(features) != findings.features:
            raise SourceError("source-unreadable")
        _refuse_twins(features)
    return Reading(file, findings, problems, errors, features, answer.sandbox, question)


def _refuse_twins(features: Sequence[ReadFeature]) -> None:
    fids = [feature.fid for feature in features if feature.fid is not None]
    if len(set(fids)) != len(fids):
        raise SourceError("source-unreadable")
