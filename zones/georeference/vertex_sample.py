"""Some vertices of every batch: enough to judge where a file lies, whatever its size."""

from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

_OF_EACH_BATCH = 500
_MOST = 20_000


@dataclass(slots=True)
class Sample:
    """Vertices of geometries, taken evenly from each batch; ``taken`` counts them."""

    taken: int = 0
    _parts: list[NDArray[np.float64]] = field(default_factory=list)

    def take(self, geometries: NDArray[np.object_]) -> None:
        """Take some of the finite vertices, as long as there is room."""
        if self.taken >= _MOST:
            return
        vertices = shapely.get_coordinates(geometries)
        some = vertices[:: max(1, -(-len(vertices) // _OF_EACH_BATCH))]
        some = some[np.isfinite(some).all(axis=1)]
        self._parts.append(some)
        self.taken += len(some)

    def vertices(self) -> NDArray[np.float64]:
        """Return what was taken, shape (n, 2)."""
        return np.concatenate(self._parts) if self._parts else np.empty((0, 2))
