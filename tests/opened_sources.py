"""Reads files in this process, as the confined one would; for tests of what readers say."""

import hashlib
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.source_files import write
from zones.formats.open_file import SourceChoice, open_source
from zones.formats.signatures import HEAD_BYTES
from zones.formats.supported_formats import Format, recognise
from zones.ingest.read_in_sandbox import read_file
from zones.ingest.read_source import (
    Reading,
    ReadRequest,
    SourceFile,
    read_also_in_zip,
    request_as_json,
    take_in,
)
from zones.ingest.wire_answer import parse_answer
from zones.ingest.wire_features import features_from
from zones.ingest.wire_frames import frames
from zones.model import Problem
from zones.questions_to_people import OpenQuestion
from zones.sandbox.child_task import ReadTask
from zones.sandbox.limits import Limits
from zones.sandbox.run_child import ChildResult
from zones.source.file_findings import Findings, FormatName
from zones.source.model import SourceLayer


@contextmanager
def task_on(folder: Path, content: bytes, limits: Limits | None = None) -> Iterator[ReadTask]:
    """Give a task on these bytes and close its files afterwards."""
    own = folder / "own"
    own.mkdir(exist_ok=True)
    with write(folder, content).open("rb") as source, tempfile.TemporaryFile() as rows:
        yield ReadTask(source, own, rows, limits or Limits())


def layer_of(folder: Path, content: bytes, format_name: FormatName, **choice: Any) -> SourceLayer:
    """Return what is known of the layer before its features are read."""
    with task_on(folder, content) as task:
        return open_source(task, format_name, SourceChoice(**choice)).layer


@dataclass(frozen=True)
class Read:
    """What the whole reading of a file answers."""

    findings: Findings
    problems: tuple[Problem, ...]
    errors: int
    rows: list[dict[str, Any]]
    question: OpenQuestion | None

    @property
    def codes(self) -> list[str]:
        """Return the codes of all problems, in order."""
        return [problem.code for problem in self.problems]


def read(
    folder: Path,
    content: bytes,
    format_name: FormatName,
    *,
    limits: Limits | None = None,
    **request: Any,
) -> Read:
    """Return what the reader answers on these bytes; options of the request by name."""
    choice = {
        name: request.pop(name, None)
        for name in ("crs", "datum", "angles", "map_scale", "encoding", "layer")
    }
    standard = {"kinds": [], "repair": False, "key": None, "ids_needed": False}
    places = {"extent": None, "outline": None}
    given = {**standard, **places, **request}
    whole = {**given, "format": format_name, "packed": False, "choice": choice}
    with task_on(folder, content, limits) as task:
        findings, problems, errors, question = parse_answer(read_file(whole, task))
        task.rows.seek(0)
        rows = [
            {"source": number, "fid": fid, "properties": properties, "wkb": wkb}
            for frame in frames(task.rows)
            for number, fid, properties, wkb in zip(*frame, strict=True)
        ]
        return Read(findings, problems, errors, rows, question)


def read_here(
    path: Path,
    *,
    file_name: str,
    request: ReadRequest,
    limits: Limits,
    progress: Callable[[float], None] | None = None,
    cancelled: threading.Event | None = None,
) -> Reading:
    """Return what ``zones.ingest.read_source.read_source`` does, without a process's time."""
    content = path.read_bytes()
    found = recognise(file_name, content[:HEAD_BYTES])
    file = SourceFile(file_name, hashlib.sha256(content).hexdigest(), len(content))

    def read_as(kind: Format) -> Reading:
        with (
            tempfile.TemporaryDirectory() as folder,
            task_on(Path(folder), content, limits) as task,
        ):
            told = read_file(request_as_json(request, kind), task)
            task.rows.seek(0)
            features = features_from(task.rows, kinds=request.kinds, limits=limits)
            (progress or (lambda fraction: None))(1.0)
            return take_in(ChildResult(told, features, "none"), file)

    return read_also_in_zip(read_as, found)
