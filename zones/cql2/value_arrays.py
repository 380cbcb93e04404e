"""Values of many features as arrays, each kind in an array of its own.

A row holds at most one kind of value; the arrays of the other kinds have a gap there. A constant
is one row that numpy stretches over all others.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from zones.cql2.exact_number_comparison import ExactNumbers, numbers_of_words
from zones.cql2.instants import Times, no_times, read_instant, read_times
from zones.cql2.remove_diacritics import fold_accents

S = TypeVar("S", bound=np.generic)

Bools = NDArray[np.bool_]
Codes = NDArray[np.int32]
Rows = NDArray[np.int64]
Objects = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Truth:
    """Three-valued truth: ``yes``, ``no``, and unknown where neither is set."""

    yes: Bools
    no: Bools


def unknown(shape: tuple[int, ...]) -> Truth:
    """Return rows of which nothing is known."""
    neither = np.zeros(shape, bool)
    return Truth(neither, neither)


def decided(result: NDArray[np.bool_], known: Bools) -> Truth:
    """Return ``result`` where it is known."""
    return Truth(result & known, ~result & known)


def both(one: Truth, other: Truth) -> Truth:
    """Return one AND other: no as soon as either is no."""
    return Truth(one.yes & other.yes, one.no | other.no)


def either(one: Truth, other: Truth) -> Truth:
    """Return one OR other: yes as soon as either is yes."""
    return Truth(one.yes | other.yes, one.no & other.no)


def negated(truth: Truth) -> Truth:
    """Return NOT truth; unknown stays unknown."""
    return Truth(truth.no, truth.yes)


class DistinctTexts:
    """Distinct texts and what they read as; worked out once, when first asked for."""

    def __init__(self, words: Sequence[str]) -> None:
        self.array: Objects = objects(words)

    @cached_property
    def numbers(self) -> ExactNumbers:
        """The number that each word is written as; none for other words."""
        return numbers_of_words(self.array)

    @cached_property
    def times(self) -> Times:
        """The instant that each word is written as."""
        return read_times(self.array)

    @cached_property
    def some_numbers(self) -> bool:
        """Whether any word is written as a number."""
        return bool(self.numbers.known.any())

    @cached_property
    def some_times(self) -> bool:
        """Whether any word is written as an instant."""
        return bool(self.times.known.any())

    @cached_property
    def are_times(self) -> bool:
        """Whether all words are dates, or all are timestamps."""
        first = read_instant(self.array[0]) if len(self.array) else None
        if first is None:
            return False
        return bool(self.times.known.all() and (self.times.dated == first[1]).all())

    @cached_property
    def caseless(self) -> "DistinctTexts":
        """The words under Unicode's full case folding."""
        return DistinctTexts([word.casefold() for word in self.array])

    @cached_property
    def accentless(self) -> "DistinctTexts":
        """The words without diacritics."""
        return DistinctTexts([fold_accents(word) for word in self.array])


@dataclass(frozen=True, slots=True)
class Texts:
    """For each row the position of its text among ``words``; -1 where it holds no text."""

    words: DistinctTexts
    codes: Codes

    @property
    def known(self) -> Bools:
        """Which rows hold a text."""
        return np.asarray(self.codes >= 0)

    def decided(self, of_words: NDArray[np.bool_]) -> Truth:
        """Return for each row what was found of its word."""
        return decided(spread(of_words, self.codes, gap=False), self.known)

    def numbers(self) -> ExactNumbers:
        """Return the numbers that the rows' texts are written as."""
        return self.words.numbers.of_codes(self.codes)

    def times(self) -> Times:
        """Return the instants that the rows' texts are written as."""
        return self.words.times.of(self.codes)

    def folded(self, how: Callable[[DistinctTexts], DistinctTexts]) -> "Texts":
        """Return the texts with every word changed."""
        return Texts(how(self.words), self.codes)

    def take(self, rows: Rows) -> "Texts":
        """Return the texts of these rows; words that none of them holds are left out if many."""
        codes = self.codes[rows]
        if len(self.words.array) <= len(rows):
            return Texts(self.words, codes)
        used, renumbered = np.unique(codes, return_inverse=True)
        offset = int(used.size > 0 and used[0] < 0)
        return Texts(
            DistinctTexts(self.words.array[used[offset:]].tolist()),
            (renumbered - offset).astype(np.int32),
        )


@dataclass(frozen=True, slots=True)
class Sets:
    """For each row the position of its list, as a set, among ``sets``; -1 where it has none."""

    sets: tuple[frozenset[object], ...]
    codes: Codes

    def take(self, rows: Rows) -> "Sets":
        """Return the sets of these rows."""
        return Sets(self.sets, self.codes[rows])


@dataclass(frozen=True, slots=True)
class Values:
    """What rows hold; a kind that no row holds is None, and a row not ``present`` is null."""

    present: Bools
    numbers: ExactNumbers | None = None
    texts: Texts | None = None
    truth: Truth | None = None
    times: Times | None = None
    sets: Sets | None = None
    shapes: Objects | None = None

    def take(self, rows: Rows) -> "Values":
        """Return the values of these rows."""
        truth = self.truth
        return Values(
            self.present[rows],
            None if self.numbers is None else self.numbers.take(rows),
            None if self.texts is None else self.texts.take(rows),
            None if truth is None else Truth(truth.yes[rows], truth.no[rows]),
            None if self.times is None else self.times.of(rows),
            None if self.sets is None else self.sets.take(rows),
            None if self.shapes is None else self.shapes[rows],
        )


NOTHING: Final = Values(np.zeros(1, bool))


def of_numbers(numbers: ExactNumbers) -> Values:
    """Return numbers as values."""
    return Values(numbers.known, numbers=numbers)


def of_texts(texts: Texts) -> Values:
    """Return texts as values."""
    return Values(texts.known, texts=texts)


def of_truth(truth: Truth) -> Values:
    """Return truth as values."""
    return Values(truth.yes | truth.no, truth=truth)


def of_times(times: Times) -> Values:
    """Return instants or intervals as values."""
    return Values(times.known, times=times)


def as_numbers(values: Values) -> ExactNumbers:
    """Return the rows' numbers, those written as text included."""
    if values.texts is None:
        return values.numbers or ExactNumbers(np.full(values.present.shape, np.nan))
    written = values.texts.numbers()
    return written if values.numbers is None else values.numbers.where_known(written)


def as_times(values: Values) -> Times:
    """Return the rows' instants or intervals, instants written as text included."""
    if values.times is not None:
        return values.times
    if values.texts is not None:
        return values.texts.times()
    return no_times(values.present.shape)


def spread(of_words: NDArray[S], codes: Codes, *, gap: Any) -> NDArray[S]:
    """Return for each row the entry of its word, ``gap`` where the row has none."""
    if not len(of_words):
        return np.full(codes.shape, gap, of_words.dtype)
    found = of_words[codes]
    found[codes < 0] = gap
    return found


def objects(members: Sequence[object]) -> Objects:
    """Return a one-dimensional array of objects, whatever they are."""
    array = np.empty(len(members), dtype=object)
    array[:] = members
    return array
