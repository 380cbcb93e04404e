"""Features as the bytes that are sent, encoded once for each form and remembered."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from zones.crs.transform import CRS, geometry_authority_order
from zones.geojson.feature_text import feature_texts
from zones.memory.work_in_slices import sliced
from zones.model import JSON
from zones.snapshot.encoded_feature_cache import is_little_work, texts_of, written_bytes
from zones.snapshot.feature_places import FeaturePlaces

Indices = NDArray[np.int64]


class FeatureTexts(FeaturePlaces):
    """What a collection knows of its features' bytes; the collection has the features."""

    _token: int
    fids: Sequence[str]
    properties: Sequence[Mapping[str, JSON]]

    def feature_json(self, index: int, crs: CRS = CRS.CRS84) -> bytes:
        """Return the feature at ``index`` as GeoJSON bytes; see ``features_json``."""
        return self.features_json([index], crs)[0]

    def features_json(self, indices: Sequence[int] | Indices, crs: CRS = CRS.CRS84) -> list[bytes]:
        """Return the features at ``indices`` as GeoJSON bytes, encoded once for each ``crs``.

        Coordinates are rounded to 7 decimals of a degree or to millimetres, in the axis order
        that the authority gives the CRS: OGC API Features asks for latitude first in EPSG:4490.
        """
        return self.texts(crs, indices, partial(self._encode, crs=crs))

    def texts(
        self,
        form: Hashable,
        indices: Sequence[int] | Indices,
        encode: Callable[[list[int]], list[bytes]],
    ) -> list[bytes]:
        """Return what ``encode`` makes of the features, remembered under the name of a form."""
        positions: list[int] = np.asarray(indices).tolist()
        return texts_of((self._token, form), positions, encode)

    def is_quick(self, indices: Sequence[int], crs: CRS) -> bool:
        """Return whether ``features_json`` of these takes but a millisecond or two."""
        if crs.is_lonlat and not self.are_published(indices):
            return False
        counts, properties = self.vertex_counts, self.properties
        return is_little_work(
            (self._token, crs), indices, lambda i: written_bytes(int(counts[i]), properties[i])
        )

    def _encode(self, indices: Sequence[int], crs: CRS) -> list[bytes]:
        turned = partial(geometry_authority_order, crs=crs)
        return feature_texts(
            [self.fids[i] for i in indices],
            sliced(turned, self.published(indices, crs)),
            [self.properties[i] for i in indices],
        )
