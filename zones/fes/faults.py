"""What is wrong with a filter in Filter Encoding."""

from typing import ClassVar, Final
from xml.etree.ElementTree import Element

from zones.errors import ZonesError
from zones.gml.safe_xml import local_name

SHOWN: Final = 80
PLACE: Final = ("query", "filter")


class FESError(ZonesError):
    """A filter that is none, or asks for what is not understood."""

    default_code: ClassVar[str] = "fes-unknown"


def fault(code: str, **params: object) -> FESError:
    """Return the fault ``fes-<code>``, to be raised."""
    return FESError(f"fes-{code}", loc=PLACE, **params)


def unknown(element: Element) -> FESError:
    """Return the fault of an element that is not understood where it stands."""
    return fault("unknown", name=local_name(element)[:SHOWN])


def operands(element: Element, count: int) -> list[Element]:
    """Return an operator's children.

    Raises
    ------
    FESError
        ``fes-operands`` if there are more or fewer.
    """
    found = [*element]
    if len(found) != count:
        raise fault("operands", name=local_name(element)[:SHOWN], count=count, given=len(found))
    return found
