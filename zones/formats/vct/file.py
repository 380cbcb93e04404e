"""A VCT that was looked through: head, layers, tables, and its objects by their ids."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from zones.encoding.decide_encoding import EncodingFinding, decide_encoding
from zones.encoding.trial_decoding import EncodedText, decode_text
from zones.formats.vct.head import (
    VCTHead,
    feature_codes,
    head_values,
    separator_of,
    table_structures,
)
from zones.formats.vct.layers import VCTLayer, are_edges, layers_of
from zones.formats.vct.scan import CodesOf, Scan, Span, scan, text_of
from zones.formats.vct.tables import ObjectRows, id_of, lines_of
from zones.sandbox.child_task import ReadTask

_HALF = 0.5
_HEAD_SECTIONS = ("Head", "FeatureCode", "TableStructure")


@dataclass(slots=True)
class VCTFile:
    """What is known of a file before a layer is chosen.

    ``edges`` are layers of lines that are there for polygons alone; ``tables`` are the pieces of
    the attributes by the name of their table. ``separator`` is the mark between values.
    """

    file: BinaryIO
    scan: Scan
    head: VCTHead
    encoding: EncodingFinding
    layers: tuple[VCTLayer, ...]
    edges: tuple[VCTLayer, ...]
    tables: dict[str, list[Span]]
    separator: bytes

    def raw(self, kind: str, row: int) -> bytes:
        """Return the lines of an object by its place among those of its kind."""
        objects = self.scan.objects[kind]
        return os.pread(self.file.fileno(), objects.lengths[row], objects.starts[row])

    def line(self, place: tuple[int, int]) -> bytes:
        """Return a row of a table by its place and length."""
        return os.pread(self.file.fileno(), place[1], place[0])

    def rows_of(self, table: str) -> ObjectRows:
        """Return where the rows of a table stand."""
        return ObjectRows(
            (fid, place, len(line) + 1)
            for span in self.tables.get(table, ())
            for place, line in lines_of(self.file, span)
            if (fid := id_of(line, self.separator)) is not None
        )


def opened(task: ReadTask, *, encoding: str | None) -> VCTFile:
    """Return a VCT looked through from end to end.

    Raises
    ------
    SourceError
        ``vct-broken``, ``vct-head``, or why its texts cannot be read.
    """
    found = scan(task.source, _codes_of(task.source), lambda share: task.progress(share * _HALF))
    finding = decide_encoding(_texts(task.source, found), override=encoding)
    codec = finding.codec

    def text(name: str) -> str:
        spans = found.sections.get(name, ())
        raw = b"\n".join(text_of(task.source, span) for span in spans)
        return decode_text(EncodedText(raw.removeprefix(b"\xef\xbb\xbf")), codec)

    values = head_values(text("Head"))
    mark = separator_of(values)
    codes = feature_codes(text("FeatureCode"), mark)
    head = VCTHead(values, codes, table_structures(text("TableStructure"), mark))
    tables: dict[str, list[Span]] = {}
    for span in found.tables:
        place, name = next(lines_of(task.source, span), (span.end, b""))
        rows = Span(min(span.end, place + len(name) + 1), span.end)
        tables.setdefault(decode_text(EncodedText(name), codec), []).append(rows)
    layers = layers_of(head, found, finding.name)
    edges = tuple(each for each in layers if are_edges(each, frozenset(tables), layers))
    offered = tuple(each for each in layers if each not in edges)
    separator = mark.encode(finding.name, "replace")
    return VCTFile(task.source, found, head, finding, offered, edges, tables, separator)


def _codes_of(file: BinaryIO) -> CodesOf:
    def codes_of(found: Scan, section: bytes) -> list[bytes]:
        heads = found.sections.get("Head", ())
        values = head_values(b"\n".join(text_of(file, span) for span in heads).decode("latin-1"))
        mark = separator_of(values).encode("latin-1")
        return [line.partition(mark)[0].strip() for line in section.splitlines() if line.strip()]

    return codes_of


def _texts(file: BinaryIO, found: Scan) -> Iterator[EncodedText]:
    """Yield all lines that are not ASCII, those of geometry apart, which are numbers."""
    spans = [span for name in (*_HEAD_SECTIONS, "Varchar") for span in found.sections.get(name, ())]
    for span in (*spans, *found.tables):
        for _, line in lines_of(file, span):
            if not line.isascii():
                yield EncodedText(line)
