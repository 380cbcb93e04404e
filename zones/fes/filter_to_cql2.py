"""A filter in Filter Encoding -> the document of the same filter in CQL2 JSON."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from xml.etree.ElementTree import Element

from zones.cql2.columns import FID, GEOMETRY
from zones.crs.transform import CRS
from zones.fes.comparison_values import PROPERTY, OperandReader, instant, is_geometry
from zones.fes.faults import SHOWN, fault, operands, unknown
from zones.gml.property_types import FeatureType
from zones.gml.read_geometry import read_geometry
from zones.gml.safe_xml import local_name, text_of
from zones.gml.srs_names_and_axes import default_srs
from zones.gml.write_features import SRS
from zones.gml.xml_names import fid_of
from zones.snapshot.collection import Collection

JSONObject = dict[str, Any]

COMPARISONS: Final[Mapping[str, str]] = {
    "PropertyIsEqualTo": "=",
    "PropertyIsNotEqualTo": "<>",
    "PropertyIsLessThan": "<",
    "PropertyIsGreaterThan": ">",
    "PropertyIsLessThanOrEqualTo": "<=",
    "PropertyIsGreaterThanOrEqualTo": ">=",
}
SPATIAL: Final[Mapping[str, str]] = {
    "BBOX": "s_intersects",
    "Equals": "s_equals",
    "Disjoint": "s_disjoint",
    "Touches": "s_touches",
    "Within": "s_within",
    "Overlaps": "s_overlaps",
    "Crosses": "s_crosses",
    "Intersects": "s_intersects",
    "Contains": "s_contains",
}
TEMPORAL: Final[Mapping[str, str]] = {
    "After": "t_after",
    "Before": "t_before",
    "Begins": "t_starts",
    "BegunBy": "t_startedBy",
    "TContains": "t_contains",
    "During": "t_during",
    "EndedBy": "t_finishedBy",
    "Ends": "t_finishes",
    "TEquals": "t_equals",
    "Meets": "t_meets",
    "MetBy": "t_metBy",
    "TOverlaps": "t_overlaps",
    "OverlappedBy": "t_overlappedBy",
    "AnyInteracts": "t_intersects",
}
IDS: Final[Mapping[str, str]] = {"ResourceId": "rid", "FeatureId": "fid", "GmlObjectId": "id"}


def filter_document(
    root: Element, collection: Collection, *, unnamed: Sequence[SRS] = (default_srs(),)
) -> tuple[JSONObject, CRS]:
    """Return the document of a ``Filter`` element, and the system of the coordinates in it.

    Parameters
    ----------
    unnamed
        Systems of geometries that name none; see ``read_geometry``.

    Raises
    ------
    FESError
        ``fes-unknown`` for an operator that is not understood; others for its operands.
    GMLError, UnknownCRSError
        For a geometry.
    """
    if local_name(root) != "Filter":
        raise unknown(root)
    reader = _Reader(collection, unnamed)
    conditions = [*root]
    if not conditions:
        raise fault("operands", name="Filter", count=1, given=0)
    if all(local_name(each) in IDS for each in conditions):
        return reader.ids(conditions), reader.crs or CRS.CRS84
    document = reader.condition(operands(root, 1)[0])
    return document, reader.crs or CRS.CRS84


class _Reader:
    """Reads one filter; ``crs`` is the system of its geometries."""

    def __init__(self, collection: Collection, unnamed: Sequence[SRS]) -> None:
        self.crs: CRS | None = None
        self._unnamed = unnamed
        self._collection_id = collection.info.id
        self._kind = collection.derived(FeatureType)
        self._values = OperandReader(collection.info.id, self._kind)

    def condition(self, element: Element) -> JSONObject:
        name = local_name(element)
        if name in {"And", "Or"}:
            return self._joined(element, name.lower())
        if name == "Not":
            return {"op": "not", "args": [self.condition(operands(element, 1)[0])]}
        if name in COMPARISONS:
            return self._comparison(element, COMPARISONS[name])
        if name in SPATIAL:
            return self._spatial(element, SPATIAL[name])
        if name in TEMPORAL:
            return self._temporal(element, TEMPORAL[name])
        read = self._others.get(name)
        if read is None:
            raise unknown(element)
        return read(self, element)

    def ids(self, elements: list[Element]) -> JSONObject:
        """Return the condition that a feature is one of those named."""
        named = [next(iter(e.attrib.values()), "") for e in elements]
        fids = [fid_of(self._collection_id, each) for each in named]
        for written, fid in zip(named, fids, strict=True):
            if fid is None:
                raise fault("id", given=written[:SHOWN], name=self._kind.name)
        return {"op": "in", "args": [{"property": FID}, fids]}

    def _joined(self, element: Element, op: str) -> JSONObject:
        parts = [*element]
        if not parts:
            raise fault("operands", name=local_name(element), count=2, given=0)
        ids = [each for each in parts if local_name(each) in IDS]
        conditions = [self.condition(each) for each in parts if each not in ids]
        if ids:
            conditions.append(self.ids(ids))
        return conditions[0] if len(conditions) == 1 else {"op": op, "args": conditions}

    def _comparison(self, element: Element, op: str) -> JSONObject:
        if element.get("matchAction", "Any") != "Any":
            raise fault(
                "attribute", name="matchAction", given=element.get("matchAction", "")[:SHOWN]
            )
        args = self._values.pair(element)
        if element.get("matchCase", "true") in {"false", "0"} and _are_texts(args):
            args = [{"op": "casei", "args": [each]} for each in args]
        return {"op": op, "args": args}

    def _like(self, element: Element) -> JSONObject:
        subject, pattern = operands(element, 2)
        if local_name(pattern) != "Literal":
            raise unknown(pattern)
        args: list[Any] = [
            self._values.value(subject, None),
            like_pattern(element, pattern.text or ""),
        ]
        if element.get("matchCase", "true") in {"false", "0"}:
            args = [{"op": "casei", "args": [each]} for each in args]
        return {"op": "like", "args": args}

    def _between(self, element: Element) -> JSONObject:
        return {"op": "between", "args": self._values.pair(element, count=3)}

    def _null(self, element: Element) -> JSONObject:
        subject = operands(element, 1)[0]
        if local_name(subject) not in PROPERTY:
            raise unknown(subject)
        return {"op": "isNull", "args": [self._values.property(subject)]}

    def _spatial(self, element: Element, op: str) -> JSONObject:
        parts = [*element]
        if len(parts) == 1:  # a box alone is one of the geometry
            return {"op": op, "args": [{"property": GEOMETRY}, self._geometry(parts[0])]}
        first, second = operands(element, 2)
        return {"op": op, "args": [self._place(first), self._place(second)]}

    def _place(self, element: Element) -> JSONObject:
        if local_name(element) not in PROPERTY:
            return self._geometry(element)
        if not is_geometry(text_of(element), self._kind):
            raise fault(
                "not-geometry", name=text_of(element)[:SHOWN], known=self._kind.geometry_element
            )
        return {"property": GEOMETRY}

    def _geometry(self, element: Element) -> JSONObject:
        geometry, srs = read_geometry(element, self._unnamed)
        if self.crs not in {None, srs.crs}:
            raise fault("two-systems", first=str(self.crs), second=srs.crs.key)
        self.crs = srs.crs
        return geometry

    def _temporal(self, element: Element, op: str) -> JSONObject:
        first, second = operands(element, 2)
        args = [self._time(first), self._time(second)]
        return {"op": op, "args": args}

    def _time(self, element: Element) -> Any:
        if local_name(element) in PROPERTY:
            return self._values.property(element)
        return instant(element)

    _others: Mapping[str, Callable[["_Reader", Element], JSONObject]] = {
        "PropertyIsLike": _like,
        "PropertyIsBetween": _between,
        "PropertyIsNull": _null,
        "PropertyIsNil": _null,
        **dict.fromkeys(IDS, lambda reader, element: reader.ids([element])),
    }


def like_pattern(element: Element, text: str) -> str:
    """Return the pattern of a ``PropertyIsLike`` with the wildcards of CQL2: % and _.

    Wildcards and the escape may be several characters long; what follows an escape is plain.
    """
    any_, one = element.get("wildCard", "*"), element.get("singleChar", "?")
    escape = element.get("escapeChar") or element.get("escape") or "\\"
    marks = [each for each in (escape, any_, one) if each]
    written, escaped, at = list[str](), False, 0
    while at < len(text):
        found = next((each for each in marks if text.startswith(each, at)), text[at])
        at += len(found)
        if not escaped and found == escape:
            escaped = True
            continue
        written.append(_plain(found) if escaped else _wild(found, any_, one))
        escaped = False
    return "".join(written)


def _wild(found: str, any_: str, one: str) -> str:
    if found == any_:
        return "%"
    return "_" if found == one else _plain(found)


def _plain(text: str) -> str:
    return "".join(f"\\{each}" if each in "%_\\" else each for each in text)


def _are_texts(args: list[Any]) -> bool:
    return any(isinstance(each, str) for each in args)
