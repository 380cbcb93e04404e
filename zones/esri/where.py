"""The ``where`` of ArcGIS's services, a subset of SQL -> the document of the same CQL2 filter.

Conditions joined by AND, OR, NOT; ``= <> != < > <= >=``, LIKE, IN, BETWEEN, IS NULL; numbers,
texts in single quotes, ``DATE '…'``, ``TIMESTAMP '…'``; UPPER and LOWER; ``1=1``. Anything else is
refused, for a condition that is passed over would let every feature through.
"""

from collections.abc import Callable
from typing import Any, Final

from zones.cql2.faults_and_limits import DEEPEST
from zones.cql2.number_parsing import number_of_word
from zones.esri.field_types import EsriField, EsriFields
from zones.esri.where_operand import Operand
from zones.esri.where_tokens import END, SHOWN, Token, WhereError, tokens

JSONObject = dict[str, Any]

LONGEST: Final = 100_000
_COMPARISONS: Final = {"=": "=", "<>": "<>", "!=": "<>", "<": "<", ">": ">", "<=": "<=", ">=": ">="}


def where_document(text: str, fields: EsriFields) -> JSONObject | None:
    """Return the document of a clause; None for one that lets everything through.

    Raises
    ------
    WhereError
        ``esri-where`` with the place where it is not understood, ``esri-field``.
    """
    if len(text) > LONGEST:
        raise WhereError("esri-where", at=LONGEST, given=text[:SHOWN])
    if text.replace(" ", "") in {"", "1=1"}:
        return None
    parser = _Parser(text, fields)
    document = parser.either(0)
    parser.expect(END)
    return document


