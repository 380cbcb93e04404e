"""The stores that keep the contract, and what the tests put into them."""

from shapely import box

from zones.model import JSON, Change, CollectionInfo, Feature, RevisionNote
from zones.store.protocol import Store

BACKENDS = ("sqlite", "postgres")

NOTE = RevisionNote("tester", "because")
PLOTS = CollectionInfo("plots", "地块", "Plots", kinds=frozenset({"polygon"}))
TREES = CollectionInfo("trees", "树", "Trees", kinds=frozenset({"point"}), order=5)


def plot(fid: str, x: float = 123.4, **properties: JSON) -> Feature:
    return Feature(fid, box(x, 41.7, x + 0.001, 41.701), properties)


def make(store: Store, *features: Feature, info: CollectionInfo = PLOTS) -> None:
    store.apply([Change(info.id, put=features, collection=info)], NOTE)


def put(store: Store, *features: Feature) -> tuple[str, ...]:
    return store.apply([Change("plots", put=features)], NOTE).collections


def fids(store: Store, collection_id: str = "plots", *, revision: int | None = None) -> list[str]:
    return [feature.fid for feature in store.features(collection_id, revision=revision)]
