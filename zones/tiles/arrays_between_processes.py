"""What tiles are made from as plain arrays, which a collection may share between processes."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from zones.model import JSON
from zones.segment_files.derived_files import DerivedArrays
from zones.segment_files.made_by_code_version import digest_of
from zones.segment_files.packed_rtree import PackedTree
from zones.tiles.attributes import AttributeTable
from zones.tiles.paths import GeomType, Paths
from zones.tiles.shapes_on_grid import Shapes

_OF_PATHS: Final = ("x", "y", "offsets", "owner", "shell")
_OF_SHAPES: Final = ("feature", "path_offsets", "weights", "left", "top", "right", "bottom", "room")
_OF_TABLE: Final = (
    *("key", "value", "offsets"),
    *("_keys", "_key_offsets", "_values", "_value_offsets"),
)


@cache
def version() -> str:
    """Return a name for how tiles are made: another one when a module that does so changes."""
    return digest_of(*(files(f"zones.{name}") for name in ("tiles", "crs", "segment_files")))


def shapes_as_arrays(layers: Sequence[Shapes]) -> DerivedArrays:
    """Return shapes as arrays; ``shapes_of`` reads them."""
    arrays: dict[str, NDArray[Any]] = {}
    kinds: list[JSON] = []
    for number, shapes in enumerate(layers):
        arrays |= {f"{number} {name}": getattr(shapes.paths, name) for name in _OF_PATHS}
        arrays |= {f"{number} shapes {name}": getattr(shapes, name) for name in _OF_SHAPES}
        if shapes.tree is not None:
            arrays |= {f"{number} boxes": shapes.tree.boxes, f"{number} rows": shapes.tree.rows}
        kinds.append([int(shapes.kind), shapes.least_units])
    return DerivedArrays(arrays, {"kinds": kinds})


def shapes_of(found: DerivedArrays) -> tuple[Shapes, ...]:
    """Return the shapes that arrays hold."""
    kinds: Any = found.about["kinds"]
    return tuple(
        Shapes(
            kind=GeomType(kind),
            paths=Paths(**{name: found.arrays[f"{number} {name}"] for name in _OF_PATHS}),
            least_units=least_units,
            tree=_tree_of(found, number),
            **{name: found.arrays[f"{number} shapes {name}"] for name in _OF_SHAPES},
        )
        for number, (kind, least_units) in enumerate(kinds)
    )


def _tree_of(found: DerivedArrays, number: int) -> PackedTree | None:
    boxes = found.arrays.get(f"{number} boxes")
    return None if boxes is None else PackedTree(boxes, found.arrays[f"{number} rows"])


def table_as_arrays(ids: NDArray[np.int64], table: AttributeTable) -> DerivedArrays:
    """Return ids and attributes as arrays; ``table_of`` reads them."""
    arrays = {name: getattr(table, name) for name in _OF_TABLE}
    return DerivedArrays({"ids": ids, **arrays}, {"fields": dict(table.fields)})


def table_of(found: DerivedArrays) -> tuple[NDArray[np.int64], AttributeTable]:
    """Return the ids and the attributes that arrays hold."""
    fields: Any = found.about["fields"]
    parts = (found.arrays[name] for name in _OF_TABLE)
    return found.arrays["ids"], AttributeTable(fields, *parts)
