"""Features as GeoJSON text, as answers have it."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import orjson
from numpy.typing import NDArray

from zones.geojson.geometry_text import geometry_texts
from zones.model import JSON

_FEATURE = b'{"type":"Feature","id":%b,"geometry":%b,"properties":%b}'


def feature_texts(
    fids: Sequence[str],
    geometries: NDArray[np.object_],
    properties: Iterable[Mapping[str, JSON]],
) -> list[bytes]:
    """Return features as text; the properties stand last, before one closing brace.

    Parameters
    ----------
    geometries
        As they are to be written: rounded, with their axes in the order wanted.
    """
    return texts_of(fids, geometries, [orjson.dumps(dict(values)) for values in properties])


def texts_of(
    fids: Sequence[str], geometries: NDArray[np.object_], properties: Sequence[bytes]
) -> list[bytes]:
    """Return the same of properties that are written already."""
    rows = zip(fids, geometry_texts(geometries), properties, strict=True)
    return [_FEATURE % (orjson.dumps(fid), text, values) for fid, text, values in rows]
