"""Looks through a GML whose features are written alike in a fraction of the time."""

import re
from collections import Counter
from pathlib import Path
from typing import Final
from xml.parsers import expat

from zones.errors import SourceError
from zones.formats.gdal.gml_reader import GMLReader
from zones.formats.gdal.xml_reader import XMLSurvey
from zones.formats.repeated_markup import Template, is_plain_markup, pattern_of, read_repeated

_HEAD_BYTES: Final = 2**14
_OF_SEVERAL: Final = "featureMembers"  # with all features in it
_OTHER_LISTS: Final = (b"coordinates", b"coord>")
_NUMBER: Final = rb"-?[0-9]++(?:\.[0-9]++)?+"
_PAIRS: Final = rb"[ \t\r\n]*+(?:%b[ \t\r\n]++%b(?:[ \t\r\n]++|(?=<)))++" % (_NUMBER, _NUMBER)
_LISTS: Final = dict.fromkeys((b"pos", b"posList"), _PAIRS)


def surveyed_by_templates(path: Path) -> XMLSurvey | None:
    """Return what a GML in UTF-8 holds, None if it has to be looked through in full.

    That is to be done for a file that is at fault, too, to have the fault named.
    """
    text = path.read_bytes()
    if len(text) <= _HEAD_BYTES or not is_plain_markup(text):
        return None
    elements = _Elements()
    try:
        elements.feed(text[:_HEAD_BYTES], last=False)
        name = elements.repeated()
        if name is None:
            return None
        for _ in read_repeated(text, _HEAD_BYTES, name, elements):
            pass
    except (SourceError, expat.ExpatError):
        return None
    is_to_be_mended = elements.survey.radii or elements.survey.turned  # where: by bytes as fed
    return None if is_to_be_mended else elements.survey


class _Elements:
    """Feeds the members of a collection to a reader, or tells it what it would find in them."""

    def __init__(self) -> None:
        self._reader = GMLReader("GML")
        self._depth = 0  # of what holds the members
        self._met: tuple[int, ...] = ()
        self._attributes = Counter[str]()  # before the last member

    @property
    def survey(self) -> XMLSurvey:
        """What was found so far."""
        return self._reader.survey

    def repeated(self) -> bytes | None:
        """Return the name of the members, by the one that is open."""
        path = self._reader.path
        is_one = len(path) > 1 and path[1].rpartition(":")[2] == _OF_SEVERAL
        self._depth = 2 if is_one else 1
        return path[self._depth].encode() if len(path) > self._depth else None

    def feed(self, piece: bytes, *, last: bool) -> None:
        """Parse the next piece."""
        self._met, self._attributes = self._counts(), self.survey.attributes.copy()
        self._reader.parser.Parse(piece, last)

    def is_between(self) -> bool:
        """Return whether all members are closed."""
        return self._reader.depth == self._depth

    def learn(self, element: bytes) -> Template[Counter[str]] | None:
        """Return a template of a member that has nothing of which the line is to be told."""
        if self._counts() != self._met or any(each in element for each in _OTHER_LISTS):
            return None
        pattern = pattern_of(element, texts=_LISTS)
        left_out = self.survey.attributes - self._attributes
        return None if pattern is None else Template(pattern, left_out)

    def take(self, _: re.Match[bytes], template: Template[Counter[str]]) -> bool:
        """Count what a member has; its positions are plain ones if it fits the template."""
        if template.learned:
            self.survey.attributes.update(template.learned)
        return True

    def _counts(self) -> tuple[int, ...]:
        """Return how often something was met that is told with the line of the first."""
        survey = self.survey
        told = survey.links, survey.several, survey.placeless, survey.unturned
        return *(each.count for each in told), len(survey.radii), len(survey.turned)
