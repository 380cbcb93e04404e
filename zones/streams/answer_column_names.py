"""Which columns an answer to many points has."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from zones.errors import BulkError
from zones.lookup.bulk_locator import BulkAnswer

Value = str | bool | None
LIST_MARK: Final = ";"
"""Stands between ids where there may be several."""
FAULT_COLUMN: Final = "locate_fault"


@dataclass(frozen=True, slots=True)
class AnswerColumn:
    """A column whose value the answer tells; ``is_flag`` if that is true or false."""

    name: str
    value: Callable[[BulkAnswer], Value]
    is_flag: bool = False


ANSWER_COLUMNS: Final = (
    AnswerColumn("zone_id", lambda answer: answer.zone_id),
    AnswerColumn("zone_name", lambda answer: answer.zone_name),
    AnswerColumn("zones_by_bounds", lambda answer: LIST_MARK.join(answer.by_bounds)),
    AnswerColumn("subdistrict_id", lambda answer: answer.subdistrict_id),
    AnswerColumn("subdistrict_name", lambda answer: answer.subdistrict_name),
    AnswerColumn("inside_district", lambda answer: answer.inside_district, is_flag=True),
    AnswerColumn("certain", lambda answer: answer.certain, is_flag=True),
    AnswerColumn("conflicts", lambda answer: LIST_MARK.join(answer.conflicts)),
)
MORE_COLUMNS: Final = (
    AnswerColumn(
        "zones_by_administration", lambda answer: LIST_MARK.join(answer.by_administration)
    ),
    AnswerColumn("subdistrict_certain", lambda answer: answer.subdistrict_certain, is_flag=True),
)
DISTANCE_COLUMNS: Final = ("border_distance_m", "border_accuracy_m")

_BY_NAME = {column.name: column for column in (*ANSWER_COLUMNS, *MORE_COLUMNS)}
COLUMN_NAMES: Final = (*_BY_NAME, *DISTANCE_COLUMNS)


@dataclass(frozen=True, slots=True)
class ColumnSelection:
    """The columns of one answer in their order; distances come after the others.

    ``members`` are collections of which a column ``<collection>_ids`` tells what holds the point.
    """

    attributes: tuple[AnswerColumn, ...] = ANSWER_COLUMNS
    distances: tuple[str, ...] = ()
    members: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all columns, that of the fault last."""
        own = (column.name for column in self.attributes)
        return (*own, *self.distances, *(f"{id_}_ids" for id_ in self.members), FAULT_COLUMN)

    def names_beside(self, others: Iterable[str]) -> tuple[str, ...]:
        """Return the names, with a number where one of ``others`` is called the same."""
        taken = set(others)
        return tuple(_free_name(name, taken) for name in self.names)


def parse_columns(text: str) -> ColumnSelection:
    """Return the columns that a list such as ``zone_id,certain`` names.

    Raises
    ------
    BulkError
        ``bulk-column-unknown``; the hint names those that there are.
    """
    names = list(dict.fromkeys(name.strip() for name in text.split(",")))
    for name in names:
        if name not in COLUMN_NAMES:
            known = ", ".join(COLUMN_NAMES)
            raise BulkError("bulk-column-unknown", name=name[:80], known=known)
    attributes = tuple(_BY_NAME[name] for name in names if name in _BY_NAME)
    return ColumnSelection(attributes, tuple(name for name in names if name in DISTANCE_COLUMNS))


def _free_name(name: str, taken: set[str]) -> str:
    free, number = name, 2
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free
