"""What a file says of its coordinate reference system, and how well that leads to CGCS2000.

Unlike the closed list of ``zones.crs.reference_systems`` this takes any system that PROJ can read:
Xian 1980, Beijing 1954, Esri's WKT, UTM. It belongs where files are read, not where requests
are answered. Nothing here changes a coordinate; see ``zones.crs.transform``.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

import pyproj.network
from pyproj.crs import CRS as ProjCRS  # noqa: N811 - CRS is ours
from pyproj.exceptions import CRSError, ProjError
from pyproj.transformer import AreaOfInterest, TransformerGroup

from zones.crs.reference_systems import CRS
from zones.errors import UnknownCRSError
from zones.model import Problem

# For the whole process and every later thread: no answer may depend on a network, and no file
# may make the program fetch a grid.
pyproj.network.set_network_enabled(False)  # type: ignore[attr-defined]  # missing in pyproj's stubs

_LONGEST_WKT = 65536
_LONGEST_QUOTE = 80
_PROJJSON_TYPES = frozenset({"GeographicCRS", "ProjectedCRS", "BoundCRS", "CompoundCRS"})

# The names under which programs write the datum of CGCS2000, without "D_" and punctuation.
_CGCS2000_DATUMS = frozenset(
    {"china2000", "cgcs2000", "chinageodeticcoordinatesystem2000", "chinesegeodetic2000"}
)
# A zone of six degrees and one of three that share their meridian differ in name alone.
_SAME_ZONE: dict[int | None, int] = {4510: 4550}
_AXIS_STEP = "axis order change (2D)"
_WGS84_DATUM = "World Geodetic System 1984"
_WGS84_TO_CGCS2000_M = 1.0

# PROJ chooses among the transformations of a datum by place. Ours is Shenyang; without it,
# parameters of the Yellow Sea or the Tarim basin stand on the list for Beijing 1954.
_SHENYANG = AreaOfInterest(122.3, 41.1, 123.9, 43.1)


@dataclass(frozen=True, slots=True)
class SourceCRS:
    """A file's coordinate reference system.

    Attributes
    ----------
    name
        As the file or the register has it.
    pipeline
        The PROJ pipeline from x (easting, longitude), y to CGCS2000 longitude, latitude in
        degrees.
    known
        The same system in our own list, if it is there.
    accuracy_m
        How far off a transformed place may be; 0 for CGCS2000 itself, None when nobody knows.
    notes
        What the person importing should be told, as messages of the catalogue.
    """

    name: str
    pipeline: str
    known: CRS | None = None
    accuracy_m: float | None = None
    notes: tuple[Problem, ...] = ()


def source_crs_from_wkt(wkt: str) -> SourceCRS:
    """Return the system that a text in WKT (OGC 1 or 2, Esri) defines, as a .prj file holds it.

    A vertical part is ignored.

    Raises
    ------
    UnknownCRSError
        If the text is no WKT, or defines a system without relation to the earth.
    """
    try:
        if len(wkt) > _LONGEST_WKT:
            raise CRSError("too long")
        crs = ProjCRS.from_wkt(wkt)
    except CRSError as error:
        raise _unreadable(wkt) from error
    return _source_crs(crs)


def source_crs_from_projjson(definition: Mapping[str, object]) -> SourceCRS:
    """Return the system that PROJJSON defines, as GeoParquet holds it.

    Raises
    ------
    UnknownCRSError
        If it is no PROJJSON, or defines a system without relation to the earth.
    """
    name = str(definition.get("name", ""))
    text = json.dumps(definition, ensure_ascii=False)
    try:
        if len(text) > _LONGEST_WKT or definition.get("type") not in _PROJJSON_TYPES:
            raise CRSError("no system")
        crs = ProjCRS.from_json(text)
    except (CRSError, RecursionError) as error:
        raise _unreadable(name) from error
    return _source_crs(crs)


def source_crs_from_esri(code: int) -> SourceCRS:
    """Return the system that Esri lists under a code of its own.

    Raises
    ------
    UnknownCRSError
        If there is no such code, or it names a system without relation to the earth.
    """
    try:
        crs = ProjCRS.from_authority("ESRI", code)
    except CRSError as error:
        raise _unreadable(f"ESRI:{code}") from error
    return _source_crs(crs)


def source_crs_from_epsg(code: int) -> SourceCRS:
    """Return the system of an EPSG code, which need not be in our own list.

    Raises
    ------
    UnknownCRSError
        If EPSG has no such code, or it names a system without relation to the earth.
    """
    try:
        crs = ProjCRS.from_epsg(code)
    except CRSError as error:
        raise _unreadable(f"EPSG:{code}") from error
    return _source_crs(crs)


def is_in_degrees(code: int) -> bool:
    """Return whether a system of EPSG is of longitudes and latitudes; no if there is none."""
    try:
        return bool(ProjCRS.from_epsg(code).is_geographic)
    except CRSError:
        return False


def epsg_code_of_name(name: str) -> int | None:
    """Return the code of the system that EPSG lists under this name, None if it lists none.

    Case, blanks and punctuation do not matter, all else does: PROJ takes ``Beijing`` for New
    Beijing.

    Examples
    --------
    >>> epsg_code_of_name("CGCS2000 / 3-degree Gauss-Kruger CM 123E"), epsg_code_of_name("Beijing")
    (4550, None)
    """
    plain = _plain(name)
    if len(name) > _LONGEST_QUOTE or not name[:1].isalpha():
        return None
    try:
        crs = ProjCRS.from_user_input(name)
    except CRSError:
        return None
    return crs.to_epsg() if _plain(crs.name) == plain else None


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


def _unreadable(text: str) -> UnknownCRSError:
    supported = ", ".join(crs.key for crs in CRS)
    quoted = " ".join(text[:_LONGEST_QUOTE].split())
    return UnknownCRSError("crs-unreadable", text=quoted, supported=supported)


def _source_crs(crs: ProjCRS) -> SourceCRS:
    if not (crs.is_geographic or crs.is_projected):
        raise UnknownCRSError("crs-not-on-earth", text=crs.name[:_LONGEST_QUOTE])
    flat = _without_height(crs)
    return _cgcs2000_based(flat) if _datum_of(flat) == "CGCS2000" else _wgs84_by_way(flat)


def _without_height(crs: ProjCRS) -> ProjCRS:
    if crs.is_compound:
        return crs.sub_crs_list[0]
    # Not for flat systems: to_2d makes a copy that is no longer recognised as its EPSG code.
    return crs.to_2d() if len(crs.axis_info) > 2 else crs  # noqa: PLR2004 - axes of a plane


def _cgcs2000_based(crs: ProjCRS) -> SourceCRS:
    # A datum name that PROJ does not know would lead to the same numbers by a "ballpark" step.
    pipeline, _, _ = _best_operation(crs, ProjCRS.from_epsg(4490))
    return SourceCRS(crs.name, pipeline, _known(crs), accuracy_m=0.0)


def _wgs84_by_way(crs: ProjCRS) -> SourceCRS:
    """Return the source with its way to WGS 84, which stands for CGCS2000.

    EPSG lists the old Chinese and foreign datums against WGS 84 only, and PROJ ignores the
    TOWGS84 of a file when the target is CGCS2000.
    """
    pipeline, operation, accuracy_m = _best_operation(crs, ProjCRS.from_epsg(4326))
    known, name = _known(crs), crs.name
    if _datum_of(crs) == "WGS 84":
        note = Problem("datum-same-within-metre", {"crs": name}, severity="note")
        return SourceCRS(name, pipeline, known, _WGS84_TO_CGCS2000_M, (note,))
    if "Ballpark" in operation:
        params = {"crs": name, "datum": _datum_name(crs)}
        note = Problem("datum-shift-unknown", params, severity="warning")
        return SourceCRS(name, pipeline, known, None, (note,))
    if crs.is_bound:
        note = Problem("datum-shifted-by-file", {"crs": name}, severity="warning")
        return SourceCRS(name, pipeline, known, None, (note,))
    total_m = accuracy_m + _WGS84_TO_CGCS2000_M
    params = {"crs": name, "operation": operation, "accuracy_m": f"{total_m:g}"}
    note = Problem("datum-shifted", params, severity="note")
    return SourceCRS(name, pipeline, known, total_m, (note,))


def _best_operation(crs: ProjCRS, target: ProjCRS) -> tuple[str, str, float]:
    """Return pipeline, description and accuracy (-1: unknown) of PROJ's best way for Shenyang.

    The pipeline's text is kept because the transformers of a group may not be shared by threads.
    """
    try:
        group = TransformerGroup(crs, target, always_xy=True, area_of_interest=_SHENYANG)
        best = group.transformers[0]
    except (ProjError, IndexError) as error:
        raise UnknownCRSError("crs-not-on-earth", text=crs.name[:_LONGEST_QUOTE]) from error
    steps = [step for step in best.description.split(" + ") if step != _AXIS_STEP]
    return best.definition, " + ".join(steps), best.accuracy


def _datum_name(crs: ProjCRS) -> str:
    geodetic = crs.geodetic_crs
    return geodetic.datum.name if geodetic and geodetic.datum else ""


def _datum_of(crs: ProjCRS) -> str | None:
    """Return ``CGCS2000`` or ``WGS 84`` if the system rests on one of them and says no more."""
    if crs.is_bound:
        return None
    name = _datum_name(crs)
    if re.sub(r"[^a-z0-9]", "", name.lower().removeprefix("d_")) in _CGCS2000_DATUMS:
        return "CGCS2000"
    return "WGS 84" if name.startswith(_WGS84_DATUM) else None


def _known(crs: ProjCRS) -> CRS | None:
    """Return the member of our list that has the same definition, whatever its name."""
    code = None if crs.is_bound else crs.to_epsg()
    code = _SAME_ZONE.get(code, code)
    return next((ours for ours in CRS if ours.key == f"EPSG:{code}"), None)
