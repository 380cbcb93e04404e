"""Choosing the grid of a cover: where it lies, and how large its cells are."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from zones.cover.cell_tables import CoverGrid, Floats
from zones.cover.edges_on_grid import DistinctEdges, lengths

LEAST_CELLS, MOST_CELLS = 1 << 10, 3 << 19
COARSEST, FINEST = 1 << 6, 1 << 30
"""Numbers of cells: what is chosen lies between the first two, what is asked for or forced by
polygons lying many deep between the others."""
BORDER_SHARE = 0.01
"""Share of border cells below which smaller cells gain nothing that can be measured."""
MOST_TOUCHES = 1 << 22
"""Of a cell by an edge, as long as there are fewer edges; to bound memory."""
MARGIN = 1.5
"""Cells kept free around the polygons."""
STRAYS = 0.01
"""Share of the polygons, or one, that may lie far out on either side without stretching it."""
STRETCHED = 16
"""How many times larger the grid would have to be for the sake of strays to go without them."""


class _Extent(NamedTuple):
    west: float
    south: float
    east: float
    north: float

    @property
    def size(self) -> tuple[float, float]:
        return self.east - self.west, self.north - self.south

    @property
    def area(self) -> float:
        return self.size[0] * self.size[1]


def grids(bounds: Floats, outlines: DistinctEdges, cells: int | None) -> Iterator[CoverGrid]:
    """Yield grids over polygons, the wanted one first, then ever coarser ones.

    Parameters
    ----------
    bounds
        Of the polygons, shape (n, 4), NaN for those without a place.
    cells
        How many are wanted; None leaves it to the polygons' outlines.
    """
    bounds = bounds[np.isfinite(bounds).all(axis=1)]
    if not len(bounds):
        yield CoverGrid(west=0.0, south=0.0, scale=1.0, columns=1, rows=1)
        return
    full = _Extent(*bounds[:, :2].min(axis=0).tolist(), *bounds[:, 2:].max(axis=0).tolist())
    bulk = _bulk(bounds, full)
    cells = min(cells or _enough_cells(outlines, bulk), FINEST)
    while cells > COARSEST:
        yield _grid(bulk, full, cells)
        cells //= 4
    yield _grid(bulk, full, COARSEST)


def _bulk(bounds: Floats, full: _Extent) -> _Extent:
    """Return where nearly all polygons are, if that is much smaller than where all are.

    A single polygon at 0, 0, or a province among parcels, would else make the cells so large
    that all others lie in a few of them.
    """
    strays = max(1, int(len(bounds) * STRAYS))
    if len(bounds) < 2 * strays + 2:
        return full
    low = np.sort(bounds[:, :2], axis=0)[strays]
    high = np.sort(bounds[:, 2:], axis=0)[-1 - strays]
    spread = high - low
    inner = np.maximum(low - spread, full[:2]), np.minimum(high + spread, full[2:])
    bulk = _Extent(*inner[0].tolist(), *inner[1].tolist())
    return bulk if 0 < bulk.area * STRETCHED < full.area else full


def _enough_cells(outlines: DistinctEdges, extent: _Extent) -> int:
    """Return a number of cells of which about ``BORDER_SHARE`` are crossed by an edge."""
    length = float(lengths(outlines).sum())
    if not extent.area or not length:
        return LEAST_CELLS
    edges = len(outlines.start)
    affordable = max(MOST_TOUCHES - edges, edges) / length
    scale = min(length / extent.area / BORDER_SHARE, affordable)
    return int(min(max(extent.area * scale * scale, LEAST_CELLS), MOST_CELLS))


def _grid(extent: _Extent, full: _Extent, cells: int) -> CoverGrid:
    (width, height), ring = extent.size, 2 * MARGIN + 1
    # (width * scale + ring) * (height * scale + ring) = cells, solved for the scale
    a, b, c = extent.area, ring * (width + height), cells - ring * ring
    scale = 1 / _smallest_cell(extent, full)
    if b:
        scale = min(scale, 2 * c / (b + (b * b + 4 * a * c) ** 0.5))
    return CoverGrid(
        west=extent.west - MARGIN / scale,
        south=extent.south - MARGIN / scale,
        scale=scale,
        columns=int(width * scale + ring) + 1,
        rows=int(height * scale + ring) + 1,
        whole=extent == full,
    )


def _smallest_cell(extent: _Extent, full: _Extent) -> float:
    """Return the side of a cell below which rounding would be felt.

    Neighbouring numbers must be much closer than cells, and the ends of edges that reach beyond
    the grid are to be right to a small part of ``zones.cover.edges_on_grid.PADDING``.
    """
    far = max(map(abs, full))
    beyond = 0.0 if extent == full else max(full.size)
    return max(far * 2.0**-40, beyond * 2.0**-28, 1e-12)
