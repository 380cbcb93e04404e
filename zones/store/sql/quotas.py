"""How much a collection, and the whole store, may hold; asked within the transaction that adds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, text

from zones.errors import QuotaError, StoreError
from zones.store.sql.prepare_changes import PreparedChange

_MEBIBYTE: Final = 2**20
BYTES_OF_FEATURE: Final = {
    "sqlite": "coalesce(length(geometry), 0) + length(CAST(properties AS BLOB))",
    "postgresql": "coalesce(ST_MemSize(geometry), 0) + octet_length(properties)",
}
_STORE_BYTES: Final = {
    "sqlite": "SELECT (page_count - freelist_count) * page_size"
    " FROM pragma_page_count, pragma_freelist_count, pragma_page_size",
    "postgresql": "SELECT pg_database_size(current_database())",
}


@dataclass(frozen=True, slots=True)
class Quotas:
    """The most that there may be, 0 for any amount; MB means 2**20 bytes.

    Attributes
    ----------
    features, collection_mb
        Of a collection as it is now, without its history.
    store_mb
        Of the whole store, with its history.
    """

    features: int = 0
    collection_mb: int = 0
    store_mb: int = 0


def check_quotas(
    connection: Connection, changes: Sequence[PreparedChange], quotas: Quotas, *, number: int
) -> None:
    """Refuse changes, written already as a revision, with which there is too much.

    What does not add to a collection is never refused, however much is there.

    Raises
    ------
    QuotaError
        ``quota-features`` or ``quota-bytes``: of a collection.
    StoreError
        ``store-quota``: of the whole store.
    """
    adding = [change.collection_id for change in changes if change.put]
    if quotas.features or quotas.collection_mb:
        for collection_id in adding:
            _check_collection(connection, collection_id, quotas, number=number)
    if adding and quotas.store_mb:
        words = _STORE_BYTES[connection.dialect.name]
        if connection.execute(text(words)).scalar_one() > quotas.store_mb * _MEBIBYTE:
            raise StoreError("store-quota", limit=quotas.store_mb)


def _check_collection(
    connection: Connection, collection_id: str, quotas: Quotas, *, number: int
) -> None:
    added = _amount(connection, collection_id, "from_rev = :number AND to_rev IS NULL", number)
    ended = _amount(connection, collection_id, "to_rev = :number", number)
    if all(new <= old for new, old in zip(added, ended, strict=True)):
        return
    count, size = _amount(connection, collection_id, "to_rev IS NULL", number)
    if quotas.features and count > quotas.features and added[0] > ended[0]:
        raise QuotaError(
            "quota-features", collection=collection_id, count=count, limit=quotas.features
        )
    if quotas.collection_mb and size > quotas.collection_mb * _MEBIBYTE and added[1] > ended[1]:
        raise QuotaError(
            "quota-bytes",
            collection=collection_id,
            mb=round(size / _MEBIBYTE, 1),
            limit=quotas.collection_mb,
        )


def _amount(
    connection: Connection, collection_id: str, condition: str, number: int
) -> tuple[int, int]:
    """Return how many features meet a condition, and their bytes."""
    size = BYTES_OF_FEATURE[connection.dialect.name]
    words = (
        f"SELECT count(*), coalesce(sum({size}), 0) FROM features"  # noqa: S608 - all constant
        f" WHERE collection = :collection AND {condition}"
    )
    found = connection.execute(text(words), {"collection": collection_id, "number": number})
    count, total = found.one()
    return int(count), int(total)
