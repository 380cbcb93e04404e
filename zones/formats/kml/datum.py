"""The datum that a KML itself names, which Ovi map (奥维) writes into each placemark."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from zones.crs.reference_systems import CRS
from zones.crs.source_crs import SourceCRS
from zones.formats.kml.elements import Container, KMLElement
from zones.model import Problem
from zones.source.file_findings import CRSFinding, undecided_crs
from zones.source.model import chosen_crs, crs_finding, declared_crs, named_datum

_ELEMENT: Final = "OvCoordType"
_PUNCTUATION: Final = re.compile(r"[\W_]+")
_DATUMS: Final = {
    **dict.fromkeys(("wgs84", "wgs1984", "wgs", "crs84", "epsg4326"), CRS.CRS84),
    **dict.fromkeys(("cgcs2000", "cgcs", "cgc2000", "epsg4490"), CRS.EPSG_4490),
    **dict.fromkeys(("gcj02", "gcj", "gcj2"), CRS.GCJ02),
    **dict.fromkeys(("bd09", "bd09ll", "bd"), CRS.BD09),
}
_HEADINGS: Final = frozenset(
    [
        "坐标系",
        "坐标系统",
        "坐标类型",
        "坐标基准",
        "基准",
        "大地基准",
        "datum",
        "crs",
        "coordsys",
        "coordtype",
        "coordinatesystem",
        "coordinatetype",
    ]
)
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class DatumChoice:
    """The system of a layer, what to tell of it, and whether features have one each.

    ``each`` gives the shifted datum by the word that a placemark has for it, where placemarks
    differ.
    """

    crs: CRS | SourceCRS | None
    finding: CRSFinding
    each: Mapping[str, CRS]
    notes: tuple[Problem, ...] = ()


def datum_named(element: KMLElement | Container) -> str:
    """Return what a placemark or folder says of its datum, nothing if it says nothing."""
    children = element.children if isinstance(element, KMLElement) else element.elements
    for child in children:
        if child.name == _ELEMENT and child.text.strip():
            return child.text.strip()[:_LONGEST]
        if child.name == "ExtendedData":
            for data in child.named("Data"):
                value = data.child("value")
                name = data.attributes.get("name", "").lower()
                if name == _ELEMENT.lower() and value and value.text.strip():
                    return value.text.strip()[:_LONGEST]
    return _datum_among_data(children)


def _datum_among_data(children: Sequence[KMLElement]) -> str:
    """Return the shifted datum that ordinary data name under a heading for it."""
    for extended in children:
        if extended.name != "ExtendedData":
            continue
        schemas = [data for each in extended.named("SchemaData") for data in each.children]
        for data in [*extended.named("Data"), *schemas]:
            if _is_heading(data.attributes.get("name", "")):
                value = data.child("value") if data.name == "Data" else data
                word = value.text.strip()[:_LONGEST] if value else ""
                if (known := _known(word)) and known.is_shifted:
                    return word
    return ""


@lru_cache(maxsize=1024)
def _is_heading(name: str) -> bool:
    return _PUNCTUATION.sub("", name.casefold()) in _HEADINGS


def datums_of_containers(containers: Sequence[Container]) -> list[str]:
    """Return what each container says, or the nearest around it that says something."""
    datums: list[str] = []
    for each in containers:
        inherited = datums[each.parent] if each.parent >= 0 else ""
        datums.append(datum_named(each) or inherited)
    return datums


def chosen_datum(named: Counter[str], *, crs: str | None, datum: str | None) -> DatumChoice:
    """Return the system of features by what they say, counted, and by what the person says.

    Raises
    ------
    UnknownCRSError
        If what the person names is not known.
    """
    declared = {word: _known(word) for word in named if word}
    if not declared:
        return DatumChoice(*chosen_crs(crs, in_format=CRS.CRS84), {})
    listed = _listed(named)
    if crs or datum:
        return _by_option(declared, listed, crs=crs, datum=datum)
    if None in declared.values():
        unknown = next(word for word, known in declared.items() if known is None)
        return DatumChoice(None, undecided_crs(unknown), {})
    return _by_file(named, {word: known for word, known in declared.items() if known}, listed)


def _by_file(named: Counter[str], declared: Mapping[str, CRS], listed: str) -> DatumChoice:
    shifts = {known if known.is_shifted else None for known in declared.values()}
    if "" in named:
        shifts.add(None)
    if len(shifts) == 1:
        system = next(iter(declared.values())) if len(set(declared.values())) == 1 else CRS.CRS84
        note = Problem("kml-datum-named", {"datum": listed}, "note")
        return DatumChoice(system, crs_finding(system, basis="file"), {}, (note,))
    each = {word: known for word, known in declared.items() if known.is_shifted}
    warning = Problem("kml-datum-mixed", {"datums": listed}, "warning")
    return DatumChoice(CRS.CRS84, crs_finding(CRS.CRS84, basis="file"), each, (warning,))


def _by_option(
    declared: Mapping[str, CRS | None], listed: str, *, crs: str | None, datum: str | None
) -> DatumChoice:
    """Return what the person says; it is told if the file says otherwise."""
    option = declared_crs(crs or "CRS84")
    meant = named_datum(datum) if datum else option
    system = option if crs else meant
    finding = crs_finding(system, basis="option", in_file=listed)
    if {_shift(known) for known in declared.values()} == {_shift(meant)}:
        return DatumChoice(system, finding, {})
    params = {"datum": listed, "option": datum or crs or ""}
    return DatumChoice(
        system, finding, {}, (Problem("kml-datum-overruled", dict(params), "warning"),)
    )


def _shift(system: CRS | SourceCRS | None) -> CRS | SourceCRS | None:
    """Return the system, one for all whose degrees are not shifted."""
    known = system.known if isinstance(system, SourceCRS) else system
    plain = known is not None and known.is_geographic and not known.is_shifted
    return CRS.CRS84 if plain else system


def _known(word: str) -> CRS | None:
    return _DATUMS.get(_PUNCTUATION.sub("", word.casefold()))


def _listed(named: Counter[str]) -> str:
    return ", ".join(f"{word or '—'} × {count}" for word, count in named.most_common(5))
