"""The member ``crs`` that GeoJSON had before RFC 7946, in the forms in which files have it.

GeoJSON of 2008 names a system or links to one; the draft of 2006 gave an EPSG code or an OGC URN.
It stands at the root, at each feature, or (as PostGIS writes it) at each geometry. One file is in
one system here; links are refused.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from zones.crs.reference_systems import CRS, parse_crs
from zones.crs.source_crs import epsg_code_of_name
from zones.errors import SourceError, UnknownCRSError

_DEFAULT: Final = CRS.CRS84.key
_XY_ORDER: Final = ([0, 1], [0, 1, 2])
# URNs with the version left out, of the experimental namespace, of a compound system (the height
# comes second), and the address of a site.
_EPSG_FORMS: Final = re.compile(
    r"(?:urn:(?:x-)?ogc:def:crs[:,](?:crs:)?epsg:(?:[^:,]*:)?"
    r"|https?://(?:www\.)?spatialreference\.org/ref/epsg/)(\d{4,6})(?:/|,crs:\S*)?"
)
_CRS84_FORMS: Final = re.compile(r"(?:ogc:|urn:(?:x-)?ogc:def:crs[:,](?:crs:)?ogc:[^:]*:)crs84h?")


def system_named(member: Any) -> str | None:
    """Return the name of the system in a ``crs`` member, None where there is none.

    Raises
    ------
    SourceError
        ``geojson-crs`` if it is a link, or does not name a system.

    Examples
    --------
    >>> system_named({"type": "EPSG", "properties": {"code": 4490}})
    'EPSG:4490'
    """
    if member is None:
        return None
    if not isinstance(member, dict):
        return _name(member)
    properties = member.get("properties", member)
    kind = member.get("type", "name")
    if not isinstance(properties, dict) or not isinstance(kind, str):
        raise SourceError("geojson-crs")
    if properties.get("coordinate_order", _XY_ORDER[0]) not in _XY_ORDER:
        raise SourceError("geojson-crs")
    for form, key in (("name", "name"), ("name", "code"), ("epsg", "code"), ("ogc", "urn")):
        if kind.lower() == form and properties.get(key) is not None:
            return _name(properties[key])
    raise SourceError("geojson-crs")


def crs_members(feature: dict[str, Any]) -> Iterator[Any]:
    """Yield the ``crs`` members of a feature, its geometry and the members of that."""
    pending: list[Any] = [feature, feature.get("geometry")]
    while pending:
        value = pending.pop()
        if not isinstance(value, dict):
            continue
        if (member := value.get("crs")) is not None:
            yield member
        members = value.get("geometries")
        pending += members if isinstance(members, list) else []


class SystemOfFile:
    """The system that a file names: at its root, or else with its first feature.

    ``name`` is None where it names none.
    """

    def __init__(self, root: Any, first: Any) -> None:
        at_root = system_named(root)
        at_first = next(crs_members(first), None) if isinstance(first, dict) else None
        self.name = at_root or _of_feature(at_first, 1)
        self._key, self._inherited = _key(self.name), _key(at_root)
        self._accepted: Any = root

    def check(self, feature: dict[str, Any], number: int) -> None:
        """Raise if a feature is in another system than its file.

        Raises
        ------
        SourceError
        """
        names_none = True
        for member in crs_members(feature):
            names_none = False
            if member == self._accepted:
                continue
            if _key(_of_feature(member, number)) != self._key:
                raise SourceError("geojson-crs", loc=("feature", number))
            self._accepted = member
        if names_none and self._inherited != self._key:
            raise SourceError("geojson-crs", loc=("feature", number))


def _of_feature(member: Any, number: int) -> str | None:
    try:
        return system_named(member)
    except SourceError as fault:
        raise SourceError(fault.code, loc=("feature", number)) from fault


def _name(value: Any) -> str:
    """Return a name in the form that ``zones.source.model.declared_crs`` takes."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise SourceError("geojson-crs")
    text = str(value).strip()
    if text.isdecimal():
        return f"EPSG:{text}"
    if match := _EPSG_FORMS.fullmatch(text.lower()):
        return f"EPSG:{match[1]}"
    if _CRS84_FORMS.fullmatch(text.lower()):
        return _DEFAULT
    return text if _is_known(text) else _by_long_name(text)


def _is_known(name: str) -> bool:
    try:
        parse_crs(name)
    except UnknownCRSError:
        return False
    return True


def _by_long_name(name: str) -> str:
    code = epsg_code_of_name(name)
    return name if code is None else f"EPSG:{code}"


def _key(name: str | None) -> str:
    """Return a name that is the same for all names of a system; WGS 84 is one whatever its axes."""
    try:
        crs = parse_crs(name or _DEFAULT)
    except UnknownCRSError:
        return (name or "").lower()
    return _DEFAULT if crs is CRS.EPSG_4326 else crs.key
