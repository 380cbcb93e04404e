"""Elements of an XML that are written alike but for their texts: each is matched as a whole.

A file of many features repeats the same tags. An element that an XML parser has taken makes a
template: its markup by the letter, with gaps for the texts in it. What fits it is as sound as the
element was, since a gap takes nothing that is markup, a reference, or no character of XML.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, Generic, Protocol, TypeVar

_NAME: Final = rb"[^\s<>&\"'=/!?]++"
_ATTRIBUTE: Final = re.compile(rb'(\s++(?:%b:)?+(%b)=")([^"<&]*+)"' % (rb"[\w.-]++", rb"[\w.-]++"))
_TAG: Final = re.compile(rb'<(/?+)(%b)((?:\s++[\w.:-]++="[^"<&]*+")*+)\s*+(/?+)>' % _NAME)
_TEXT: Final = rb"[^<>&\x00-\x08\x0b-\x1f]*+"
_LOOSE_TEXT: Final = rb"[^<>&\x00-\x08\x0b\x0c\x0e-\x1f]*+"  # of which line ends do not matter
_VALUE: Final = rb"[^<>&\"\x00-\x1f]*+"
_OWN_ID: Final = b'id="'
_IDS: Final = frozenset({b"id", b"fid"})
_NOT_IN_XML: Final = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")  # U+FFFE and U+FFFF
_CHUNK_BYTES: Final = 2**18
_MOST_TAGS: Final = 300
_MOST_TEMPLATES: Final = 12
_ON_TRIAL: Final = 400
"""Elements of a file after which it is asked whether templates fit at all."""

Learned = TypeVar("Learned")


@dataclass(frozen=True, slots=True)
class Template(Generic[Learned]):
    """The markup of an element with gaps, and what was learned of the element."""

    pattern: re.Pattern[bytes]
    learned: Learned


class ElementReader(Protocol[Learned]):
    """Takes an XML piece by piece, all elements or what is in the gaps of templates."""

    def feed(self, piece: bytes, *, last: bool) -> None:
        """Parse the next piece."""

    def is_between(self) -> bool:
        """Return whether all elements that repeat themselves are closed."""

    def learn(self, element: bytes) -> Template[Learned] | None:
        """Return a template of the element that was fed last, if it is fit for one."""

    def take(self, found: re.Match[bytes], template: Template[Learned]) -> bool:
        """Take an element by its texts, or return False to have it fed."""


def is_plain_markup(text: bytes) -> bool:
    """Return whether an XML in UTF-8 has no comments, instructions and the like but its first."""
    if b"!" in text and b"<!" in text:  # single bytes, of which there are few, are found sooner
        return False
    if text.find(b"?", text.find(b"?>") + 2) >= 0 and text.find(b"<?", 1) >= 0:
        return False
    return b"\xef" not in text or not any(each in text for each in _NOT_IN_XML)


def read_repeated(
    text: bytes, start: int, name: bytes, reader: ElementReader[Learned]
) -> Iterator[None]:
    """Have the rest of a text read, by templates where they fit; yield after each step.

    Line breaks are fed in the place of what was not, so that the lines stay right.

    Parameters
    ----------
    text
        An XML of which all before ``start`` was fed.
    name
        Of the element that repeats itself, as it is written.
    """
    walk = _Walk(text, start, b"</%b>" % name, reader)
    while walk.is_worth_while and (walk.take() or walk.feed()):
        yield
    for _ in walk.feed_rest():
        yield


class _Walk(Generic[Learned]):
    """Goes through a text from the end of an element to the end of the next."""

    def __init__(self, text: bytes, at: int, end: bytes, reader: ElementReader[Learned]) -> None:
        self._text, self._end, self._reader = text, end, reader
        self._at = self._unfed = at
        self._templates: list[Template[Learned]] = []
        self._is_between = False
        self._on_trial = _ON_TRIAL

    @property
    def is_worth_while(self) -> bool:
        """Whether templates fit as often as they do not."""
        return self._on_trial > 0

    def take(self) -> bool:
        """Take the next element if it fits a template."""
        for place, template in enumerate(self._templates if self._is_between else ()):
            found = template.pattern.match(self._text, self._at)
            if found is not None and self._reader.take(found, template):
                if place:
                    self._templates.insert(0, self._templates.pop(place))
                self._at = found.end()
                self._on_trial += 1
                return True
        return False

    def feed(self) -> bool:
        """Feed all to the end of the next element, and make a template of it; False at the last."""
        stop = self._text.find(self._end, self._at) + len(self._end)
        if stop < len(self._end):
            return False
        was_between, element = self._is_between, self._text[self._at : stop]
        self._reader.feed(self._lines() + element, last=False)
        self._at = self._unfed = stop
        self._on_trial -= 1
        self._is_between = self._reader.is_between()
        if self._is_between and was_between and len(self._templates) < _MOST_TEMPLATES:
            template = self._reader.learn(element)
            self._templates[:0] = [] if template is None else [template]
        return True

    def feed_rest(self) -> Iterator[None]:
        """Feed what is behind the last element, or behind those that were tried in vain."""
        size = len(self._text)
        self._reader.feed(self._lines(), last=self._at >= size)
        for first in range(self._at, size, _CHUNK_BYTES):
            piece = self._text[first : first + _CHUNK_BYTES]
            self._reader.feed(piece, last=first + _CHUNK_BYTES >= size)
            yield

    def _lines(self) -> bytes:
        """Return as many line breaks as there are in what was taken and not fed."""
        return b"\n" * self._text.count(b"\n", self._unfed, self._at)


def pattern_of(element: bytes, *, texts: Mapping[bytes, bytes] | None) -> re.Pattern[bytes] | None:
    """Return the pattern of an element, None if it is not written plainly.

    Parameters
    ----------
    element
        What stands from the end of the one before to its own end.
    texts
        The patterns of texts by the local names of their elements; in others any may stand. With
        None the element's own ``id`` and the texts of all elements without others in them are
        groups, white space between tags stands by the letter, and so does all else but ids.
    """
    tags = list(_TAG.finditer(element))
    if len(tags) > _MOST_TAGS or not _are_one_element(tags) or tags[-1].end() != len(element):
        return None
    parts, at = [], 0
    before: re.Match[bytes] | None = None
    for tag in tags:
        written = element[at : tag.start()]
        if b"<" in written or b">" in written:
            return None
        own_id = _OWN_ID if texts is None and before is None else b""
        parts += [_gap(written, before, tag, texts), _tag_pattern(tag, own_id=own_id)]
        before, at = tag, tag.end()
    return re.compile(b"".join(parts))


def _are_one_element(tags: Sequence[re.Match[bytes]]) -> bool:
    """Return whether the first tag's element ends with the last tag."""
    depths = list(accumulate(-1 if tag[1] else not tag[4] for tag in tags))
    return bool(depths) and not depths[-1] and all(depth > 0 for depth in depths[:-1])


