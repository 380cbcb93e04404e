"""What is kept of a KML while it is read: elements, folders, placemarks, and what is not read."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

ROOT: Final = "kml"
_LONGEST_NAME = 80
_MOST_FOREIGN = 50


class KMLElement:
    """An XML element: local name, attributes, text that stands directly in it, children.

    What tells how to draw is not among the children.
    """

    __slots__ = ("attributes", "children", "name", "text")

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name, self.attributes, self.text = name, attributes, ""
        self.children: list[KMLElement] = []

    def child(self, name: str) -> "KMLElement | None":
        """Return the first child of a name, None if there is none."""
        return next((child for child in self.children if child.name == name), None)

    def named(self, name: str) -> "list[KMLElement]":
        """Return the children of a name."""
        return [child for child in self.children if child.name == name]

    def all_text(self) -> str:
        """Return the text in it and in everything below it, without blanks at its ends."""
        return " ".join([self.text, *(each.text for each in self.all_within())]).strip()

    def all_within(self) -> "Iterator[KMLElement]":
        """Yield everything below it."""
        for child in self.children:
            yield child
            yield from child.all_within()


@dataclass(slots=True)
class Container:
    """A Document or a Folder; ``parent`` is an index of ``Outline.containers``.

    The first one stands for the file itself. ``elements`` tell of it as a whole.
    """

    kind: str
    parent: int
    elements: list[KMLElement] = field(default_factory=list)

    def text_of(self, name: str) -> str:
        """Return the text of its first element of a name."""
        return next((each.text.strip() for each in self.elements if each.name == name), "")


@dataclass(slots=True)
class Foreign:
    """What of placemarks is not read, by one name: the place of the first, and how many."""

    placemark: str
    line: int
    count: int = 0


@dataclass(slots=True)
class Outline:
    """What was met so far: containers in the file's order, links, and what is not read.

    ``hidden`` counts the placemarks that are not to be seen; ``folder_elements`` are the names of
    what stands in folders and tells of them. ``foreign`` are elements of placemarks that KML does
    not know, ``within`` is what stands deeper: elements in geometries, attributes of elements,
    ``markup`` elements in texts, of which the text is kept.
    """

    containers: list[Container] = field(default_factory=lambda: [Container(ROOT, -1)])
    links: list[str] = field(default_factory=list)
    unread: Counter[str] = field(default_factory=Counter)
    hidden: int = 0
    foreign: dict[str, Foreign] = field(default_factory=dict)
    within: dict[str, Foreign] = field(default_factory=dict)
    markup: dict[str, Foreign] = field(default_factory=dict)
    folder_elements: dict[str, None] = field(default_factory=dict)

    def add_folder_element(self, name: str) -> None:
        """Remember an element of a folder that is not read."""
        if len(self.folder_elements) < _MOST_FOREIGN:
            self.folder_elements[name] = None

    def add_foreign(self, name: str, placemark: KMLElement, line: int) -> None:
        """Count an element of a placemark that is not read."""
        _count(self.foreign, name, placemark, line)

    def add_within(self, name: str, placemark: KMLElement, line: int) -> None:
        """Count what stands deeper in a placemark and is not read."""
        _count(self.within, name, placemark, line)

    def add_markup(self, name: str, placemark: KMLElement, line: int) -> None:
        """Count an element that stands in a text."""
        _count(self.markup, name, placemark, line)


def _count(met: dict[str, Foreign], name: str, placemark: KMLElement, line: int) -> None:
    if name in met or len(met) < _MOST_FOREIGN:
        title = placemark.child("name")
        shown = title.text.strip()[:_LONGEST_NAME] if title is not None else ""
        met.setdefault(name, Foreign(shown or "—", line)).count += 1


@dataclass(frozen=True, slots=True)
class Placemark:
    """A placemark, and the container it lies in."""

    container: int
    element: KMLElement
