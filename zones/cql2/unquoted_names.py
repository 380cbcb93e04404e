"""Which names of properties a filter in text can write without quotes."""

from zones.cql2.parse_text import text_document
from zones.errors import FilterError


def is_plain_name(name: str) -> bool:
    """Return whether a filter may write a name as it is: no blank, digit or keyword begins it.

    Examples
    --------
    >>> is_plain_name("面积"), is_plain_name("1st"), is_plain_name("not")
    (True, False, False)
    """
    try:
        return text_document(f"{name} = 1") == _comparison(name)
    except FilterError:
        return False


def _comparison(name: str) -> dict[str, object]:
    return {"op": "=", "args": [{"property": name}, 1]}
