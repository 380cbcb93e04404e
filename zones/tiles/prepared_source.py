"""What tiles of a collection are made from, worked out once for each collection and grid."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import chain, count
from typing import Final

import numpy as np

from zones.model import JSON
from zones.ragged_arrays import Integers
from zones.segment_files.decimal_fids import decimal_fids
from zones.segment_files.derived_files import DerivedArrays
from zones.snapshot.collection import Collection
from zones.snapshot.mapped_collection import MappedCollection
from zones.tiles.arrays_between_processes import (
    shapes_as_arrays,
    shapes_of,
    table_as_arrays,
    table_of,
    version,
)
from zones.tiles.attributes import AttributeTable, Field, attribute_table, field_of
from zones.tiles.label_points import label_shapes
from zones.tiles.paths import GeomType
from zones.tiles.shapes_on_grid import Shapes, all_shapes
from zones.tiles.tile_matrix_sets import TileMatrixSet

LABELS_SUFFIX: Final = "_labels"
CELLS_SUFFIX: Final = "_cells"
FID_KEY: Final = "fid"
_ATTRIBUTES: Final = "tile-attributes"
_SHAPES: Final = "tile-shapes"
_LABELS: Final = "tile-labels"


@dataclass(frozen=True)
class TileSource:
    """A collection as tiles need it: attributes and identifiers, and its shapes on each grid.

    All is worked out when first asked for, and kept with the collection.
    """

    collection: Collection

    @property
    def ids(self) -> Integers:
        """Of each feature a number; see ``decimal_numbers``.

        Features whose fids are no numbers are numbered from 1, and also say their fid as an
        attribute: a vector tile's id is a number.
        """
        return self.collection.derived(_ids_and_attributes)[0]

    @property
    def attributes(self) -> AttributeTable:
        """The properties of all features."""
        return self.collection.derived(_ids_and_attributes)[1]

    @property
    def fields(self) -> Mapping[str, Field]:
        """Type of each attribute."""
        return self.collection.derived(_fields)

    @property
    def layer_id(self) -> str:
        """Name of the layer that has the features: the collection's id."""
        return self.collection.info.id

    @property
    def labels_id(self) -> str:
        """Name of the layer that has a point for each polygon's name."""
        return self.layer_id + LABELS_SUFFIX

    @property
    def cells_id(self) -> str:
        """Name of the layer that counts the small features of overviews."""
        return self.layer_id + CELLS_SUFFIX

    def shapes(self, tms: TileMatrixSet) -> tuple[Shapes, ...]:
        """Return the collection's shapes on the grid, worked out when first asked for."""
        return grid_shapes(self.collection, tms)

    def labels(self, tms: TileMatrixSet) -> Shapes | None:
        """Return the points for the polygons' names; None if there are no polygons."""
        return self.collection.derived(_labels_on(tms.grid))


def tile_source(collection: Collection) -> TileSource:
    """Return what tiles of the collection are made from; the same object every time."""
    return collection.derived(TileSource)


def grid_shapes(collection: Collection, tms: TileMatrixSet) -> tuple[Shapes, ...]:
    """Return a collection's shapes on the grid, worked out when first asked for."""
    return collection.derived(_shapes_on(tms.grid))


def has_grid_shapes(collection: Collection, tms: TileMatrixSet) -> bool:
    """Return whether ``grid_shapes`` would return at once."""
    is_in_file = isinstance(collection, MappedCollection) and collection.has_shared(
        f"{_SHAPES}-{tms.grid.id}-{version()}"
    )
    return is_in_file or collection.has_derived(_shapes_on(tms.grid))


def prepare_tiles(collection: Collection, tms: TileMatrixSet) -> None:
    """Work out all that tiles of the collection need, so that no request has to wait for it."""
    source = tile_source(collection)
    collection.derived(_ids_and_attributes)
    source.shapes(tms)
    source.labels(tms)


