"""Comparisons of values, row by row.

Numbers compare with numbers, also with those written as text; texts by code points; false is
before true. An instant compares with a text that is written as one. A date and a timestamp
compare by the day. Whatever else meets is unknown, as is anything beside null.
"""

from collections.abc import Iterator
from functools import reduce
from typing import Final

import numpy as np

from zones.cql2.exact_number_comparison import COMPARE, ExactNumbers, are_among, compare_numbers
from zones.cql2.instants import Times
from zones.cql2.tree_nodes import Among
from zones.cql2.value_arrays import (
    Bools,
    Texts,
    Truth,
    Values,
    as_times,
    both,
    decided,
)

_MIRRORED: Final = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def compare(op: str, left: Values, right: Values) -> Truth:
    """Return ``left op right`` for ``=``, ``<>``, ``<``, ``<=``, ``>`` or ``>=``."""
    found = [decided(*compare_numbers(op, *pair)) for pair in _numeric_pairs(left, right)]
    if left.texts is not None and right.texts is not None:
        found.append(_compare_texts(op, left.texts, right.texts))
    if left.truth is not None and right.truth is not None:
        found.append(_compare_truth(op, left.truth, right.truth))
    if left.times is not None or right.times is not None:
        found.append(_compare_times(op, as_times(left), as_times(right)))
    nothing = np.zeros(np.broadcast_shapes(left.present.shape, right.present.shape), bool)
    # A pair of rows is known to one of them at most, so that yes and no never meet.
    return Truth(
        reduce(np.logical_or, (each.yes for each in found), nothing),
        reduce(np.logical_or, (each.no for each in found), nothing),
    )


def between(value: Values, low: Values, high: Values) -> Truth:
    """Return whether the value is neither less than ``low`` nor more than ``high``."""
    return both(compare(">=", value, low), compare("<=", value, high))


def among(values: Values, listed: Among) -> Bools:
    """Return whether each row's value is one of the numbers and texts that are wanted.

    What cannot be compared with a member of the list is not equal to it.
    """
    found = np.zeros(values.present.shape, bool)
    if values.numbers is not None:
        for numbers in (listed.numbers, listed.as_numbers):
            if len(numbers.near):
                found |= are_among(values.numbers, numbers)
    if values.texts is not None:
        words = values.texts.words
        hits = np.array([word in listed.texts for word in words.array], bool)
        if len(listed.numbers.near):
            hits |= are_among(words.numbers, listed.numbers)
        found |= values.texts.decided(hits).yes
    return found


def _numeric_pairs(left: Values, right: Values) -> Iterator[tuple[ExactNumbers, ExactNumbers]]:
    if left.numbers is not None and right.numbers is not None:
        yield left.numbers, right.numbers
    if left.numbers is not None and right.texts is not None:
        yield left.numbers, right.texts.numbers()
    if left.texts is not None and right.numbers is not None:
        yield left.texts.numbers(), right.numbers


def _compare_texts(op: str, left: Texts, right: Texts) -> Truth:
    if len(right.codes) == 1:
        return _compare_with_one(op, left, right)
    if len(left.codes) == 1:
        return _compare_with_one(_MIRRORED[op], right, left)
    rows = np.flatnonzero(left.known & right.known)
    known = np.zeros(left.codes.shape, bool)
    known[rows] = True
    result = np.zeros(left.codes.shape, bool)
    one, other = (side.words.array[side.codes[rows]] for side in (left, right))
    result[rows] = COMPARE[op](one, other)
    return decided(result, known)


def _compare_with_one(op: str, texts: Texts, one: Texts) -> Truth:
    """Compare each distinct word once, and give every row what was found of its word."""
    if not one.known[0]:
        unknown = np.zeros(texts.codes.shape, bool)
        return Truth(unknown, unknown)
    word = one.words.array[one.codes[0]]
    return texts.decided(np.asarray(COMPARE[op](texts.words.array, word), bool))


def _compare_truth(op: str, left: Truth, right: Truth) -> Truth:
    known = (left.yes | left.no) & (right.yes | right.no)
    return decided(COMPARE[op](left.yes, right.yes), known)


def _compare_times(op: str, left: Times, right: Times) -> Truth:
    less = left.ends_beside(right) < right.start
    more = right.ends_beside(left) < left.start
    result = {"<": less, ">": more, "<=": ~more, ">=": ~less, "<>": less | more}
    return decided(result.get(op, ~(less | more)), left.known & right.known)
