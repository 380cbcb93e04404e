"""Of what type a collection's properties are in GML, and under which names they stand there."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import numpy as np
import shapely

from zones.cql2.columns import FID, GEOMETRY, PropertyColumns
from zones.cql2.queryables_schema import Queryable, described
from zones.gml.xml_names import xml_name
from zones.snapshot.collection import Collection

XSDType = Literal["string", "double", "long", "integer", "boolean", "date", "dateTime"]
_MULTIPLE: Final = (
    shapely.GeometryType.MULTIPOINT,
    shapely.GeometryType.MULTILINESTRING,
    shapely.GeometryType.MULTIPOLYGON,
)
_LONG: Final = 2**63
_TYPES: Final[Mapping[str, XSDType]] = {"number": "double", "boolean": "boolean"}
_TIMES: Final[Mapping[str, XSDType]] = {"date": "date", "date-time": "dateTime"}

MULTI: Final = {"point": "MultiPoint", "line": "MultiCurve", "polygon": "MultiSurface"}
SINGLE: Final = {"point": "Point", "line": "Curve", "polygon": "Surface"}


@dataclass(frozen=True, slots=True)
class GMLProperty:
    """A property: its own name, its element's name, and its type in XML Schema.

    Values that XML has no simple type for, lists and objects, are texts of JSON.
    """

    name: str
    element: str
    type: XSDType
    title: str = ""


class FeatureType:
    """The schema of a collection's features; use as ``collection.derived(FeatureType)``.

    Attributes
    ----------
    name
        The element's local name, the collection's id as XML may have it.
    geometry
        ``Point``, ``MultiSurface`` …; ``Geometry`` where a collection takes several kinds. All
        features of one are written as multi-part as soon as one of them is, so that programs that
        want one type for a layer get it.
    """

    def __init__(self, collection: Collection) -> None:
        self.name = xml_name(collection.info.id)
        own = [each for each in described(collection) if each.name != GEOMETRY and each.role != FID]
        columns = collection.derived(PropertyColumns)
        self.fields = tuple(_field(each, columns) for each in own)
        self.geometry = _geometry_type(collection)

    @cached_property
    def by_element(self) -> Mapping[str, GMLProperty]:
        """The fields by their element's name."""
        return {each.element: each for each in self.fields}

    @property
    def geometry_element(self) -> str:
        """The name of the geometry's element; a property may have taken ``geometry``."""
        return GEOMETRY if GEOMETRY not in self.by_element else "_geometry"


def _field(queryable: Queryable, columns: PropertyColumns) -> GMLProperty:
    name = queryable.name
    return GMLProperty(name, xml_name(name), _type(queryable, columns), queryable.title)


def _type(queryable: Queryable, columns: PropertyColumns) -> XSDType:
    if time := _TIMES.get(queryable.format or ""):
        return time
    if queryable.type == "integer":
        # GDAL takes ``integer`` for 32 bits, ``long`` for 64.
        values = (each for each in columns.values(queryable.name) if isinstance(each, int))
        return "long" if all(-_LONG <= each < _LONG for each in values) else "string"
    return _TYPES.get(queryable.type or "", "string")


def _geometry_type(collection: Collection) -> str:
    kinds = collection.info.kinds
    if len(kinds) != 1:
        return "Geometry"
    kind = next(iter(kinds))
    is_multi = np.isin(collection.kinds, _MULTIPLE).any()
    return (MULTI if is_multi else SINGLE)[kind]
