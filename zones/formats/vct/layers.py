"""The layers of a VCT: a table with its geometry, or a code where several tables have its name."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zones.formats.vct.head import FeatureCode, VCTField, VCTHead
from zones.formats.vct.scan import Scan


@dataclass(frozen=True, slots=True)
class VCTLayer:
    """Features of one table and one kind of geometry; ``indices`` are their codes in the scan."""

    name: str
    kind: str
    table: str
    codes: tuple[FeatureCode, ...]
    indices: tuple[int, ...]
    fields: tuple[VCTField, ...]
    count: int


def layers_of(head: VCTHead, scan: Scan, codec: str) -> tuple[VCTLayer, ...]:
    """Return the layers that have objects, in the order of the feature codes."""
    known = {each.code: each for each in head.codes}
    counts = {
        (kind, index): int(number)
        for kind, objects in scan.objects.items()
        for index, number in enumerate(np.bincount(np.array(objects.codes, np.int64)))
        if number
    }
    groups: dict[tuple[str, str], list[tuple[FeatureCode, int]]] = {}
    for raw, index in scan.codes.items():
        code = raw.decode(codec, "replace")
        for kind in ("Polygon", "Line", "Point"):
            if (kind, index) in counts:
                feature = known.get(code) or FeatureCode(code, code, kind, "")
                key = (feature.table or feature.code, kind)
                groups.setdefault(key, []).append((feature, index))
    names = _names(groups)
    return tuple(
        VCTLayer(
            names[key],
            key[1],
            key[0],
            tuple(feature for feature, _ in members),
            tuple(index for _, index in members),
            head.tables.get(key[0], ()),
            sum(counts[key[1], index] for _, index in members),
        )
        for key, members in groups.items()
    )


def _names(
    groups: dict[tuple[str, str], list[tuple[FeatureCode, int]]],
) -> dict[tuple[str, str], str]:
    """Return a name for each layer: what people call its features where that is one's own."""
    plain = {
        key: members[0][0].name if len(members) == 1 else key[0] for key, members in groups.items()
    }
    counts = Counter(name.casefold() for name in plain.values())
    return {
        key: name if counts[name.casefold()] == 1 else f"{name} ({key[0]}, {key[1]})"
        for key, name in plain.items()
    }


def rows_of(scan: Scan, layer: VCTLayer) -> NDArray[np.int64]:
    """Return the places of a layer's objects among those of its kind."""
    codes = np.array(scan.objects[layer.kind].codes, np.int64)
    return np.flatnonzero(np.isin(codes, layer.indices))


def are_edges(layer: VCTLayer, with_rows: frozenset[str], all_layers: Sequence[VCTLayer]) -> bool:
    """Return whether a layer's lines are there for polygons alone: they have no attributes."""
    areas = any(each.kind == "Polygon" for each in all_layers)
    return areas and layer.kind == "Line" and layer.table not in with_rows
