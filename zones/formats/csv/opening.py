"""A text of rows and columns -> its places, or the areas that they bound."""

from typing import BinaryIO

from zones.formats.csv.boundary_point_source import areas_or_points
from zones.formats.csv.source import TableSource, own_system
from zones.formats.csv.table import CSVTable
from zones.source.model import Source
from zones.source.reading_choices import SourceChoice


def open_csv(file: BinaryIO, choice: SourceChoice) -> Source:
    """Return the places of a text of rows and columns.

    Raises
    ------
    SourceError
        Or a child of it: why it cannot be read.
    """
    table = CSVTable(file, encoding=choice.encoding, crs=own_system(choice.crs))
    return areas_or_points(TableSource(table, choice, format_name="csv"), choice.kinds)
