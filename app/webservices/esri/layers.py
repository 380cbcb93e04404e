"""The layers of a collection's service: one, or one for each kind of geometry that it has."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from app.http.fault_status import NotFoundError
from zones.esri.geometry_json import TYPES
from zones.snapshot.collection import Collection

KINDS: Final = ("point", "line", "polygon")
_OF_DIMENSION: Final = dict(enumerate(KINDS))


@dataclass(frozen=True, slots=True)
class GeometryLayer:
    """A layer: its number, the kind of its geometries, and which features are in it.

    ``positions`` None stands for all of the collection.
    """

    number: int
    kind: str
    geometry_type: str
    positions: NDArray[np.int64] | None = None


def layers_of(collection: Collection) -> tuple[GeometryLayer, ...]:
    """Return the layers of a collection, the first being number 0."""
    return collection.derived(_layers)


def layer_of(collection: Collection, number: str) -> GeometryLayer:
    """Return the layer of a number.

    Raises
    ------
    NotFoundError
    """
    for each in layers_of(collection):
        if number == str(each.number):
            return each
    raise NotFoundError("esri-layer", name=collection.info.id, given=number[:20])


def _layers(collection: Collection) -> tuple[GeometryLayer, ...]:
    dimensions = shapely.get_dimensions(collection.geometries)
    found = [kind for at, kind in _OF_DIMENSION.items() if (dimensions == at).any()]
    kinds = sorted({*found, *collection.info.kinds}, key=KINDS.index)
    if len(kinds) == 1:
        return (GeometryLayer(0, kinds[0], _type(collection, kinds[0])),)
    return tuple(
        GeometryLayer(
            i, kind, _type(collection, kind), np.flatnonzero(dimensions == KINDS.index(kind))
        )
        for i, kind in enumerate(kind for kind in kinds if kind in found)
    )


def _type(collection: Collection, kind: str) -> str:
    is_multiple = (collection.kinds == shapely.GeometryType.MULTIPOINT).any()
    return TYPES["multipoint" if kind == "point" and is_multiple else kind]
