"""How much collections and the store may hold, on both databases."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.contract.stores import NOTE, fids, make, plot, put
from zones.errors import QuotaError, StoreError, ZonesError
from zones.model import Change
from zones.store.open_store import open_store
from zones.store.sql.quotas import Quotas
from zones.store.sql.store import SqlStore


@contextmanager
def within(address: str, **quotas: int) -> Iterator[SqlStore]:
    store = open_store(address, quotas=Quotas(**quotas))
    try:
        yield store
    finally:
        store.close()


def refused(act: Callable[[], object]) -> ZonesError:
    with pytest.raises((QuotaError, StoreError)) as caught:
        act()
    return caught.value


def test_a_collection_holds_so_many_features_and_no_more(store: SqlStore, address: str) -> None:
    with within(address, features=2) as limited:
        make(limited, plot("a"), plot("b"))
        fault = refused(lambda: put(limited, plot("c")))
        assert (fault.code, fault.params["count"], fault.params["limit"]) == (
            "quota-features", 3, 2,
        )  # fmt: skip
        assert fids(limited) == ["a", "b"]
        put(limited, plot("a", name="other"))
        change = Change("plots", put=[plot("c")], remove=["a"])
        limited.apply([change], NOTE)
        assert fids(limited) == ["b", "c"]


def test_what_is_beyond_a_new_quota_can_be_edited_and_removed(
    store: SqlStore, address: str
) -> None:
    make(store, plot("a"), plot("b"), plot("c"))
    with within(address, features=1, collection_mb=1) as limited:
        put(limited, plot("a", name="other"))
        limited.apply([Change("plots", remove=["b"])], NOTE)
        assert fids(limited) == ["a", "c"]
        assert refused(lambda: put(limited, plot("d"))).code == "quota-features"


def test_a_collection_holds_so_many_bytes_and_no_more(store: SqlStore, address: str) -> None:
    half = "字" * 200_000  # 600,000 bytes
    with within(address, collection_mb=1) as limited:
        make(limited, plot("a", text=half))
        fault = refused(lambda: put(limited, plot("b", text=half)))
        assert (fault.code, fault.params["limit"]) == ("quota-bytes", 1)
        put(limited, plot("a", text=half[:-1]), plot("b"))


def test_a_store_takes_so_much_and_no_more_but_things_can_be_removed(
    store: SqlStore, address: str
) -> None:
    make(store, *(plot(f"p{number}", text=f"{number}" * 200_000) for number in range(10)))
    with within(address, store_mb=1) as limited:
        assert refused(lambda: put(limited, plot("b"))).code == "store-quota"
        limited.apply([Change("plots", remove=["p1"])], NOTE)
    with within(address, store_mb=10_000) as limited:
        put(limited, plot("b"))
