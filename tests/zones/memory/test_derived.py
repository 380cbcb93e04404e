"""Values worked out once, also when many threads ask."""

import gc
import weakref
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from threading import Barrier, Event

import pytest

from zones.memory.memo import Memo
from zones.model import CollectionInfo
from zones.snapshot.collection import Collection


class Number(Fraction):
    """A number that one can tell is gone."""


NUMBER = Number(20, 7)


@pytest.fixture
def no_collector() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


def test_value_is_built_once_whoever_asks() -> None:
    built: list[Fraction] = []
    derived = Memo(NUMBER)
    together = Barrier(8)

    def double(number: Fraction) -> Fraction:
        built.append(number)
        return number * 2

    def ask(_: int) -> Fraction:
        together.wait(5)
        return derived.get(double)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(8))) == [NUMBER * 2] * 8
    assert built == [NUMBER]


def test_builder_that_raises_is_asked_again() -> None:
    to_come = deque([ValueError("first time")])
    derived = Memo(to_come)

    def build(faults: deque[ValueError]) -> str:
        if faults:
            raise faults.pop()
        return "built"

    with pytest.raises(ValueError, match="first time"):
        derived.get(build)
    assert derived.get(build) == "built"


def test_a_slow_builder_holds_up_nobody_who_wants_another_value() -> None:
    derived = Memo(NUMBER)
    begun, finish = Event(), Event()

    def slow(number: Fraction) -> Fraction:
        begun.set()
        assert finish.wait(5)
        return number

    def quick(number: Fraction) -> Fraction:
        return -number

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(derived.get, slow)
        assert begun.wait(5)
        assert derived.get(quick) == -NUMBER
        finish.set()
        assert waiting.result(5) == NUMBER


def test_a_builder_may_ask_for_other_values() -> None:
    derived = Memo(NUMBER)

    def square(number: Fraction) -> Fraction:
        return number**2

    def cube(number: Fraction) -> Fraction:
        return derived.get(square) * number

    assert derived.get(cube) == NUMBER**3


@pytest.mark.usefixtures("no_collector")
def test_a_collection_goes_with_its_last_reference() -> None:
    collection = Collection(CollectionInfo("mine", "我的", "Mine"), 1, [])
    assert collection.derived(len) == 0
    gone = weakref.ref(collection)
    del collection
    assert gone() is None


def test_nothing_is_derived_of_what_is_gone() -> None:
    derived = Memo(Number(1, 3))
    with pytest.raises(ReferenceError):
        derived.get(Fraction.__neg__)
