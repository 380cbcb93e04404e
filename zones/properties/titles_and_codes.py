"""What people read for a collection's properties: their titles, and the texts of coded values."""

from collections.abc import Mapping

from zones.model import JSON, CollectionInfo


class FieldWords:
    """The titles and the texts of codes that a collection's description has."""

    def __init__(self, info: CollectionInfo) -> None:
        self._titles = {field.name: field.title for field in info.fields if field.title}
        self._texts: Mapping[str, Mapping[str, str]] = {
            field.name: {written(each.code): each.text for each in field.codes}
            for field in info.fields
            if field.codes
        }

    def title(self, name: str) -> str | None:
        """Return the property's title; None if it has none but its name."""
        return self._titles.get(name)

    def texts(self, name: str) -> dict[str, str]:
        """Return what codes of the property stand for, by the codes as they are written."""
        return dict(self._texts.get(name, {}))

    def text(self, name: str, value: JSON) -> str | None:
        """Return what a value of the property stands for; None if it is no code of it.

        Codes are compared as they are written, so that the number 1 and the text ``1`` are one.
        """
        texts = self._texts.get(name)
        if texts is None or not isinstance(value, str | int | float) or isinstance(value, bool):
            return None
        return texts.get(written(value))


def written(code: str | float) -> str:
    """Return a code as text; a whole number is written as such, whatever its type."""
    return f"{code:.15g}" if isinstance(code, float) else str(code)
