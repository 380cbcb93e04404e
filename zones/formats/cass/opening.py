"""A list of points without a header -> its points, or the area that they bound."""

from typing import BinaryIO

from zones.formats.cass.table import PointList
from zones.formats.csv.boundary_point_source import areas_or_points
from zones.formats.csv.source import TableSource
from zones.formats.csv.text_file import TextFile
from zones.source.model import Source
from zones.source.reading_choices import SourceChoice


def open_point_list(file: BinaryIO, choice: SourceChoice) -> Source:
    """Return the points; for a collection of areas alone, the area that they bound in order.

    Raises
    ------
    SourceError
        Or a child of it: why it cannot be read.
    """
    table = PointList(TextFile(file, encoding=choice.encoding))
    return areas_or_points(TableSource(table, choice, format_name="cass"), choice.kinds)
