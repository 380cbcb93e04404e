"""XML from outside -> a tree of elements: no entities, no DTD, bounded in size and depth."""

import re
from typing import ClassVar, Final
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from zones.errors import ZonesError

MOST_BYTES: Final = 1_000_000
DEEPEST: Final = 64
MOST_ELEMENTS: Final = 200_000
_DECLARED: Final = re.compile(rb"""<\?xml[^>]{0,99}encoding=["']([A-Za-z0-9_-]{1,20})["']""")
_CHINESE: Final = frozenset({b"gbk", b"gb2312", b"gb18030", b"cp936", b"big5"})
_NAMESPACE: Final = re.compile(r"^\{[^}]*\}")


class XMLError(ZonesError):
    """A text that is no XML, or none that is read here."""

    default_code: ClassVar[str] = "xml-broken"


def parse_xml(text: bytes) -> Element:
    """Return the root of a document; tags are ``{namespace}name``.

    Raises
    ------
    XMLError
        ``xml-too-large``, ``xml-too-deep``, ``xml-doctype`` for anything that declares a document
        type (entities are nothing we need, and a way to fill the memory), ``xml-broken``.
    """
    if len(text) > MOST_BYTES:
        raise XMLError("xml-too-large", most=MOST_BYTES)
    tree = _Tree()
    parser = expat.ParserCreate("utf-8" if is_chinese(text) else None, namespace_separator="}")
    parser.StartElementHandler = tree.start
    parser.EndElementHandler = tree.end
    parser.CharacterDataHandler = tree.data
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.buffer_text = True
    try:
        parser.Parse(_in_utf8(text), True)
    except expat.ExpatError as refused:
        # An encoding that Python does not know ends here as well.
        raise XMLError(line=refused.lineno, column=refused.offset + 1) from refused
    except (LookupError, ValueError) as refused:
        raise XMLError(line=1, column=1) from refused
    return tree.builder.close()


def is_chinese(text: bytes) -> bool:
    """Return whether a document says that it is in an encoding of Chinese, which expat cannot."""
    declared = _DECLARED.match(text[:200])
    return declared is not None and declared[1].lower() in _CHINESE


def _in_utf8(text: bytes) -> bytes:
    if not is_chinese(text):
        return text
    return text.decode("gb18030" if b"big5" not in text[:200].lower() else "big5").encode()


def local_name(element: Element) -> str:
    """Return an element's name without its namespace."""
    return _NAMESPACE.sub("", element.tag)


def text_of(element: Element) -> str:
    """Return the text directly in an element, without blanks around it."""
    return (element.text or "").strip()


def child(element: Element, *names: str) -> Element | None:
    """Return the first child that has one of these names in any namespace."""
    return next((each for each in element if local_name(each) in names), None)


class _Tree:
    """Builds the tree while the parser goes along."""

    def __init__(self) -> None:
        self.builder = TreeBuilder()
        self._depth = 0
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._count += 1
        if self._depth > DEEPEST or self._count > MOST_ELEMENTS:
            raise XMLError("xml-too-deep", deepest=DEEPEST, most=MOST_ELEMENTS)
        named = {_clark(key): value for key, value in attributes.items()}
        self.builder.start(_clark(name), named)

    def end(self, name: str) -> None:
        self._depth -= 1
        self.builder.end(_clark(name))

    def data(self, text: str) -> None:
        self.builder.data(text)


def _clark(name: str) -> str:
    return "{" + name if "}" in name else name


def _refuse_doctype(*_declared: object) -> None:
    raise XMLError("xml-doctype")
