"""Values worked out once, also when many threads ask."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from zones.memory.memo import Derived


def test_value_is_built_once_whoever_asks() -> None:
    built: list[int] = []
    derived = Derived(20)
    together = Barrier(8)

    def double(number: int) -> int:
        built.append(number)
        return number * 2

    def ask(_: int) -> int:
        together.wait(5)
        return derived.get(double)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(8))) == [40] * 8
    assert built == [20]


def test_builder_that_raises_is_asked_again() -> None:
    derived = Derived([ValueError("first time")])

    def build(faults: list[ValueError]) -> str:
        if faults:
            raise faults.pop()
        return "built"

    with pytest.raises(ValueError, match="first time"):
        derived.get(build)
    assert derived.get(build) == "built"


def test_a_slow_builder_holds_up_nobody_who_wants_another_value() -> None:
    derived = Derived(1)
    begun, finish = Event(), Event()

    def slow(number: int) -> int:
        begun.set()
        assert finish.wait(5)
        return number

    def quick(number: int) -> int:
        return -number

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(derived.get, slow)
        assert begun.wait(5)
        assert derived.get(quick) == -1
        finish.set()
        assert waiting.result(5) == 1


def test_a_builder_may_ask_for_other_values() -> None:
    derived = Derived(3)

    def square(number: int) -> int:
        return number**2

    def cube(number: int) -> int:
        return derived.get(square) * number

    assert derived.get(cube) == 27
