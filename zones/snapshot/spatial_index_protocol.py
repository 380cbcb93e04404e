"""What a spatial index is asked."""

from typing import Any, Protocol


class Tree(Protocol):
    """Where the geometries lie; asked as shapely's ``STRtree`` is."""

    def query(self, geometry: Any, predicate: Any = None, distance: float | None = None) -> Any:
        """Return the positions, in any order, of geometries whose boxes meet one's, or so related.

        Of an array of geometries, pairs: the place in it and a position, shape (2, n).
        """
        ...