class _Parser:
    """Goes through the tokens once."""

    def __init__(self, text: str, fields: EsriFields) -> None:
        self._text = text
        self._tokens = [*tokens(text)]
        self._fields = fields
        self._next = 0

    @property
    def _here(self) -> Token:
        return self._tokens[self._next][0]

    def _take(self) -> Token:
        token = self._here
        self._next += 1
        return token

    def _has(self, *tokens: Token) -> bool:
        """Take these tokens if they come next."""
        coming = [each for each, _ in self._tokens[self._next : self._next + len(tokens)]]
        if coming != [*tokens]:
            return False
        self._next += len(tokens)
        return True

    def expect(self, token: Token) -> None:
        """Take a token that must come next; the end is only looked at.

        Raises
        ------
        WhereError
        """
        if self._here != token:
            raise self._fault()
        if token != END:
            self._next += 1

    def _fault(self) -> WhereError:
        at = self._tokens[min(self._next, len(self._tokens) - 1)][1]
        return WhereError(at=at + 1, given=self._text[at : at + SHOWN])

    def either(self, depth: int) -> JSONObject:
        """Read conditions joined by OR."""
        return self._joined("or", ("keyword", "OR"), depth)

    def _joined(self, op: str, keyword: Token, depth: int) -> JSONObject:
        if depth > 2 * DEEPEST:
            raise self._fault()
        read = self._negation if op == "and" else self._all
        parts = [read(depth + 1)]
        while self._has(keyword):
            parts.append(read(depth + 1))
        return parts[0] if len(parts) == 1 else {"op": op, "args": parts}

    def _all(self, depth: int) -> JSONObject:
        return self._joined("and", ("keyword", "AND"), depth)

    def _negation(self, depth: int) -> JSONObject:
        if self._has(("keyword", "NOT")):
            return {"op": "not", "args": [self._negation(depth + 1)]}
        if self._has(("sign", "(")):
            inner = self.either(depth + 1)
            self.expect(("sign", ")"))
            return inner
        return self._condition()

    def _condition(self) -> JSONObject:
        left = self._operand()
        negated = self._has(("keyword", "NOT"))
        document = self._predicate(left)
        return {"op": "not", "args": [document]} if negated else document

    def _predicate(self, left: Operand) -> JSONObject:
        kind, value = self._take()
        if kind == "sign" and value in _COMPARISONS:
            return self._comparison(_COMPARISONS[value], left)
        if (kind, value) == ("keyword", "IS"):
            return self._null(left)
        if (kind, value) == ("keyword", "LIKE"):
            return self._like(left)
        if (kind, value) == ("keyword", "IN"):
            return self._among(left)
        if (kind, value) == ("keyword", "BETWEEN"):
            return self._between(left)
        self._next -= 1
        raise self._fault()

    def _comparison(self, op: str, left: Operand) -> JSONObject:
        right = self._operand()
        for one, other in ((left, right), (right, left)):
            if one.folds and op not in {"=", "<>"}:  # capitals sort otherwise
                raise self._fault()
            if one.folds:
                _check_case(one, other.value)
        return _compared(op, left, right)

    def _null(self, left: Operand) -> JSONObject:
        negated = self._has(("keyword", "NOT"))
        self.expect(("keyword", "NULL"))
        document = {"op": "isNull", "args": [left.document(None)]}
        return {"op": "not", "args": [document]} if negated else document

    def _like(self, left: Operand) -> JSONObject:
        kind, pattern = self._take()
        if kind != "text":
            self._next -= 1
            raise self._fault()
        escape = None
        if self._has(("keyword", "ESCAPE")):
            kind, escape = self._take()
        written = _pattern(pattern, escape)
        args = [left.document(None), written]
        if left.folds:
            _check_case(left, pattern)
            args = _folded(args)
        return {"op": "like", "args": args}

    def _among(self, left: Operand) -> JSONObject:
        self.expect(("sign", "("))
        values = [self._operand()]
        while self._has(("sign", ",")):
            values.append(self._operand())
        self.expect(("sign", ")"))
        documents = [each.document(left.field) for each in values]
        if not left.folds:
            return {"op": "in", "args": [left.document(None), documents]}
        for each in values:
            _check_case(left, each.value)
        return {"op": "in", "args": [*_folded([left.document(None)]), _folded(documents)]}

    def _between(self, left: Operand) -> JSONObject:
        if left.folds:
            raise self._fault()
        low = self._operand()
        self.expect(("keyword", "AND"))
        ends = [each.document(left.field) for each in (low, self._operand())]
        return {"op": "between", "args": [left.document(None), *ends]}

    def _operand(self) -> Operand:
        kind, value = self._take()
        if kind == "name":
            return Operand(self._field(value), None)
        if kind == "text":
            return Operand(None, value)
        if kind == "number" or (kind, value) in {("sign", "-"), ("sign", "+")}:
            return Operand(None, self._number(kind, value))
        if kind == "keyword" and value in {"TRUE", "FALSE"}:
            return Operand(None, value == "TRUE")
        if kind == "keyword" and value in {"DATE", "TIMESTAMP"}:
            return self._instant()
        if kind == "keyword" and value in {"UPPER", "LOWER"}:
            return self._folded(str.upper if value == "UPPER" else str.lower)
        self._next -= 1
        raise self._fault()

    def _number(self, kind: str, value: str) -> int | float:
        sign = value if kind == "sign" else ""
        digits = self._take()[1] if kind == "sign" else value
        number = number_of_word(digits.lstrip("0") or "0") if digits.isdigit() else None
        number = number_of_word(digits) if number is None else number
        if number is None:
            self._next -= 1
            raise self._fault()
        return -number if sign == "-" else number

    def _instant(self) -> Operand:
        kind, text = self._take()
        if kind != "text":
            self._next -= 1
            raise self._fault()
        return Operand(None, text.strip().replace("/", "-"))

    def _folded(self, folds: Callable[[str], str]) -> Operand:
        self.expect(("sign", "("))
        inner = self._operand()
        self.expect(("sign", ")"))
        if isinstance(inner.value, str):
            return Operand(None, folds(inner.value))
        return Operand(inner.field, inner.value, folds=folds)

    def _field(self, name: str) -> EsriField:
        field = self._fields.find(name.rpartition(".")[2] if "." in name else name)
        field = self._fields.find(name) or field
        if field is None:
            known = ", ".join(self._fields.by_name)[:1000]
            raise WhereError("esri-field", name=name[:SHOWN], known=known)
        return field


def _compared(op: str, left: Operand, right: Operand) -> JSONObject:
    args = [left.document(right.field), right.document(left.field)]
    if left.folds or right.folds:
        args = _folded(args)
    return {"op": op, "args": args}


def _folded(documents: list[Any]) -> list[Any]:
    return [{"op": "casei", "args": [each]} for each in documents]


def _check_case(folded: Operand, value: Any) -> None:
    """Refuse a text that no text in capitals, or without, can ever equal."""
    if isinstance(value, str) and value != folded.folds(value):
        raise WhereError("esri-case", given=value[:SHOWN], better=folded.folds(value)[:SHOWN])


def _pattern(text: str, escape: str | None) -> str:
    """Return a pattern of LIKE, in which CQL2 escapes by a backslash."""
    written, escaped = [], False
    for character in text:
        if escape and not escaped and character == escape:
            escaped = True
            continue
        is_plain = character == "\\" or (escaped and character in "%_")
        written.append(f"\\{character}" if is_plain else character)
        escaped = False
    return "".join(written)
