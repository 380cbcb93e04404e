"""Field mappings are kept for each collection, also when the store is opened again."""

from collections.abc import Callable

from zones.store.sql.store import SqlStore

MAPPING = {"fields": {"DKBH": "编号", "OLD": None}, "rest": "drop"}


def test_a_mapping_is_kept_and_replaced(opened: Callable[[], SqlStore]) -> None:
    store = opened()
    assert store.mappings.get("plots") is None
    store.mappings.put("plots", {"fields": {}, "rest": "keep"}, key=None, who="li")
    saved = store.mappings.put("plots", MAPPING, key="DKBH", who="wang")
    assert opened().mappings.get("plots") == saved
    assert (saved.mapping, saved.key, saved.who) == (MAPPING, "DKBH", "wang")


def test_a_mapping_can_be_forgotten(opened: Callable[[], SqlStore]) -> None:
    store = opened()
    store.mappings.put("plots", MAPPING, key=None, who="li")
    assert store.mappings.remove("plots")
    assert not store.mappings.remove("plots")
    assert store.mappings.get("plots") is None