def are_tiles_prepared(collection: Collection, tms: TileMatrixSet) -> bool:
    """Return whether ``prepare_tiles`` would return at once."""
    builders = (_ids_and_attributes, _shapes_on(tms.grid), _labels_on(tms.grid))
    return all(collection.has_derived(builder) for builder in builders)


def are_tiles_shared(collection: MappedCollection, tms: TileMatrixSet) -> bool:
    """Return whether ``prepare_tiles`` would find all in files."""
    names = (_ATTRIBUTES, f"{_SHAPES}-{tms.grid.id}", f"{_LABELS}-{tms.grid.id}")
    return all(collection.has_shared(f"{name}-{version()}") for name in names)


def fid_key(collection: Collection) -> str | None:
    """Return which attribute of a tile's features has their fid; None if their number is it.

    It is ``fid``, or ``fid_2`` where features have an attribute of that name, and so on.
    """
    return collection.derived(_fid_key)


def _fid_key(collection: Collection) -> str | None:
    if _has_decimal_fids(collection):
        return None
    taken = frozenset(collection.names)
    others = (f"{FID_KEY}_{number}" for number in count(2))
    return next(key for key in chain((FID_KEY,), others) if key not in taken)


def _has_decimal_fids(collection: Collection) -> bool:
    """Return it for the rows of a segment as worked out once, whatever was edited since."""
    return (
        isinstance(collection, MappedCollection)
        and collection.segment.fids.are_decimal
        and decimal_fids(collection.changed.fids) is not None
    ) or decimal_fids(collection.fids) is not None


def _fields(collection: Collection) -> Mapping[str, Field]:
    if not isinstance(collection, MappedCollection):
        return tile_source(collection).attributes.fields
    key = fid_key(collection)
    fields: dict[str, Field] = {} if key is None else {key: "String"}
    for name in collection.names:
        kinds = collection.value_kinds(name)
        if kinds:
            fields[name] = field_of(kinds)
    return fields


def _ids_and_attributes(collection: Collection) -> tuple[Integers, AttributeTable]:
    name = f"{_ATTRIBUTES}-{version()}"
    return table_of(collection.shared(name, partial(_table, collection)))


def _table(collection: Collection) -> DerivedArrays:
    ids = decimal_fids(collection.fids)
    if ids is None:
        ids = np.arange(1, len(collection) + 1, dtype=np.int64)
    properties = labelled(collection.properties, collection.fids, fid_key(collection))
    return table_as_arrays(ids, attribute_table(properties))


def labelled(
    properties: Sequence[Mapping[str, JSON]], fids: Sequence[str], key: str | None
) -> Sequence[Mapping[str, JSON]]:
    """Return properties with the fids among them, under a key if there is one."""
    if key is None:
        return properties
    return [{key: fid, **one} for fid, one in zip(fids, properties, strict=True)]


# A collection remembers what was derived from it by the function that derives it: one for each
# tile matrix set.
@cache
def _shapes_on(tms: TileMatrixSet) -> Callable[[Collection], tuple[Shapes, ...]]:
    name = f"{_SHAPES}-{tms.id}-{version()}"

    def shapes(collection: Collection) -> tuple[Shapes, ...]:
        def work_out() -> DerivedArrays:
            return shapes_as_arrays(all_shapes(np.asarray(collection.geometries), tms))

        return shapes_of(collection.shared(name, work_out))

    return shapes


@cache
def _labels_on(tms: TileMatrixSet) -> Callable[[Collection], Shapes | None]:
    return partial(_labels, tms=tms)


def _labels(collection: Collection, *, tms: TileMatrixSet) -> Shapes | None:
    name = f"{_LABELS}-{tms.id}-{version()}"
    found = shapes_of(collection.shared(name, partial(_labels_of, collection, tms)))
    return found[0] if found else None


def _labels_of(collection: Collection, tms: TileMatrixSet) -> DerivedArrays:
    geometries = np.asarray(collection.geometries)
    every = collection.derived(_shapes_on(tms))
    polygons = [shapes for shapes in every if shapes.kind is GeomType.POLYGON]
    return shapes_as_arrays([label_shapes(geometries, shapes, tms) for shapes in polygons])
