"""Range domains of a file geodatabase: which values a field may have, and how many are outside.

Neither GDAL's features nor their schema tell of them; the catalogue does (Esri, "XML schema of the
geodatabase": GPRangeDomain2).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from zones.formats.gdal.filegdb_catalogue import definitions_of, text_in
from zones.formats.gdal.layers import read_layer
from zones.model import JSON, Problem

_DATE: Final = "esriFieldTypeDate"


class _Range(NamedTuple):
    low: str
    high: str
    kind: str


def range_notes(path: Path, layer: str) -> tuple[Problem, ...]:
    """Return what fields with a range may hold, and a warning where values are outside."""
    definitions = definitions_of(path)
    ranges = {
        text_in(root, "DomainName"): _Range(
            text_in(root, "MinValue"), text_in(root, "MaxValue"), text_in(root, "FieldType")
        )
        for root in definitions
        if root.tag == "GPRangeDomain2"
    }
    if not ranges:
        return ()
    described = (root for root in definitions if text_in(root, "Name") == layer)
    root = next((root for root in described if root.find("GPFieldInfoExs") is not None), None)
    nodes = [] if root is None else root.findall("GPFieldInfoExs/GPFieldInfoEx")
    named = ((text_in(node, "Name"), ranges.get(text_in(node, "DomainName"))) for node in nodes)
    found = [(name, each) for name, each in named if name and each is not None]
    return tuple(
        problem for name, each in found for problem in _problems_of_range(path, layer, name, each)
    )


def _problems_of_range(path: Path, layer: str, name: str, allowed: _Range) -> Iterator[Problem]:
    params: dict[str, JSON] = {"low": allowed.low[:40], "high": allowed.high[:40]}
    outside = 0 if allowed.kind == _DATE else _outside(path, layer, name, allowed)
    if outside:
        yield Problem("field-outside-range", {**params, "count": outside}, "warning", field=name)
    else:
        yield Problem("field-range", params, "note", field=name)


def _outside(path: Path, layer: str, name: str, allowed: _Range) -> int:
    """Return how many values are outside; none where the bounds are no numbers."""
    try:
        low, high = float(allowed.low), float(allowed.high)
    except ValueError:
        return 0
    quoted = name.replace('"', '""')
    where = f'"{quoted}" < {low!r} OR "{quoted}" > {high!r}'
    # A column that the filter names and is not read is taken for empty (pyogrio 0.13.0).
    _, fids, _, _ = read_layer(
        path, layer, columns=[name], where=where, read_geometry=False, return_fids=True
    )
    return len(fids)