def _gap(
    written: bytes,
    before: re.Match[bytes] | None,
    after: re.Match[bytes],
    texts: Mapping[bytes, bytes] | None,
) -> bytes:
    is_leaf = before is not None and not before[1] and not before[4] and bool(after[1])
    if texts is None:
        return b"(%b)" % _TEXT if is_leaf else re.escape(written)
    local = after[2].rpartition(b":")[2]
    return texts.get(local, _LOOSE_TEXT) if is_leaf else _LOOSE_TEXT


def _tag_pattern(tag: re.Match[bytes], *, own_id: bytes) -> bytes:
    """Return a tag by the letter, but for ids, which every feature has another of.

    ``own_id`` is what begins the attribute of which the value is a group.
    """
    attributes, at, parts = tag[3], 0, [re.escape(b"<" + tag[1] + tag[2])]
    for each in _ATTRIBUTE.finditer(attributes):
        value = _VALUE if each[2] in _IDS else re.escape(each[3])
        if own_id and each[1].lstrip() == own_id:
            value = b"(%b)" % value
        parts.append(re.escape(attributes[at : each.start()] + each[1]) + value + b'"')
        at = each.end()
    rest = tag[0][len(b"<" + tag[1] + tag[2] + attributes) :]
    return b"".join([*parts, re.escape(attributes[at:] + rest)])
