"""What somebody says of a CSV text."""

from dataclasses import dataclass

from zones.model import Problem


@dataclass(frozen=True, slots=True)
class CSVOptions:
    """What somebody says of a text; None is found out.

    ``is_crs_stated`` if a person named the coordinates' system: it rules over the columns' names.
    ``sheet`` is that of a workbook, ``notes`` are what there is to tell of the text already.
    """

    x_column: str | None = None
    y_column: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    is_crs_stated: bool = True
    notes: tuple[Problem, ...] = ()
