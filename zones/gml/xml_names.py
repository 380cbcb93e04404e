"""Names of collections, properties and features -> names that XML allows, and back again.

XML allows neither blanks nor brackets in names nor a digit first; ``X(m)`` and ``2024年``
are usual headings. Of letters it allows all scripts since its 5th edition, but expat, by which
GDAL reads, keeps to the 4th: nothing beyond U+9FA5 of Chinese. What may not stand is written ``_x``
and hexadecimal digits and ``_``, as ISO/IEC 9075-14 does it, which can be undone.
"""

import re
from typing import Final

PREFIX: Final = "hz"
NAMESPACE: Final = "urn:x-heping-zones:features"

_START: Final = (
    r"A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u0131\u0410-\u044f\u3007\u3041-\u3094"
    r"\u30a1-\u30fa\u4e00-\u9fa5\uac00-\ud7a3"
)
_NOT_IN_NAME: Final = re.compile(rf"[^{_START}\-.0-9\u00b7]")
_NOT_AT_START: Final = re.compile(rf"^[^{_START}]")
_LOOKS_ESCAPED: Final = re.compile(r"_(?=x[0-9A-F]{4,6}_)")
_ESCAPED: Final = re.compile(r"_x([0-9A-F]{4,6})_")


def xml_name(name: str) -> str:
    """Return a name as XML may have it.

    Examples
    --------
    >>> xml_name("用地 (m2)"), xml_name("2024年")
    ('用地_x0020__x0028_m2_x0029_', '_x0032_024年')
    """
    return _NOT_AT_START.sub(_escape, _escaped(name)) or "_"


def plain_name(written: str) -> str:
    """Return the name that ``xml_name`` made this of.

    Examples
    --------
    >>> plain_name(xml_name("2024年 X(m)"))
    '2024年 X(m)'
    """
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), written)


def feature_id(collection_id: str, fid: str) -> str:
    """Return the ``gml:id`` of a feature, which is its resource id in WFS."""
    return f"{xml_name(collection_id)}.{_escaped(fid)}"


def fid_of(collection_id: str, resource_id: str) -> str | None:
    """Return the feature's own id, None if the resource id is of another collection."""
    prefix = f"{xml_name(collection_id)}."
    if not resource_id.startswith(prefix):
        return None
    return plain_name(resource_id.removeprefix(prefix))


def _escaped(name: str) -> str:
    return _NOT_IN_NAME.sub(_escape, _LOOKS_ESCAPED.sub("_x005F_", name))


def _escape(found: re.Match[str]) -> str:
    return f"_x{ord(found[0]):04X}_"
