"""The store that settings name, with the quotas that they set."""

from app.settings import Settings
from zones.store.open_store import open_store
from zones.store.sql.quotas import Quotas
from zones.store.sql.store import SqlStore


def store_of(settings: Settings) -> SqlStore:
    """Return the store, opened.

    Raises
    ------
    StoreError
    """
    return open_store(settings.store, quotas=quotas_of(settings))


def quotas_of(settings: Settings) -> Quotas:
    """Return how much collections and the store may hold."""
    return Quotas(
        features=settings.quota_features,
        collection_mb=settings.quota_collection_mb,
        store_mb=settings.quota_store_mb,
    )
