"""GDAL's errors as ours, while a file is read."""

import warnings
from typing import Any

from zones.errors import SourceError


class gdal_faults(warnings.catch_warnings):  # noqa: N801 - used as a statement
    """Turns GDAL's errors into ours; what GDAL doubts is looked at by ourselves."""

    def __enter__(self) -> None:
        super().__enter__()
        warnings.simplefilter("ignore")

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        super().__exit__(kind, error, trace)
        from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError

        known = (DataLayerError, DataSourceError, FeatureError, FieldError, RuntimeError)
        # Bytes that are not in the encoding of the format, and fields that a damaged table lacks
        # in a selection, leave Python's own error.
        if isinstance(error, (*known, ValueError)):
            raise SourceError("source-unreadable") from error
