"""Numbers compare to the last digit: around 2^53, 2^63 and 2^64 against Python's own numbers."""

import operator
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from tests.toy import collection, feature
from zones.cql2 import filter_of_values, parse_filter
from zones.cql2.arithmetic import calculate
from zones.cql2.columns import column_of
from zones.errors import CoordinateError, FilterError
from zones.snapshot.collection import Collection
from zones.snapshot.sort_features import SortKey, in_order

CODE = 210102001001000000  # of a parcel: 18 digits, beyond 2^53

NEAR = st.builds(
    lambda edge, step, sign: sign * (edge + step),
    st.sampled_from([0, 2**52, 2**53, 2**54, 2**60, CODE, 2**63, 2**64]),
    st.integers(-3, 3),
    st.sampled_from([1, -1]),
)
STORED = NEAR.filter(lambda number: -(2**63) <= number < 2**64)
HALVES = NEAR.map(lambda number: number + Fraction(1, 2))
OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def column(*values: Any) -> Collection:
    """Return a collection whose features have these values as ``a``, null where None."""
    return collection("c", [feature(str(n), None, a=value) for n, value in enumerate(values)])


def found(text: str, places: Collection, **how: Any) -> list[bool]:
    """Return of which features the filter is true."""
    return parse_filter(text, **how).mask(places).tolist()


def written(number: Any) -> str:
    """Return a number as a filter writes it, with a point if it is no integer."""
    return str(number) if isinstance(number, int) else f"{Decimal(number.numerator) / 2:f}"


def as_json(op: str, *args: str) -> str:
    """Return a comparison of ``a`` in CQL2 JSON, its numbers as written."""
    return f'{{"op":"{op}","args":[{{"property":"a"}},{",".join(args)}]}}'


@examples(300)
@given(st.lists(st.none() | STORED, min_size=1), NEAR | HALVES, st.sampled_from([*OPERATORS]))
def test_integers_compare_with_any_number_as_in_python(
    values: list[int | None], constant: Any, op: str
) -> None:
    text = written(constant)
    expected = [each is not None and OPERATORS[op](each, constant) for each in values]
    assert found(f"a {op} {text}", column(*values)) == expected
    assert found(as_json(op, text), column(*values), lang="cql2-json") == expected
    mirrored = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(op, op)
    assert found(f"{text} {mirrored} a", column(*values)) == expected


@examples(200)
@given(st.lists(STORED | STORED.map(float), min_size=1), NEAR, st.sampled_from([*OPERATORS]))
def test_columns_of_integers_and_doubles_compare_as_in_python(
    values: list[float], constant: int, op: str
) -> None:
    expected = [bool(OPERATORS[op](each, constant)) for each in values]
    assert found(f"a {op} {constant}", column(*values)) == expected


@examples(200)
@given(st.lists(STORED, min_size=1), st.lists(NEAR, min_size=1), NEAR, NEAR)
def test_lists_and_ranges_of_integers_are_exact(
    values: list[int], wanted: list[int], low: int, high: int
) -> None:
    listed = ", ".join(map(str, wanted))
    places = column(*values)
    assert found(f"a IN ({listed})", places) == [each in wanted for each in values]
    assert found(f"a NOT IN ({listed})", places) == [each not in wanted for each in values]
    between = [low <= each <= high for each in values]
    assert found(f"a BETWEEN {low} AND {high}", places) == between


@examples(200)
@given(st.lists(STORED, min_size=1), NEAR, st.sampled_from(["+", "-", "*", "%", "div"]))
def test_arithmetic_on_integers_is_exact(values: list[int], other: int, op: str) -> None:
    exact = {
        "+": operator.add,
        "-": operator.sub,
        "*": operator.mul,
        "%": lambda a, b: (abs(a) % abs(b)) * (1 if a >= 0 else -1),
        "div": lambda a, b: abs(a) // abs(b) * (1 if (a >= 0) == (b >= 0) else -1),
    }[op]
    if other == 0 and op in {"%", "div"}:
        return
    got = calculate(op, column_of(values), column_of([other])).numbers
    assert got is not None
    assert got.exact() == [exact(each, other) for each in values]
    assert all(found(f"a {op} {other} = {exact(values[0], other)}", column(values[0])))


