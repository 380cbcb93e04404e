"""Shapefiles in every mixture of text, language driver byte (LDID) and .cpg."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tests.foreign.case import Found, read_as
from tests.source_files import polygon, shapefile, square, zipped

LDIDS: Final = (0x00, 0x4D, 0x57, 0x78)
CPGS: Final = (None, "UTF-8", "GBK", "cp936", "936", "ISO 88591", "nonsense")
_WIDTH = 13  # of the field; odd, so that texts of two and three bytes are cut


@dataclass(frozen=True)
class Texts:
    """Texts as a sender wrote them, and the bytes that stand in the table."""

    written: Sequence[str]
    raw: Sequence[bytes]
    field: bytes = b"name"


def _in(codec: str, *written: str, field: str = "名称") -> Texts:
    return Texts(written, [text.encode(codec) for text in written], field.encode(codec))


TEXTS: Final = {
    "ASCII": _in("ascii", "Heping", "A & <b>", field="name"),
    "GBK": _in("gbk", "和平区", "南市场街道", "太原街 8 号"),
    "UTF-8": _in("utf-8", "和平区", "南市场", "北站"),
    "GB18030, four bytes": _in("gb18030", "和平𠮷巷", "䶮光里", "北市场"),
    "Big5": _in("big5", "臺北市中正", "重慶南路", "總統府", field="名稱"),
    "Latin-1": _in("latin-1", "Café", "Pérez", "Müller", field="name"),
    "UTF-8 among GBK": Texts(
        ["和平区", "南市场", "北站"],
        ["和平区".encode("gbk"), "南市场".encode(), "北站".encode("gbk")],
        "名称".encode("gbk"),
    ),
    "GBK, cut by the field": Texts(
        ["和平区南市场", "北站"], ["和平区南市场街".encode("gbk")[:13], "北站".encode("gbk")]
    ),
    "UTF-8, cut by the field": Texts(
        ["和平区南", "北站"], ["和平区南市".encode()[:13], "北站".encode()]
    ),
}


def labelled(texts: Texts, ldid: int, cpg: str | None) -> bytes:
    """Return the zipped shapefile."""
    shapes = [polygon(square(index)) for index in range(len(texts.raw))]
    parts = shapefile(
        shapes,
        [(raw,) for raw in texts.raw],
        fields=[(texts.field.decode("latin-1"), "C", _WIDTH)],
        encoding="latin-1",  # so that bytes stay what they are
        code_page=ldid,
        cpg=cpg,
    )
    return zipped(parts)


def cell(texts: Texts, ldid: int, cpg: str | None) -> str:
    """Return in a few words what becomes of the texts."""
    found = read_as("a.zip", labelled(texts, ldid, cpg))
    if found.reading is None:
        return "refused"
    if (asked := found.reading.question) is not None:
        shown = [set(one.samples) for one in asked.candidates]
        right = [set(texts.written) <= samples for samples in shown]
        return "asks, right first" if right[:1] == [True] else "asks, right later"
    return _told(found, texts)


def _told(found: Found, texts: Texts) -> str:
    reading = found.reading
    assert reading is not None
    read = [next(iter(item.properties.values())) for item in reading.features]
    name = next(iter(reading.features[0].properties))
    known = name in ("名称", "name")
    words = ["right" if read == list(texts.written) and known else f"WRONG {read}"]
    codes = [problem.code for problem in reading.problems]
    words += [_WORDS[code] for code in codes]
    return ", ".join(words)


_WORDS: Final = {
    "encoding-label-wrong": "label wrong",
    "encoding-label-unknown": "label unknown",
    "encoding-mixed": "mixed",
    "texts-cut": "cut",
}
