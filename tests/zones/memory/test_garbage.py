"""What is set apart from the collector's walks, and put back."""

import gc
import subprocess
import sys
import weakref

import pytest

from zones.memory import gc_long_lived
from zones.memory.gc_long_lived import long_lived_frozen


class _Ring:
    """An object that only the collector can free."""

    def __init__(self) -> None:
        self.itself = self


def test_what_existed_is_set_apart_until_the_end() -> None:
    before = gc.get_freeze_count()
    with long_lived_frozen():
        assert gc.get_freeze_count() > before
    assert gc.get_freeze_count() == 0


def test_what_is_made_meanwhile_is_still_collected() -> None:
    with long_lived_frozen():
        gone = weakref.ref(_Ring())
        gc.collect()
        assert gone() is None


@pytest.mark.slow
def test_a_cycle_set_apart_is_collected_after_the_end() -> None:
    ring = _Ring()
    gone = weakref.ref(ring)
    with long_lived_frozen():
        del ring
        gc.collect()
        assert gone() is not None
    gc.collect()
    assert gone() is None


@pytest.mark.slow
def test_what_stays_is_set_apart_once_a_walk_over_it_took_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gc_long_lived, "_LONG_S", 0)
    monkeypatch.setattr(gc_long_lived, "_WALKS_OVER_SOME", 3)
    with long_lived_frozen():
        gc.collect()
        held = [[] for _ in range(10_000)]
        before = gc.get_freeze_count()
        gc.collect()
        # What was set apart before may die meanwhile: some hundred of other tests do.
        assert gc.get_freeze_count() >= before + len(held) // 2
        ring = _Ring()
        gone = weakref.ref(ring)
        gc.collect()  # the third: sets nothing apart any more
        del ring
        gc.collect()
        assert gone() is None


@pytest.mark.slow
def test_what_a_short_lived_process_leaves_in_cycles_does_not_pile_up() -> None:
    program = """
from tests.zones.memory.test_garbage import _Ring
from zones.memory.gc_short_lived import collect_seldom

collect_seldom()
most, rings = 0, 0
_Ring.__del__ = lambda self: globals().update(rings=rings - 1)
for _ in range(1_000_000):
    _Ring()
    rings += 1
    most = max(most, rings)
print(most)
"""
    command = [sys.executable, "-c", program]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert 100_000 < int(told.stdout) < 500_000
