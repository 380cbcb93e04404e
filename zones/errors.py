"""The faults of the domain, named; their words live in the message catalogues."""

from typing import Any, ClassVar

from zones.messages import MessageText, say


class ZonesError(Exception):
    """A fault that the person who caused it can mend.

    Parameters
    ----------
    code
        Key of the message in ``zones/messages/*.toml``.
    loc
        Where the fault lies, outermost first: ``("query", "bbox")``, ``("feature", 12)``.
    **params
        Values the message shows. They are shown as text and never interpreted.
    """

    default_code: ClassVar[str] = "invalid"

    def __init__(
        self, code: str | None = None, /, *, loc: tuple[str | int, ...] = (), **params: object
    ) -> None:
        self.code = code or self.default_code
        self.loc = loc
        self.params = params
        super().__init__(str(self.text("en")))

    def __reduce__(self) -> tuple[Any, ...]:
        # By default only the words would travel to another process, and be taken for a code.
        return _as_raised, (type(self), self.code, self.loc, self.params)

    def text(self, lang: str = "zh") -> MessageText:
        """Return the fault and how to mend it, in ``lang`` (``zh`` or ``en``)."""
        return say(self.code, lang, **self.params)


def _as_raised(
    kind: type[ZonesError], code: str, loc: tuple[str | int, ...], params: dict[str, Any]
) -> ZonesError:
    return kind(code, loc=loc, **params)


class UnknownCRSError(ZonesError):
    """A coordinate reference system that is not supported, or not recognised."""

    default_code = "unknown-crs"


class CoordinateError(ZonesError):
    """Coordinates that cannot be what they claim: not finite, out of range, swapped."""


class FilterError(ZonesError):
    """A filter that cannot be read, makes no sense or passes a limit."""

    default_code = "filter-empty"


class FilterTimeoutError(FilterError):
    """A filter that takes longer than a query may."""

    default_code = "filter-timeout"


class UnknownCollectionError(ZonesError):
    """No collection of that id."""

    default_code = "unknown-collection"


class UnknownFeatureError(ZonesError):
    """No feature of that id in the collection."""

    default_code = "unknown-feature"


class UnknownRevisionError(ZonesError):
    """No revision of that number, or none that touched the collection."""

    default_code = "unknown-revision"


class PrunedRevisionError(UnknownRevisionError):
    """A revision that there was, and of which what is asked for is no longer stored."""

    default_code = "revision-pruned"


class ConflictError(ZonesError):
    """The store has moved on since the caller last looked, or the name is taken."""

    default_code = "stale-revision"


class SourceError(ZonesError):
    """A file that cannot be read as what it says it is."""


class SourceLimitError(SourceError):
    """A file that passes a stated limit of size, count, time or memory."""

    default_code = "source-limit"


class ValidationError(ZonesError):
    """Features that were read but may not be stored; carries every problem found."""

    default_code = "features-invalid"


class StoreError(ZonesError):
    """The store cannot be used: damaged, newer than the program, full or locked."""

    default_code = "store-unavailable"


class QuotaError(ZonesError):
    """A collection would hold more than the installation lets it."""


class SeedError(ZonesError):
    """The plan's own data are inconsistent."""


class BulkError(ZonesError):
    """A stream of points that cannot be read, or columns that nobody can fill."""

    default_code = "bulk-empty"


class SparkMissingError(ZonesError, ImportError):
    """The part for Spark clusters was asked for where pyspark is not installed."""

    default_code = "spark-missing"


class SparkError(ZonesError):
    """A Spark cluster that cannot be reached, or whose job failed."""

    default_code = "spark-failed"


class UnknownTileMatrixSetError(ZonesError):
    """No tile matrix set of that id."""

    default_code = "unknown-tile-matrix-set"


class TileOutOfRangeError(ZonesError):
    """A tile that its matrix set does not have: no such zoom, row or column."""

    default_code = "tile-out-of-range"


class PrintError(ZonesError):
    """A sheet that cannot be made as it is ordered."""


class PrintEngineError(ZonesError):
    """A sheet that cannot be made here: no font, or a fault of ours."""
