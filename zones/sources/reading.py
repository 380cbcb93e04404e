"""Reads a file in the confined process and takes in what comes back, trusting none of it."""

import hashlib
import stat
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray

from zones.errors import SourceError
from zones.model import JSON, BBox, GeometryKind, Problem
from zones.sources.decisions import Question
from zones.sources.findings import Findings
from zones.sources.formats import Format, format_in_zip, recognise
from zones.sources.identifiers import is_fit
from zones.sources.limits import MEBIBYTE, Limits
from zones.sources.sandbox import Answer, confined
from zones.sources.wire import parse_answer

_JOB = "zones.sources.reader:read_file"
_ZIP_HOLDS = "zip-holds"
_LONGEST_LINE = 64 * MEBIBYTE
_MOST_FIELDS = 250
_DEEPEST_VALUE = 32
_AT_ONCE = 1000
_KINDS: dict[GeometryKind, tuple[int, ...]] = {"point": (0, 4), "line": (1, 5), "polygon": (3, 6)}
_ANY_KIND = (*range(2), *range(3, 8))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRequest:
    """What to read and how.

    ``key`` is the field that holds the features' ids; with ``ids_needed`` every feature must have
    one. ``kinds`` empty allows any geometry. Features outside ``extent`` are remarked upon.
    ``outline`` is the district in EPSG:4490 as WKB in hexadecimal, for the test of datums.
    """

    crs: str | None = None
    datum: str | None = None
    encoding: str | None = None
    layer: str | None = None
    repair: bool = False
    key: str | None = None
    ids_needed: bool = False
    kinds: frozenset[GeometryKind] = frozenset()
    extent: BBox | None = None
    outline: str | None = None


@dataclass(frozen=True, slots=True)
class ReadFeature:
    """A feature fit to be stored, in EPSG:4490; ``fid`` None is still to be given one."""

    number: int
    fid: str | None
    geometry: Any
    properties: dict[str, JSON]


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
    features: tuple[ReadFeature, ...]
    sandbox: str
    question: Question | None = None


def read_source(
    path: Path,
    *,
    file_name: str,
    request: ReadRequest,
    limits: Limits,
    progress: Callable[[float], None] | None = None,
    cancelled: threading.Event | None = None,
) -> Reading:
    """Return what a file holds, read in a process that can do no harm.

    This process looks at the file's size and bytes only to take its checksum.

    Raises
    ------
    SourceError
        Or ``SourceLimitError``, ``UnknownCRSError``: why the file as a whole cannot be read.
    """
    found = recognise(file_name)
    with _opened(path) as source:
        file = _described(source, file_name)

        def read_as(kind: Format) -> Reading:
            with confined(
                _JOB,
                request_as_json(request, kind),
                source=source,
                limits=limits,
                driver=kind.driver,
                progress=progress,
                cancelled=cancelled,
            ) as answer:
                return take_in(answer, file, request=request, limits=limits)

        return read_also_in_zip(read_as, found)


def read_also_in_zip(read_as: Callable[[Format], Reading], found: Format) -> Reading:
    """Return the reading of a file as ``found``, or as what its zip turns out to hold.

    A process has the one driver that it was started with, so another format takes another one.
    """
    try:
        return read_as(found)
    except SourceError as fault:
        inner = format_in_zip(str(fault.params.get("suffix"))) if fault.code == _ZIP_HOLDS else None
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
    """Return the request as ``zones.sources.reader.read_file`` takes it."""
    told = asdict(request)
    choice = {name: told.pop(name) for name in ("crs", "datum", "encoding", "layer")}
    kinds = sorted(request.kinds)
    return {**told, "kinds": kinds, "choice": choice, "format": kind.name, "packed": kind.packed}


def take_in(answer: Answer, file: SourceFile, *, request: ReadRequest, limits: Limits) -> Reading:
    """Return what a reading process answered, if it can be stored as it stands.

    Raises
    ------
    SourceError
        ``source-unreadable`` if the answer is not of the expected shape, or holds what the
        process had to refuse.
    """
    findings, problems, errors, question = parse_answer(answer.content)
    features: tuple[ReadFeature, ...] = ()
    if not errors and question is None:
        features = tuple(_features(answer.rows, request=request, limits=limits))
        if len(features) != findings.features:
            raise SourceError("source-unreadable")
        _refuse_twins(features)
    return Reading(file, findings, problems, errors, features, answer.sandbox, question)


def _features(rows: IO[bytes], *, request: ReadRequest, limits: Limits) -> Iterator[ReadFeature]:
    most = limits.max_features
    for lines in _line_groups(rows):
        most -= len(lines)
        if most < 0:
            raise SourceError("source-unreadable")
        told = [_parsed(line) for line in lines]
        geometries = _geometries([row["wkb"] for row in told], request=request, limits=limits)
        for row, geometry in zip(told, geometries, strict=True):
            yield ReadFeature(row["source"], row["fid"], geometry, row["properties"])


def _line_groups(rows: IO[bytes]) -> Iterator[list[bytes]]:
    group: list[bytes] = []
    while line := rows.readline(_LONGEST_LINE):
        group.append(line)
        if len(group) == _AT_ONCE:
            yield group
            group = []
    if group:
        yield group


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise SourceError("source-unreadable") from error
    if not _is_sound(row):
        raise SourceError("source-unreadable")
    checked: dict[str, Any] = row
    return checked


def _is_sound(row: object) -> bool:
    if not isinstance(row, dict) or row.keys() != {"source", "fid", "properties", "wkb"}:
        return False
    fid, properties, wkb = row["fid"], row["properties"], row["wkb"]
    return (
        type(row["source"]) is int
        and (fid is None or (isinstance(fid, str) and is_fit(fid)))
        and (wkb is None or isinstance(wkb, str))
        and isinstance(properties, dict)
        and len(properties) <= _MOST_FIELDS
        and all(_is_shallow(value, _DEEPEST_VALUE) for value in properties.values())
    )


def _is_shallow(value: object, levels: int) -> bool:
    if not isinstance(value, list | dict):
        return True
    parts = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(_is_shallow(part, levels - 1) for part in parts)


def _geometries(
    wkb: Sequence[str | None], *, request: ReadRequest, limits: Limits
) -> NDArray[np.object_]:
    try:
        raw = np.array([shape and bytes.fromhex(shape) for shape in wkb], dtype=object)
        geometries = np.asarray(shapely.from_wkb(raw))
    except (shapely.errors.GEOSException, ValueError) as error:
        raise SourceError("source-unreadable") from error
    if not _are_storable(geometries[~shapely.is_missing(geometries)], request, limits):
        raise SourceError("source-unreadable")
    return geometries


def _are_storable(geometries: NDArray[np.object_], request: ReadRequest, limits: Limits) -> bool:
    allowed = [kind for name in request.kinds for kind in _KINDS[name]] or _ANY_KIND
    lonlat = shapely.get_coordinates(geometries)
    counts = shapely.get_num_coordinates(geometries)
    return bool(
        np.isin(shapely.get_type_id(geometries), allowed).all()
        and not shapely.has_z(geometries).any()
        and not shapely.is_empty(geometries).any()
        and (counts <= limits.max_vertices_per_feature).all()
        and (np.abs(lonlat) <= (180.0, 90.0)).all()
    )


def _refuse_twins(features: Sequence[ReadFeature]) -> None:
    fids = [feature.fid for feature in features if feature.fid is not None]
    if len(set(fids)) != len(fids):
        raise SourceError("source-unreadable")