@examples(200)
@given(st.lists(NEAR, min_size=1, unique=True), NEAR)
def test_numbers_written_as_text_are_exact_too(values: list[int], wanted: int) -> None:
    texts = column(*map(str, values))
    assert found(f"a = {wanted}", texts) == [each == wanted for each in values]
    assert found(f"a < {wanted}", texts) == [each < wanted for each in values]
    assert found(f"a IN ({wanted})", texts) == [each == wanted for each in values]


@examples(200)
@given(st.lists(STORED, min_size=1), STORED)
def test_a_value_in_the_address_is_exact(values: list[int], wanted: int) -> None:
    mask = filter_of_values({"a": str(wanted)}).mask(column(*values))
    assert mask.tolist() == [each == wanted for each in values]


@examples(200)
@given(st.lists(STORED | STORED.map(float) | st.none(), min_size=1))
def test_the_order_of_numbers_is_exact(values: list[float | None]) -> None:
    positions = np.arange(len(values))
    order = in_order(column(*values), positions, [SortKey("a")]).tolist()
    assert order == sorted(positions.tolist(), key=lambda n: (values[n] is None, values[n] or 0))


@examples(300)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_double_equals_itself_however_it_is_written(number: float) -> None:
    for text in (repr(number), f"{number:.17g}", f"{number:.20e}"):
        assert found(f"a = {text}", column(number)) == [True]
        assert found(as_json("=", text), column(number), lang="cql2-json") == [True]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a = 210102001001000002.0", [1]),
        ("a = 2.10102001001000002e17", [1]),
        ("a = '210102001001000002'", [1]),
        ("a IN ('210102001001000002', 5)", [1]),
        ("a > 210102001001000001.5", [1, 2]),
        ("a < 18446744073709551616", [0, 1, 2]),
        ("a < 1e+20", [0, 1, 2]),
        ("a < 1e 20", [0, 1, 2]),
        ("a >= 210102001001000000.99999999999999999999", [0, 1, 2]),
        ("-a = -210102001001000002", [1]),
        ("a ^ 2 = 44142850824624205842409004004000004", [1]),
        ("a / 2 = 105051000500500001", [1]),
        ("a / 2 = 105051000500500000.5", [0]),
        ("a / 2 > 105051000500500000.5", [1, 2]),
        ("a % 10 = 3", [2]),
    ],
)
def test_parcel_codes_are_told_apart(text: str, rows: list[int]) -> None:
    places = column(CODE + 1, CODE + 2, CODE + 3, None)
    assert np.flatnonzero(parse_filter(text).mask(places)).tolist() == rows


def test_members_of_lists_are_exact() -> None:
    places = column([CODE + 1], [CODE + 2, 1], None)
    assert found(f"A_CONTAINS(a, ({CODE + 2}))", places) == [False, True, False]
    assert found("A_CONTAINS(a, (1.0))", places) == [False, True, False]


@pytest.mark.parametrize("number", ["1" * 401, "0." + "1" * 500, "1e400", "-1" + "0" * 309])
@pytest.mark.parametrize("lang", ["cql2-text", "cql2-json"])
def test_a_number_without_end_is_refused(number: str, lang: Any) -> None:
    text = as_json("=", number) if lang == "cql2-json" else f"a = {number}"
    with pytest.raises(FilterError) as caught:
        parse_filter(text, lang=lang)
    assert caught.value.code == "filter-number"


def test_a_coordinate_beyond_all_integers_is_refused_as_a_place() -> None:
    point = {"type": "Point", "coordinates": [0, 0]}
    document = orjson.dumps({"op": "s_intersects", "args": [{"property": "geometry"}, point]})
    text = document.decode().replace("[0,0]", f"[{10**30},0]")
    with pytest.raises(CoordinateError):
        parse_filter(text, lang="cql2-json")
