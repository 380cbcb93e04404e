"""One point in a grid cover, in plain Python: for a single point, arrays cost more than sums."""

import numpy as np

from zones.cover.cell_tables import MASK_BITS, REFERENCE_X, REFERENCE_Y, CoverTables
from zones.cover.exact_by_shapely import PointTest
from zones.cover.many_points import SLACK

EDGE_SLACK = float(SLACK)
FULL_MASK = (1 << MASK_BITS) - 1


class OnePoint:
    """Answers for one point what ``answers`` does for many, by the same tables."""

    def __init__(self, tables: CoverTables, exact: PointTest) -> None:
        self._grid = tables.grid
        # A flat memory view gives Python numbers, several times quicker than an array.
        self._codes = tables.codes.data
        self._set_offsets = tables.set_offsets.data
        self._set_members = tables.set_members.data
        self._border_cells = tables.border_cells.reshape(-1).data
        self._border_members = tables.border_members.data
        self._edges = tables.edges.reshape(-1).data
        self._edge_owners = tables.edge_owners.data
        self._exact = exact

    def members(self, lon: float, lat: float) -> tuple[int, ...]:
        """Return the polygons that hold the point, ascending."""
        grid = self._grid
        u, v = (lon - grid.west) * grid.scale, (lat - grid.south) * grid.scale
        # Also false for what is no number.
        if not (0 <= u < grid.columns and 0 <= v < grid.rows):
            return () if grid.whole else self._tested(lon, lat)
        column, row = int(u), int(v)
        code = self._codes[row * grid.columns + column]
        if code >= 0:
            return self._set(code)
        x, y = u - column - REFERENCE_X, v - row - REFERENCE_Y
        first, count, list_begin, inside = self._border_cells[4 * ~code : 4 * ~code + 4]
        flips = self._flips(first, count, x, y)
        if flips is None:
            return self._tested(lon, lat)
        return self._picked(list_begin, (inside & FULL_MASK) ^ flips)

    def _set(self, number: int) -> tuple[int, ...]:
        offsets = self._set_offsets
        return tuple(self._set_members[offsets[number] : offsets[number + 1]])

    def _flips(self, first: int, count: int, x: float, y: float) -> int | None:
        """Return the owners of the edges between the cell's reference point and the point.

        None where that is not certain; see ``answers._by_edges``.
        """
        if not count:
            return None
        flips = 0
        for edge in range(first, first + count):
            ax, ay, bx, by = self._edges[4 * edge : 4 * edge + 4]
            side_a, side_b = x * ay - y * ax, x * by - y * bx
            slack = EDGE_SLACK * (1 + abs(ax) + abs(ay)) * (1 + abs(bx) + abs(by))
            if abs(side_a) <= slack or abs(side_b) <= slack:
                return None
            if (side_a > 0) != (side_b > 0):
                reference = ax * by - ay * bx
                beyond = reference + side_a - side_b
                if abs(beyond) <= slack or abs(reference) <= slack:
                    return None
                if (beyond > 0) != (reference > 0):
                    flips ^= self._edge_owners[edge]
        return flips

    def _picked(self, list_begin: int, mask: int) -> tuple[int, ...]:
        members = []
        while mask:
            lowest = mask & -mask
            members.append(self._border_members[list_begin + lowest.bit_length() - 1])
            mask ^= lowest
        return tuple(members)

    def _tested(self, lon: float, lat: float) -> tuple[int, ...]:
        _, members = self._exact.pairs(np.array([lon]), np.array([lat]))
        return tuple(members.tolist())
