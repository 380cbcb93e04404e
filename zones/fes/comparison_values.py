"""Values of Filter Encoding, which are all texts -> values as the properties beside them want."""

from collections.abc import Mapping
from typing import Any, Final
from xml.etree.ElementTree import Element

from zones.cql2.columns import FID, GEOMETRY
from zones.cql2.number_parsing import number_of_word
from zones.fes.faults import SHOWN, fault, operands, unknown
from zones.gml.property_types import FeatureType, GMLProperty
from zones.gml.safe_xml import child, local_name, text_of
from zones.gml.xml_names import fid_of, plain_name

JSONObject = dict[str, Any]

PROPERTY: Final = frozenset({"ValueReference", "PropertyName"})
ARITHMETIC: Final[Mapping[str, str]] = {"Add": "+", "Sub": "-", "Mul": "*", "Div": "/"}
_TRUTH: Final = {"true": True, "1": True, "false": False, "0": False}
_NUMBERS: Final = frozenset({"double", "long", "integer"})
_IDS: Final = frozenset({"gml:id", "@gml:id", "@fid", "fid"})


class OperandReader:
    """Reads the operands of one filter, for one type of features."""

    def __init__(self, collection_id: str, kind: FeatureType) -> None:
        self._collection_id = collection_id
        self._kind = kind

    def pair(self, element: Element, *, count: int = 2) -> list[Any]:
        """Return the operands of a comparison; literals are as the property beside them."""
        parts = operands(element, count)
        field = next((self.field(e) for e in parts if local_name(e) in PROPERTY), None)
        is_id = any(local_name(e) in PROPERTY and text_of(e) in _IDS for e in parts)
        return [self.value(each, field, is_id=is_id) for each in parts]

    def value(self, element: Element, field: GMLProperty | None, *, is_id: bool = False) -> Any:
        """Return an operand of a comparison as the filter's document has it."""
        name = local_name(element)
        if name in PROPERTY:
            return self.property(element)
        if name in {"LowerBoundary", "UpperBoundary"}:
            return self.value(operands(element, 1)[0], field, is_id=is_id)
        if name in ARITHMETIC:
            return {"op": ARITHMETIC[name], "args": self.pair(element)}
        if name != "Literal":
            raise unknown(element)
        return self._own_id(element) if is_id else literal(element, field)

    def property(self, element: Element) -> JSONObject:
        """Return the property that an element names.

        Raises
        ------
        FESError
            ``fes-property`` if there is none of the name.
        """
        written = text_of(element)
        if written in _IDS:
            return {"property": FID}
        if is_geometry(written, self._kind):
            return {"property": GEOMETRY}
        field = self.field(element)
        if field is None:
            known = ", ".join([self._kind.geometry_element, *self._kind.by_element])
            raise fault("property", name=written[:SHOWN], known=known[:1000])
        return {"property": field.name}

    def field(self, element: Element) -> GMLProperty | None:
        """Return the field that an element names, with or without prefix and path."""
        last = last_step(text_of(element))
        field = self._kind.by_element.get(last)
        return field or next((f for f in self._kind.fields if f.name == plain_name(last)), None)

    def _own_id(self, element: Element) -> str:
        written = text_of(element)
        return fid_of(self._collection_id, written) or written


def is_geometry(written: str, kind: FeatureType) -> bool:
    """Return whether a name is that of the geometry; none at all is (FES 2.0, 7.8.3.2)."""
    return last_step(written) in {"", kind.geometry_element, "the_geom", "msGeometry"}


def last_step(path: str) -> str:
    """Return the last name of a path such as ``hz:zones/hz:name``, without its prefix."""
    return path.strip().rpartition("/")[2].rpartition(":")[2]


def literal(element: Element, field: GMLProperty | None) -> Any:
    """Return a literal as a property's type wants it; a text where there is no property.

    Raises
    ------
    FESError
        ``fes-number``, ``fes-truth`` if it is none beside a property of numbers, or of truth.
    """
    if len(element):
        return instant(element)
    text = element.text or ""
    if field is None or field.type not in {*_NUMBERS, "boolean"}:
        return text
    word = text.strip()
    if field.type == "boolean":
        if word.lower() not in _TRUTH:
            raise fault("truth", name=field.name[:SHOWN], given=text[:SHOWN])
        return _TRUTH[word.lower()]
    number = number_of_word(word.removeprefix("+"))
    if number is None:
        raise fault("number", name=field.name[:SHOWN], given=text[:SHOWN])
    return number


def instant(element: Element) -> Any:
    """Return a time in GML, or the text of a literal, as the filter's document has it."""
    name = local_name(element)
    if name == "TimePeriod":
        ends = [
            _end(element, names) for names in (("beginPosition", "begin"), ("endPosition", "end"))
        ]
        return {"interval": ends}
    if len(element) == 1:
        return instant(element[0])
    if len(element):
        raise unknown(element)
    return text_of(element)


def _end(period: Element, names: tuple[str, ...]) -> str:
    found = child(period, *names)
    if found is None:
        raise fault("operands", name="TimePeriod", count=2, given=len(period))
    text = text_of(found) if not len(found) else str(instant(found))
    return text or ".."
