"""A 国土 TXT -> what its header says, and its parcels one by one."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from zones.errors import SourceError, SourceLimitError
from zones.formats.csv.text_file import TextFile
from zones.formats.gtxt.axis_order import Axes, Order, axes_of, key_of
from zones.formats.gtxt.lines import (
    COORDINATES,
    Entry,
    Line,
    ParcelLine,
    PointLine,
    SectionStart,
    Unread,
    line_read,
)
from zones.sandbox.limits import Limits

_MOST_ENTRIES: Final = 200
_SYSTEM_KEYS: Final = frozenset(
    {"坐标系", "几度分带", "分带", "带号", "中央子午线", "中央经线", "计量单位", "投影类型"}
)
_SHOWN: Final = 60


@dataclass(slots=True)
class GTXTParcel:
    """A parcel: the line it begins on, the cells there (None: no such line), its vertices.

    ``unread`` are lines in it that are no vertices.
    """

    line: int
    cells: list[str] | None
    points: list[PointLine] = field(default_factory=list)
    unread: list[tuple[int, str]] = field(default_factory=list)


@dataclass(slots=True)
class GTXTSurvey:
    """What the whole text was found to hold before its parcels are read.

    ``widths`` counts parcels by the number of cells in their first line, ``longer`` vertices with
    more behind their numbers, of which ``first_longer`` is the first.
    """

    header: dict[str, str] = field(default_factory=dict)
    parcels: int = 0
    vertices: int = 0
    widths: Counter[int] = field(default_factory=Counter)
    orders: Counter[tuple[Order, int]] = field(default_factory=Counter)
    strays: list[tuple[int, str]] = field(default_factory=list)
    longer: int = 0
    first_longer: PointLine | None = None

    @property
    def axes(self) -> Axes:
        """The order of the numbers and the zone's prefix."""
        return axes_of(self.orders)


class Document:
    """The text, looked through once; its parcels can be read as often as need be."""

    def __init__(self, text: TextFile, limits: Limits) -> None:
        """Look through the text.

        Raises
        ------
        SourceError
            ``gtxt-nothing`` if there is no parcel, ``gtxt-headers-differ`` if several headers
            speak of several systems.
        SourceLimitError
        """
        self._text, self.survey = text, GTXTSurvey()
        for parcel in self._walked(self.survey):
            self._count(parcel, limits)
        if not self.survey.parcels:
            raise SourceError("gtxt-nothing")

    def parcels(self) -> Iterator[GTXTParcel]:
        """Yield the parcels in order."""
        yield from self._walked(None)

    def progress(self) -> float:
        """Return the fraction of the text that is done."""
        return self._text.progress()

    def _count(self, parcel: GTXTParcel, limits: Limits) -> None:
        survey = self.survey
        survey.parcels += 1
        survey.vertices += len(parcel.points)
        survey.widths[0 if parcel.cells is None else len(parcel.cells)] += 1
        for point in parcel.points:
            survey.orders[key_of(point.first, point.second)] += 1
            if point.more:
                survey.longer += 1
                survey.first_longer = survey.first_longer or point
        if survey.parcels > limits.max_features:
            raise SourceLimitError("too-many-features", most=limits.max_features)
        if survey.vertices > limits.max_vertices:
            raise SourceLimitError(
                "too-many-vertices-total", count=survey.vertices, most=limits.max_vertices
            )

    def _walked(self, survey: GTXTSurvey | None) -> Iterator[GTXTParcel]:
        """Yield the parcels; with a survey, remember header and strays in it."""
        parcel: GTXTParcel | None = None
        in_header = True
        for number_, text in enumerate(self._text.lines(), start=1):
            read = line_read(text, number_, in_header=in_header)
            if isinstance(read, SectionStart):
                in_header = read.name != COORDINATES
            if isinstance(read, ParcelLine | SectionStart):
                if parcel is not None:
                    yield parcel
                parcel = GTXTParcel(number_, read.cells) if isinstance(read, ParcelLine) else None
                in_header = in_header and not isinstance(read, ParcelLine)
            elif isinstance(read, PointLine) and not in_header:
                parcel = parcel or GTXTParcel(number_, None)
                parcel.points.append(read)
            elif read is not None:
                _remember(read, number_, parcel, survey)
        if parcel is not None:
            yield parcel


def _remember(read: Line, line: int, parcel: GTXTParcel | None, survey: GTXTSurvey | None) -> None:
    """Keep an entry of the header, or a line that is nothing."""
    if survey is not None and isinstance(read, Entry):
        _add_entry(survey.header, read, line)
        return
    text = read.text if isinstance(read, Unread) else ",".join(map(str, read))
    if parcel is not None:
        parcel.unread.append((line, text[:_SHOWN]))
    elif survey is not None and not isinstance(read, Entry):
        survey.strays.append((line, text[:_SHOWN]))


def _add_entry(header: dict[str, str], entry: Entry, line: int) -> None:
    before = header.setdefault(entry.key, entry.value)
    if before != entry.value and entry.key in _SYSTEM_KEYS:
        raise SourceError(
            "gtxt-headers-differ",
            key=entry.key,
            line=line,
            one=before[:_SHOWN],
            other=entry.value[:_SHOWN],
        )
    if len(header) > _MOST_ENTRIES:
        raise SourceLimitError("gtxt-header-long", most=_MOST_ENTRIES)
