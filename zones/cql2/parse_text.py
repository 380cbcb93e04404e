"""CQL2 text -> the CQL2 JSON document that means the same.

The filter is taken apart at its parentheses, and the native parser is given one flat piece at a
time in which every operand is replaced by a short name. It thus decides what binds stronger than
what, but meets neither nesting nor anybody's text: it needs twice the time for each further level
of parentheses (hours for a filter of 70 characters) and overflows its stack at some thousand.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Literal

from zones.cql2.faults_and_limits import DEEPEST, MOST_VALUES, SHOWN, fault, too_deep
from zones.cql2.number_parsing import read_number
from zones.cql2.operations import FUNCTIONS, LISTS
from zones.cql2.operator_precedence import OperatorChain, parse_flat
from zones.cql2.tokens import Token, tokenise
from zones.cql2.wkt import GEOMETRY_WORDS, geometry_document
from zones.model import JSON

_OPERATORS: Final = frozenset({"and", "or", "not", "like", "between", "in", "is", "div"})
_CONSTANTS: Final[dict[str, JSON]] = {"true": True, "false": False, "null": None}
_CONSTRUCTORS: Final = {"date": 1, "timestamp": 1, "interval": 2, "bbox": (4, 6)}
_END: Final = Token("sign", "", -1)


def text_document(text: str, *, ilike: bool = False) -> JSON:
    """Return the document of a filter in CQL2 text.

    Parameters
    ----------
    ilike
        Whether ``a ILIKE b`` is taken, as ``CASEI(a) LIKE CASEI(b)``: GDAL writes it when it is
        told that the server knows ``cql-text``.

    Raises
    ------
    FilterError
        If the text is no filter, is nested beyond the limit, or calls an unknown function.
    """
    reader = _Reader(text, ilike=ilike)
    tokens = [*tokenise(text), _END]
    following = iter(pairwise(tokens))
    for token, after in following:
        reader.take(token, after, following)
    return reader.document()


@dataclass(slots=True)
class _Group:
    """What stands between two parentheses, so far: pieces parted by commas."""

    kind: Literal["filter", "parentheses", "list", "call"]
    name: str
    at: int
    pieces: list[OperatorChain] = field(default_factory=list)


class _Reader:
    """Takes tokens in their order and keeps the groups that are open."""

    def __init__(self, text: str, *, ilike: bool) -> None:
        self._text = text
        self._ilike = ilike
        self._open = [_Group("filter", "", 0, [OperatorChain(0)])]

    def take(self, token: Token, after: Token, following: Iterator[tuple[Token, Token]]) -> None:
        if token.kind in {"text", "name", "number"}:
            self._operand(_operand(token), token.at)
        elif token.kind == "word":
            self._word(token, after, following)
        elif token.value == "(":
            self._enter("list" if self._begins_list() else "parentheses", "", token.at)
        elif token.value == ",":
            self._next_piece(token)
        elif token.value == ")":
            self._leave(token)
        else:
            self._piece.operator(token.value, token.at)

    def document(self) -> JSON:
        """Return what the whole filter means, once every token is taken."""
        if len(self._open) > 1:
            raise fault("parentheses", near=self._near(self._open[-1].at))
        return self._parsed(self._piece)

    @property
    def _piece(self) -> OperatorChain:
        return self._open[-1].pieces[-1]

    def _near(self, at: int) -> str:
        return self._text[at : at + SHOWN]

    def _operand(self, document: JSON, at: int) -> None:
        self._piece.operand(document, at)

    def _word(self, token: Token, after: Token, following: Iterator[tuple[Token, Token]]) -> None:
        word = token.value.lower()
        if self._is_operator(word):
            self._piece.operator(word, token.at)
        elif word in _CONSTANTS:
            self._operand(_CONSTANTS[word], token.at)
        elif word in GEOMETRY_WORDS and _begins_geometry(after):
            end = _geometry_end(token, following)
            self._operand(geometry_document(self._text[token.at : end]), token.at)
        elif after.value == "(" and after.kind == "sign":
            next(following)
            self._enter("call", _function(token), token.at)
        else:
            self._operand({"property": token.value}, token.at)

    def _is_operator(self, word: str) -> bool:
        if word == "null":
            return self._piece.follows("is") or self._piece.follows("is", "not")
        return word in _OPERATORS or (word == "ilike" and self._ilike)

    def _begins_list(self) -> bool:
        """Return whether a parenthesis opens a list, even of one: ('x') is else the text 'x'."""
        group = self._open[-1]
        return self._piece.follows("in") or (group.name in LISTS and not self._piece.words)

    def _enter(self, kind: Literal["parentheses", "list", "call"], name: str, at: int) -> None:
        if len(self._open) > DEEPEST:
            raise too_deep()
        self._open.append(_Group(kind, name, at, [OperatorChain(at)]))

    def _next_piece(self, token: Token) -> None:
        group = self._open[-1]
        if group.kind == "filter":
            raise fault("syntax", near=self._near(token.at))
        if len(group.pieces) >= MOST_VALUES:
            raise fault("too-many-values", most=MOST_VALUES)
        group.pieces.append(OperatorChain(token.at))

    def _leave(self, token: Token) -> None:
        if len(self._open) == 1:
            raise fault("parentheses", near=self._near(token.at))
        group = self._open.pop()
        members = [self._parsed(piece) for piece in group.pieces]
        self._operand(_group_document(group, members), group.at)

    def _parsed(self, piece: OperatorChain) -> JSON:
        at, document = parse_flat(piece)
        if at is not None:
            raise fault("syntax", near=self._near(at) or "…")
        return document


def _operand(token: Token) -> JSON:
    if token.kind == "name":
        return {"property": token.value}
    if token.kind == "text":
        return token.value
    try:
        return read_number(token.value)
    except OverflowError as refused:
        raise fault("number", given=token.value[:SHOWN]) from refused


def _function(token: Token) -> str:
    """Return the function's name in lower case if it is one of the list."""
    name = token.value.lower()
    if name in _CONSTRUCTORS or name in FUNCTIONS:
        return name
    known = ", ".join(sorted(each.upper() for each in FUNCTIONS))
    raise fault("unknown-function", name=token.value[:SHOWN], known=known)


def _group_document(group: _Group, members: list[JSON]) -> JSON:
    if group.kind == "list":
        return members
    if group.kind == "parentheses":
        return members[0] if len(members) == 1 else members
    if group.name in _CONSTRUCTORS:
        return _constructed(group.name, members)
    return {"op": group.name, "args": members}


def _constructed(name: str, members: list[JSON]) -> JSON:
    count = _CONSTRUCTORS[name]
    if len(members) not in (count if isinstance(count, tuple) else (count,)):
        raise fault("arguments", op=name.upper(), count=len(members))
    return {name: members[0] if count == 1 else members}


def _begins_geometry(after: Token) -> bool:
    begins = after.kind == "sign" and after.value == "("
    return begins or (after.kind == "word" and after.value.upper() in {"Z", "M", "ZM", "EMPTY"})


def _geometry_end(word: Token, following: Iterable[tuple[Token, Token]]) -> int:
    """Return where the geometry that begins with ``word`` ends, taking its tokens."""
    depth = 0
    for token, _ in following:
        if token.kind not in {"number", "sign", "word"} or depth > DEEPEST:
            break
        depth += (token.value == "(") - (token.value == ")")
        if token.value == ")" and depth == 0:
            return token.at + 1
        if token.value.upper() == "EMPTY" and depth == 0:
            return token.at + len(token.value)
    raise fault("geometry", near=word.value, reason="WKT")
