"""KML and KMZ -> a text that GDAL may read, and descriptions without their HTML.

A document type could define entities that grow without bound or name other files, so none may
occur. Links to further documents are left alone, as are styles and pictures.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final
from xml.parsers import expat

from zones.errors import SourceError
from zones.model import JSON
from zones.reference_systems import CRS
from zones.sources.codec_names import UTF_8
from zones.sources.encoding import EncodingFinding, decide_encoding
from zones.sources.encoding_trials import Text, decode_text
from zones.sources.findings import FormatName
from zones.sources.gdal_source import GDALLayer, GDALSource
from zones.sources.limits import Limits
from zones.sources.source_model import SourceBatch, SourceLayer

_DECLARED: Final = re.compile(rb'^\s*<\?xml[^>]*?encoding\s*=\s*["\']([A-Za-z0-9._-]{1,40})["\']')
_DECLARATION: Final = re.compile(r"^\s*<\?xml.*?\?>", re.DOTALL)
_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_ROOT: Final = "kml"
_DATA_NAME: Final = re.compile(r"""(<(?:\w+:)?Data\b[^<>]*?\bname\s*=\s*)(["'])(.*?)\2""")
_STAND_IN = "data_{:05d}"
_DEEPEST = 100
_LONGEST_REASON = 120
_DRAWING: Final = frozenset(
    {"altitudeMode", "tessellate", "extrude", "visibility", "drawOrder", "icon"}
)
_TIMES: Final = ("timestamp", "begin", "end")
_MARKUP: Final = re.compile(r"<[a-zA-Z/!]|&[a-zA-Z#0-9]+;")
_BREAKS: Final = frozenset({"br", "p", "div", "tr", "table", "li", "ul", "h1", "h2", "h3", "hr"})
_UNSEEN: Final = frozenset({"script", "style", "head", "title", "iframe", "object"})


@dataclass(frozen=True, slots=True)
class SoundKML:
    """What the text was encoded in, and the names of data for which GDAL gets others.

    GDAL makes underscores of all that is not ASCII in them.
    """

    encoding: EncodingFinding
    names: Mapping[str, str]


class KMLSource:
    """One folder of a KML text that was found sound."""

    def __init__(
        self,
        path: Path,
        *,
        format_name: FormatName,
        layer: str,
        layers: tuple[str, ...],
        text: "SoundKML",
        crs: str | None,
        limits: Limits,
    ) -> None:
        told = GDALLayer(
            format=format_name,
            path=path,
            layer=layer,
            layers=layers,
            id_field="id",
            left_out=_DRAWING,
            crs_in_format=CRS.CRS84,
        )
        self._inner = GDALSource(told, crs=crs, limits=limits)
        self._text = text

    @property
    def layer(self) -> SourceLayer:
        """Return what is known of the layer; fields that KML always has are told when filled."""
        inner = self._inner.layer
        kept = {
            self._text.names.get(name, name): kind
            for name, kind in inner.field_types.items()
            if name not in _TIMES
        }
        return SourceLayer(
            inner.format,
            inner.layer,
            inner.layers,
            self._text.encoding,
            inner.crs,
            inner.crs_finding,
            kept,
            inner.notes,
        )

    def batches(self) -> Iterator[tuple[float, SourceBatch]]:
        """Yield the features in order, each time with the fraction of the file that is done."""
        for share, batch in self._inner.batches():
            yield share, replace(batch, properties=[self._plain(row) for row in batch.properties])

    def _plain(self, row: dict[str, JSON]) -> dict[str, JSON]:
        """Return the attributes under their own names, without HTML and unfilled times."""
        names = self._text.names
        kept = {
            names.get(name, name): value
            for name, value in row.items()
            if value is not None or name not in _TIMES
        }
        if isinstance(description := kept.get("description"), str):
            kept["description"] = plain_text(description)
        return kept


def write_sound_kml(raw: bytes, target: Path, *, override: str | None) -> SoundKML:
    """Write the text in UTF-8 to ``target`` if it may be read.

    Raises
    ------
    SourceError
        ``kml-doctype``, ``kml-invalid``, or why its encoding cannot be told.
    """
    text, encoding = _decoded(raw, override)
    body = _DECLARATION.sub("", text, count=1)
    _refuse_unsound(body)
    body, names = _with_plain_names(body)
    target.write_text('<?xml version="1.0" encoding="UTF-8"?>' + body, encoding="utf-8", newline="")
    return SoundKML(encoding, names)


def plain_text(html: str) -> str:
    r"""Return what a reader of the HTML would see, as plain text.

    Examples
    --------
    >>> plain_text("<b>沈阳站</b><br>A &amp; B<script>x()</script>")
    '沈阳站\nA & B'
    """
    if not _MARKUP.search(html):
        return html
    reader = _Visible()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.seen).split("\n"))
    return "\n".join(line for line in lines if line)


class _Visible(HTMLParser):
    """Keeps the text between tags; breaks become new lines, cells are set apart by a blank."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self._hidden += tag in _UNSEEN
        self.seen.append("\n" if tag in _BREAKS else " " if tag in ("td", "th") else "")

    def handle_endtag(self, tag: str) -> None:
        self._hidden = max(0, self._hidden - (tag in _UNSEEN))
        self.seen.append("\n" if tag in _BREAKS else "")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.seen.append(data)


def _with_plain_names(text: str) -> tuple[str, dict[str, str]]:
    """Return the text with stand-ins for names of data, and what each stands for."""
    stand_ins: dict[str, str] = {}

    def rename(match: re.Match[str]) -> str:
        name = unescape(match[3])
        stand_in = stand_ins.setdefault(name, _STAND_IN.format(len(stand_ins) + 1))
        return f'{match[1]}"{stand_in}"'

    renamed = _DATA_NAME.sub(rename, text)
    return renamed, {stand_in: name for name, stand_in in stand_ins.items()}


def _decoded(raw: bytes, override: str | None) -> tuple[str, EncodingFinding]:
    for mark, codec in _BOMS:
        if raw.startswith(mark):
            try:
                return raw[len(mark) :].decode(codec), EncodingFinding(UTF_8, "format")
            except UnicodeDecodeError as error:
                raise SourceError("kml-invalid", line="—", reason=codec) from error
    match = _DECLARED.match(raw[:200])
    declared = match[1].decode("ascii") if match else UTF_8
    finding = decide_encoding(map(Text, raw.split(b"\n")), declared=declared, override=override)
    lines = (decode_text(Text(line), finding.codec) for line in raw.split(b"\n"))
    return "\n".join(lines), finding


def _refuse_unsound(text: str) -> None:
    """Raise if the text is no XML, has a document type, or is nested beyond reason."""
    parser = expat.ParserCreate("utf-8")
    depth = 0

    def refuse(*_: object) -> None:
        raise SourceError("kml-doctype")

    def enter(name: str, _: object) -> None:
        nonlocal depth
        if not depth and name.rpartition(":")[2] != _ROOT:
            raise SourceError("kml-invalid", line=parser.CurrentLineNumber, reason=name[:40])
        depth += 1
        if depth > _DEEPEST:
            raise SourceError("kml-invalid", line=parser.CurrentLineNumber, reason="too deep")

    def leave(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler, parser.EndElementHandler = enter, leave
    try:
        parser.Parse(text.encode("utf-8"), True)
    except expat.ExpatError as error:
        reason = expat.errors.messages.get(error.code, "")[:_LONGEST_REASON]
        raise SourceError("kml-invalid", line=error.lineno, reason=reason) from error
    except UnicodeEncodeError as error:
        raise SourceError("kml-invalid", line="—", reason="surrogates") from error
