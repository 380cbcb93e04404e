"""What stands on a side of a comparison: a field, or a value that fits the field beside it."""

from typing import Any

from zones.cql2.number_parsing import number_of_word
from zones.esri.field_types import EsriField, date_text


class Operand:
    """A field, or a value; ``folds`` is what UPPER or LOWER makes of the field's texts."""

    def __init__(self, field: EsriField | None, value: Any, *, folds: Any = None) -> None:
        self.field = field
        self.value = value
        self.folds = folds

    def document(self, beside: EsriField | None) -> Any:
        """Return the operand as a filter has it; a value as the field beside it wants it."""
        if self.field is not None:
            return {"property": self.field.name}
        if beside is None:
            return self.value
        return fitted(self.value, beside)


def fitted(value: Any, field: EsriField) -> Any:
    """Return a value as a field of a type wants it.

    A number beside a field of texts that are long numbers stays one; a text of digits beside a
    field of numbers becomes one; milliseconds beside a date become an instant.
    """
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if field.type == "esriFieldTypeDate" and is_number:
        return date_text(value)
    if isinstance(value, str) and field.type not in {"esriFieldTypeString", "esriFieldTypeDate"}:
        number = number_of_word(value.strip())
        return value if number is None else number
    return value
