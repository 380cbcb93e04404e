"""Goes through a KML text; placemarks that are written alike are read by templates."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from zones.errors import SourceError
from zones.formats.kml.document import KMLHandler
from zones.formats.kml.elements import KMLElement, Outline, Placemark
from zones.formats.repeated_markup import Template, is_plain_markup, pattern_of, read_repeated

_CHUNK_BYTES: Final = 2**18
_PLACEMARK_END: Final = re.compile(rb"</((?:[\w.-]++:)?+Placemark)>")
_MARK: Final = "\ue000"  # for private use: before the number of a gap
_ID: Final = "id"

Step = tuple[Outline, list[Placemark]]


def walk(path: Path) -> Iterator[Step]:
    """Yield what was met so far, and the placemarks since the last step.

    Their elements are valid until the next step, which may fill them with other texts.

    Raises
    ------
    SourceError
        ``kml-doctype``, or ``kml-invalid`` if it is no XML, no KML or nested beyond reason.
    """
    text = path.read_bytes()
    first = _PLACEMARK_END.search(text)
    if first is None or not is_plain_markup(text):
        yield from walk_in_full(text)
        return
    placemarks = _Placemarks()
    try:
        for _ in read_repeated(text, 0, first[1], placemarks):
            yield placemarks.step()
    except SourceError:
        for _ in walk_in_full(text):
            pass  # to have the fault named by what stands around it
        raise


def walk_in_full(text: bytes) -> Iterator[Step]:
    """Yield the same, each element followed; raise as ``walk``."""
    handler = KMLHandler()
    for first in range(0, len(text), _CHUNK_BYTES):
        end = first + _CHUNK_BYTES
        handler.feed(text[first:end], last=end >= len(text))
        yield handler.outline, handler.take()


@dataclass(frozen=True, slots=True)
class _Blueprint:
    """A placemark's element, at which depth it stood, and those in it by the numbers of gaps."""

    element: KMLElement
    depth: int
    gaps: list[tuple[int, KMLElement]]
    id_gap: int | None


class _Placemarks:
    """Feeds placemarks to a handler, or gives it their elements with other texts in them."""

    def __init__(self) -> None:
        self._handler = KMLHandler()

    def step(self) -> Step:
        """Return what was met so far, and the placemarks since the last step."""
        return self._handler.outline, self._handler.take()

    def feed(self, piece: bytes, *, last: bool) -> None:
        """Parse the next piece."""
        self._handler.feed(piece, last=last)

    def is_between(self) -> bool:
        """Return whether no placemark is open."""
        return self._handler.is_outside

    def learn(self, element: bytes) -> Template[_Blueprint] | None:
        """Return a template of a placemark that has nothing of which the line is to be told."""
        pattern = None if self._handler.has_kinds else pattern_of(element, texts=None)
        found = None if pattern is None else pattern.fullmatch(element)
        if pattern is None or found is None or _MARK.encode() in element:
            return None
        marked = KMLHandler()
        marked.feed(b"<kml>%b</kml>" % _with_marks(element, found), last=True)
        (placemark,) = marked.take()
        if marked.outline.foreign or marked.outline.within or marked.outline.markup:
            return None
        return Template(pattern, _blueprint(placemark.element, self._handler.depth))

    def take(self, found: re.Match[bytes], template: Template[_Blueprint]) -> bool:
        """Take a placemark by its texts."""
        learned = template.learned
        if learned.depth != self._handler.depth:
            return False  # it might lie too deep
        texts = found.groups()
        for gap, each in learned.gaps:
            each.text = texts[gap].decode()
        if learned.id_gap is not None:
            learned.element.attributes[_ID] = texts[learned.id_gap].decode()
        self._handler.finish(learned.element)
        return True


def _with_marks(element: bytes, found: re.Match[bytes]) -> bytes:
    """Return an element with a mark and its number in the place of each gap."""
    parts, at = [], 0
    for gap in range(len(found.groups())):
        begin, end = found.span(gap + 1)
        parts += [element[at:begin], f"{_MARK}{gap}".encode()]
        at = end
    return b"".join([*parts, element[at:]])


def _blueprint(element: KMLElement, depth: int) -> _Blueprint:
    """Return what is to be filled; ids of elements in a placemark, which nobody reads, are none."""
    for each in element.all_within():
        each.attributes.pop(_ID, None)
    gaps = [
        (int(each.text.removeprefix(_MARK)), each)
        for each in element.all_within()
        if each.text.startswith(_MARK)
    ]
    own_id = element.attributes.get(_ID, "")
    id_gap = int(own_id.removeprefix(_MARK)) if own_id.startswith(_MARK) else None
    return _Blueprint(element, depth, gaps, id_gap)
