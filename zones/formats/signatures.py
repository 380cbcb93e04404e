"""Which format a file is by how it begins; people rename files, and programs name them oddly.

Only what cannot be anything else is told here; all other files go by the suffix of their name.
"""

import codecs
import re
from collections.abc import Callable
from typing import Final

from zones.encoding.encoding_names import GB18030
from zones.formats.amap.recognition import is_map_answer
from zones.formats.cass.recognition import is_point_list
from zones.formats.csv.delimiter import begins_as_utf16
from zones.formats.esrijson.recognition import is_esrijson
from zones.formats.gtxt.recognition import is_gtxt
from zones.formats.mdb.pages import MARKS
from zones.source.file_findings import FormatName

HEAD_BYTES: Final = 64 * 1024
"""How much of a file is looked at."""

_SQLITE: Final = b"SQLite format 3\x00"
_APPLICATION_ID: Final = slice(68, 72)
MAPGIS: Final = (b"WMAP`D21", b"WMAP`D22", b"WMAP`D23")  # lines, points, areas
_GEOPACKAGES: Final = frozenset({b"GPKG", b"GP10", b"GP11"})
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OFFICE: Final = re.compile(
    rb"PK\x03\x04.{26}(?:\[Content_Types\]\.xml|_rels/\.rels|docProps/|xl/"
    rb"|mimetypeapplication/vnd\.oasis\.opendocument\.spreadsheet)",
    re.DOTALL,
)
_VCT: Final = re.compile(
    rb"\s*(?:CommentBegin\s.{0,8000}?CommentEnd\s+)?HeadBegin[ \t]*\r?\n", re.DOTALL
)
_OVJSN: Final = re.compile(rb'\s*\{[^{}\[\]]{0,400}"ObjItems"\s*:\s*\[')
_TOPOLOGY: Final = re.compile(rb'\s*\{[^{}\[\]]{0,400}"type"\s*:\s*"Topology"')
_BEFORE_ROOT: Final = rb"\s*(?:<\?xml[^>]*\?>)?(?:\s|<!--.{0,4000}?-->)*"


def format_by_content(head: bytes) -> FormatName | None:
    """Return the format that the first bytes of a file stand for, None where they tell nothing."""
    text = head.removeprefix(b"\xef\xbb\xbf")
    return next((name for name, is_it in _SIGNATURES if is_it(text)), None)


def _is_geopackage(head: bytes) -> bool:
    return head.startswith(_SQLITE) and head[_APPLICATION_ID] in _GEOPACKAGES


def _is_workbook(head: bytes) -> bool:
    """Return whether this is an OLE 2 file, as .xls is, or begins as .xlsx or .ods does."""
    return head.startswith(_OLE) or _OFFICE.match(head) is not None


def _is_gml(head: bytes) -> bool:
    return _COLLECTION(head) and b"http://www.opengis.net/gml" in head


def _is_topology(head: bytes) -> bool:
    return _TOPOLOGY.match(head) is not None


def _is_ovjsn(head: bytes) -> bool:
    return _OVJSN.match(head) is not None


def _is_udbx(head: bytes) -> bool:
    """Return whether this is SQLite with SuperMap's register, which stands on the first page."""
    return head.startswith(_SQLITE) and b"SmRegister" in head


def _is_vct(head: bytes) -> bool:
    return _VCT.match(head) is not None


def _starts_with(mark: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(mark)


def _has_root(name: bytes) -> Callable[[bytes], bool]:
    """Return a test for XML with this root element, in any namespace."""
    root = re.compile(_BEFORE_ROOT + rb"<(?:[A-Za-z_][\w.-]*:)?" + name + rb"[\s/>]", re.DOTALL)
    return lambda head: root.match(head) is not None


def _is_text(is_it: Callable[[str], bool]) -> Callable[[bytes], bool]:
    """Return a test of the text with which a file begins."""
    return lambda head: (begins_as_utf16(head[:4]) or b"\0" not in head) and is_it(_text_of(head))


def _text_of(head: bytes) -> str:
    """Return the text that bytes begin; what is not UTF-8 or UTF-16 is taken for GBK."""
    if begins_as_utf16(head[:4]):
        return head.decode("utf-16", "ignore")
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return head.decode(GB18030, "replace")


_COLLECTION: Final = _has_root(rb"[A-Za-z]*FeatureCollection")

_SIGNATURES: Final[tuple[tuple[FormatName, Callable[[bytes], bool]], ...]] = (
    ("gpkg", _is_geopackage),
    ("flatgeobuf", _starts_with(b"fgb\x03fgb")),
    ("geoparquet", _starts_with(b"PAR1")),
    ("kml", _has_root(b"kml")),
    ("excel", _is_workbook),
    ("dwg", _starts_with(b"AC10")),
    ("mapgis", lambda head: head.startswith(MAPGIS)),
    ("gpx", _has_root(b"gpx")),
    ("gml", _is_gml),
    ("topojson", _is_topology),
    ("ovjsn", _is_ovjsn),
    ("vct", _is_vct),
    ("udbx", _is_udbx),
    ("mdb", lambda head: head.startswith(MARKS)),
    ("gtxt", _is_text(is_gtxt)),
    ("esrijson", _is_text(is_esrijson)),
    ("amap", _is_text(is_map_answer)),
    ("cass", _is_text(is_point_list)),
)
