"""A file of somebody else's making, and what reading it has to find."""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import shapely

from tests.opened_sources import read_here
from tests.source_files import write
from zones.errors import ZonesError
from zones.georeference.expected_place import surroundings
from zones.ingest.import_report import problem_text
from zones.ingest.read_source import Reading, ReadRequest, read_source
from zones.messages import MessageText, say
from zones.questions_to_people import OpenQuestion
from zones.sandbox.limits import Limits

# With bays, so that no shift maps its border onto itself.
DISTRICT = shapely.box(123.36, 41.76, 123.46, 41.82).difference(
    shapely.box(123.39, 41.80, 123.41, 41.83)
)
_PLACES: Mapping[str, Any] = {"extent": surroundings(DISTRICT), "outline": DISTRICT.wkb_hex}


@dataclass(frozen=True, kw_only=True)
class ForeignFile:
    """A file: what is odd about it, what the sender calls it, options of ``ReadRequest``."""

    description: str
    name: str
    make: Callable[[], bytes]
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """What reading a file came to: a fault of the whole file, or a reading of it."""

    fault: ZonesError | None = None
    reading: Reading | None = None

    def __str__(self) -> str:
        """Return it in one line."""
        if self.reading is None:
            return f"refuses: {self.fault.code if self.fault else ''}"
        if self.reading.question is not None:
            return _asked(self.reading.question)
        codes = dict.fromkeys(problem.code for problem in self.reading.problems)
        tail = f"; {', '.join(codes)}" if codes else ""
        if self.reading.errors:
            return f"rejects {self.reading.errors}{tail}"
        return f"reads {_read(self.reading)}{tail}"

    def sayings(self) -> list[tuple[MessageText, bool]]:
        """Return all that people are told, in both languages, and whether it has to have a hint."""
        if self.reading is None:
            return [(self.fault.text(lang), True) for lang in ("zh", "en")] if self.fault else []
        told = [
            (problem_text(problem, lang), problem.severity == "error")
            for problem in self.reading.problems
            for lang in ("zh", "en")
        ]
        if (asked := self.reading.question) is not None:
            told += [(say(asked.code, lang, **asked.params), True) for lang in ("zh", "en")]
        return told


def found_in(file: ForeignFile) -> Found:
    """Return what reading the file comes to, read in this process."""
    return read_as(file.name, file.make(), **file.options)


def found_by_child(file: ForeignFile, limits: Limits) -> Found:
    """Return what reading the file comes to in the confined process, as the service reads it."""
    request = ReadRequest(**{**_PLACES, **file.options})
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder), file.make())
        try:
            return Found(
                reading=read_source(path, file_name=file.name, request=request, limits=limits)
            )
        except ZonesError as fault:
            return Found(fault=fault)


def read_as(name: str, content: bytes, **options: Any) -> Found:
    """Return what reading these bytes under a name comes to."""
    request = ReadRequest(**{**_PLACES, **options})
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder), content, "upload")
        try:
            return Found(reading=read_here(path, file_name=name, request=request, limits=Limits()))
        except ZonesError as fault:
            return Found(fault=fault)


def _asked(question: OpenQuestion) -> str:
    answers = ", ".join(next(iter(one.options.values())) for one in question.candidates)
    return f"asks {question.code}: {answers or '—'}"


def _read(reading: Reading) -> str:
    """Return number, place and first text of the features, system and encoding."""
    crs, encoding = reading.findings.crs, reading.findings.encoding
    parts = [str(len(reading.features))]
    shapes = [item.geometry for item in reading.features if item.geometry is not None]
    if shapes:
        place = shapely.centroid(shapes[0])
        parts.append(f"{shapes[0].geom_type} at {place.x:.3f} {place.y:.3f}")
    parts.append(f"{crs.key or crs.name} by {crs.basis}")
    parts.append(f"{encoding.name} by {encoding.basis}")
    texts = (value for item in reading.features[:1] for value in item.properties.values())
    parts += [f"“{text.replace(chr(10), '⏎')}”" for text in texts if isinstance(text, str)][:1]
    return ", ".join(parts)
