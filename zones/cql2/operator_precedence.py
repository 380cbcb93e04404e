"""A piece of a filter without parentheses -> what binds stronger than what, by the cql2 package."""

import re
from dataclasses import dataclass, field
from typing import Any, Final

import cql2

from zones.cql2.faults_and_limits import DEEPEST, MOST_TERMS, fault, too_deep
from zones.model import JSON

_PLACE: Final = re.compile(r"--> 1:([0-9]+)")
_COMPARISONS: Final = frozenset({"=", "<>", "<", "<=", ">", ">="})
_MOST_OPERATORS: Final = 3 * MOST_TERMS  # as in "NOT a = 1 OR": three to a term


@dataclass(slots=True)
class OperatorChain:
    """Operands and the operators between them, in their order.

    ``words`` is what the native parser reads: operators, and ``v0``, ``v1`` ... for the operands.
    ``chained`` tells of ``a < b < c``, which the native parser takes for ``a < (b < c)``.
    """

    at: int
    operands: list[JSON] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    chained: bool = False
    _signs: str = ""
    _chain: int = 0
    _comparisons: int = 0
    _folding: bool = False

    def operand(self, document: JSON, at: int) -> None:
        """Add an operand that begins at ``at``."""
        document, self._signs = _signed(document, self._signs), ""
        if self._folding:
            document, self._folding = _casei(document), False
        self._add(f"v{len(self.operands)}", at)
        self.operands.append(document)

    def operator(self, word: str, at: int) -> None:
        """Add an operator or a keyword.

        Raises
        ------
        FilterError
            ``filter-too-deep`` for a run of operators that the native parser would nest,
            ``filter-too-many-terms``.
        """
        self._count(word)
        if word in {"+", "-"} and not self._after_operand():
            # The native parser takes no sign after NOT; its binding is the strongest anyway.
            self._signs += word
            return
        if self._signs:
            raise fault("syntax", near=word.upper())
        if word == "ilike":
            self._fold_left()
            word = "like"
        self._add(word, at)

    def follows(self, *words: str) -> bool:
        """Return whether these are the last words."""
        return tuple(self.words[-len(words) :]) == words

    def _after_operand(self) -> bool:
        return bool(self.words) and (self.words[-1][0] == "v" or self.words[-1] == "null")

    def _add(self, word: str, at: int) -> None:
        self.words.append(word)
        self.places.append(at)

    def _count(self, word: str) -> None:
        if len(self.words) > 2 * _MOST_OPERATORS:
            raise fault("too-many-terms", most=MOST_TERMS)
        if word in {"and", "or"}:
            self._chain = self._comparisons = 0
            return
        self._chain += 1
        self._comparisons += word in _COMPARISONS
        if self._chain > DEEPEST:
            raise too_deep()
        self.chained |= self._comparisons > 1

    def _fold_left(self) -> None:
        """Make the operand before ``ilike`` one without case, and remember to fold the next."""
        before = [word for word in self.words[-2:] if word != "not"]
        if not before or not before[-1].startswith("v"):
            raise fault("syntax", near="ILIKE")
        self.operands[-1] = _casei(self.operands[-1])
        self._folding = True


def parse_flat(piece: OperatorChain) -> tuple[int | None, JSON]:
    """Return None and the document of the piece, or the place in the filter that is wrong."""
    if piece.words == ["v0"]:
        return None, piece.operands[0]
    try:
        tree = cql2.parse_text(" ".join(piece.words)).to_json()
    except cql2.ParseError as refused:
        return _place(piece, str(refused)), None
    if piece.chained:
        raise fault("chained")
    return None, _filled(tree, piece)


def _filled(tree: Any, piece: OperatorChain) -> JSON:
    """Return the native parser's tree with the operands in place of their short names."""
    if not isinstance(tree, dict):
        constant: JSON = tree
        return constant
    if "property" in tree:
        return _of_name(str(tree["property"]), piece)
    members = tree["args"]
    if tree["op"] == "in" and isinstance(members, list):
        # The native parser makes a list of one of what is not a list in parentheses.
        members = [members[0], *(members[1] if isinstance(members[1], list) else members[1:])]
    filled: list[JSON] = [_filled(each, piece) for each in members]
    return {"op": tree["op"], "args": filled}


def _of_name(name: str, piece: OperatorChain) -> JSON:
    # A lone keyword, as in "a = and", is a property to the native parser.
    if name[:1] != "v" or not name[1:].isdigit():
        raise fault("syntax", near=name.upper())
    return piece.operands[int(name[1:])]


def _place(piece: OperatorChain, message: str) -> int:
    """Return where in the filter the word stands that the native parser could not use."""
    found = _PLACE.search(message)
    column = int(found[1]) - 1 if found else 0
    length = 0
    for word, at in zip(piece.words, piece.places, strict=True):
        length += len(word) + 1
        if column < length:
            return at
    return piece.places[-1] if piece.places else piece.at


def _signed(document: JSON, signs: str) -> JSON:
    """Return an operand with the signs before it, the last one first."""
    for sign in reversed(signs):
        if isinstance(document, int | float) and not isinstance(document, bool):
            document = -document if sign == "-" else document
        elif sign == "+":
            raise fault("syntax", near="+")
        else:
            document = {"op": "*", "args": [-1, document]}
    return document


def _casei(document: JSON) -> JSON:
    return {"op": "casei", "args": [document]}
