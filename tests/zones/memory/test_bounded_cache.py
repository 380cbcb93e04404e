"""A cache stays within its bytes and keeps what was used last."""

from hypothesis import given
from hypothesis import strategies as st

from zones.memory.bounded_cache import ENTRY_BYTES, BoundedCache

ONE = ENTRY_BYTES + 100


def cache_of(count: int) -> BoundedCache[str, bytearray]:
    return BoundedCache(count * ONE, len)


def test_what_was_not_used_for_the_longest_time_gives_way() -> None:
    cache = cache_of(2)
    cache.put("a", bytearray(100))
    cache.put("b", bytearray(100))
    assert cache.get("a") is not None
    cache.put("c", bytearray(100))
    assert list(cache) == ["a", "c"]


def test_what_is_too_large_drives_nothing_out() -> None:
    cache = cache_of(2)
    cache.put("a", bytearray(100))
    cache.put("large", bytearray(10_000))
    assert list(cache) == ["a"]


def test_what_grows_is_counted_anew() -> None:
    cache = cache_of(3)
    for name in "abc":
        cache.put(name, bytearray(100))
    grown = cache.get("c")
    assert grown is not None
    grown.extend(bytes(100))
    cache.resize("c")
    assert list(cache) == ["b", "c"]
    cache.bound(2 * ONE)
    assert list(cache) == ["c"]
    cache.clear()
    assert (len(cache), cache.nbytes) == (0, 0)


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 900)), max_size=40))
def test_the_bytes_are_those_of_what_is_kept(steps: list[tuple[str, int]]) -> None:
    cache = cache_of(4)
    for name, size in steps:
        if size % 7 == 0:
            cache.drop(name)
        else:
            cache.put(name, bytearray(size))
        held = [len(value) for name in cache if (value := cache.get(name)) is not None]
        assert cache.nbytes == sum(held) + len(held) * ENTRY_BYTES <= cache.max_bytes
