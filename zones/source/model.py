"""What a source gives, whatever its format: a layer's facts, then its features in batches."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from zones.crs.reference_systems import CRS, epsg_code, parse_crs
from zones.crs.source_crs import SourceCRS, epsg_code_of_name, source_crs_from_epsg
from zones.encoding.decide_encoding import EncodingFinding
from zones.errors import UnknownCRSError
from zones.model import JSON, FieldInfo, Problem
from zones.source.file_findings import CRSBasis, CRSFinding, FormatName, undecided_crs

NOT_SHIFTED: Final = "none"
"""What the option ``datum`` may say beside the names of datums."""


@dataclass(frozen=True, slots=True)
class SourceBatch:
    """Some features, in the file's order and its CRS.

    Attributes
    ----------
    numbers
        Place of each feature in the file, from 1.
    geometries
        None where there is none, and where ``problems`` says why it could not be built.
    ids
        What the format itself calls the feature; None if it has no word for it.
    properties
        By the names in the file.
    problems
        What is wrong with features of this batch as the format's rules go.
    flattened
        Features whose heights or measures were left out already.
    """

    numbers: NDArray[np.int64]
    geometries: NDArray[np.object_]
    ids: list[str | int | float | None]
    properties: list[dict[str, JSON]]
    problems: tuple[Problem, ...] = ()
    flattened: int = 0


@dataclass(frozen=True, slots=True)
class MapScale:
    """The scale by which millimetres on a map became the metres that a source gives.

    ``denominator`` is 1000 where the file names none: the numbers are as they stand there.
    """

    denominator: float
    is_named: bool


@dataclass(frozen=True, slots=True)
class SourceLayer:
    """What is known of a layer before its features are read.

    ``crs`` None is for a person to decide; else it is ready for ``zones.crs.transform``.
    ``crs_finding`` tells people of it. ``field_types`` may be empty where only the features tell
    what they hold. ``fields`` are titles and codes that the file gives, by the names in the file.
    ``notes`` concern the file as a whole. ``may_be_packed`` if its degrees may be degrees,
    minutes and seconds written ``ddd.mmssss``, which nobody has decided. ``map_scale`` if its
    coordinates are millimetres on a map whose scale no person has named.
    """

    format: FormatName
    layer: str | None
    layers: tuple[str, ...]
    encoding: EncodingFinding
    crs: CRS | SourceCRS | None
    crs_finding: CRSFinding
    field_types: dict[str, str] = field(default_factory=dict)
    notes: tuple[Problem, ...] = ()
    fields: Mapping[str, FieldInfo] = field(default_factory=dict)
    may_be_packed: bool = False
    map_scale: MapScale | None = None


class Source(Protocol):
    """One layer of an opened file."""

    @property
    def layer(self) -> SourceLayer:
        """Return what is known of the layer."""
        ...

    def batches(self) -> Iterator[tuple[float, SourceBatch]]:
        """Yield the features in order, each time with the fraction of the file that is done."""
        ...


def declared_crs(text: str) -> CRS | SourceCRS:
    """Return the reference system that a person names; any that EPSG lists will do.

    Raises
    ------
    UnknownCRSError
        If it is neither one of our own names nor a code that EPSG has.
    """
    try:
        return parse_crs(text)
    except UnknownCRSError:
        if (code := epsg_code(text) or epsg_code_of_name(text)) is None:
            raise
    return source_crs_from_epsg(code)


def named_datum(text: str) -> CRS:
    """Return the system that a person names as datum; ``none`` says that nothing is shifted.

    Raises
    ------
    UnknownCRSError
    """
    return CRS.CRS84 if text.strip().lower() == NOT_SHIFTED else parse_crs(text)


def declared_datum(text: str | None, crs: CRS | SourceCRS) -> CRS | None:
    """Return the shifted datum that a person names, None for one that is not shifted.

    It goes with metres too: others project shifted degrees as they are.

    Raises
    ------
    UnknownCRSError
        If it is no datum, or ``crs`` is shifted otherwise.
    """
    if not text:
        return None
    datum = named_datum(text)
    known = crs.known if isinstance(crs, SourceCRS) else crs
    other = known is not None and known.is_shifted and known is not datum
    if not datum.is_geographic or other:
        name = crs.name if isinstance(crs, SourceCRS) else crs.key
        raise UnknownCRSError("datum-conflict", crs=name, datum=datum.key)
    return datum if datum.is_shifted else None


def crs_finding(crs: CRS | SourceCRS, *, basis: CRSBasis, in_file: str | None = None) -> CRSFinding:
    """Return what to tell people of the reference system in use."""
    if isinstance(crs, SourceCRS):
        key = crs.known.key if crs.known else None
        return CRSFinding(crs.name, key, basis, in_file, crs.accuracy_m)
    return CRSFinding(crs.label_en, crs.key, basis, in_file)


def chosen_crs(
    option: str | None,
    *,
    in_format: CRS | None = None,
    in_file: Callable[[], CRS | SourceCRS | None] = lambda: None,
) -> tuple[CRS | SourceCRS | None, CRSFinding]:
    """Return the reference system to use and what to tell of it: the person's word comes first.

    It is None if neither person, format nor file names one, or what the file says is not
    understood, which the finding quotes then.

    Raises
    ------
    UnknownCRSError
        If what the person names is not known.
    """
    if option:
        system = declared_crs(option)
        return system, crs_finding(system, basis="option", in_file=_declared_in(in_file))
    if in_format is not None:
        return in_format, crs_finding(in_format, basis="format")
    try:
        found = in_file()
    except UnknownCRSError as error:
        return None, undecided_crs(str(error.params.get("text", "")))
    if found is None:
        return None, undecided_crs()
    return found, crs_finding(found, basis="file")


def _declared_in(in_file: Callable[[], CRS | SourceCRS | None]) -> str | None:
    try:
        found = in_file()
    except UnknownCRSError as error:
        return str(error.params.get("text", ""))
    if found is None:
        return None
    return found.key if isinstance(found, CRS) else found.name
