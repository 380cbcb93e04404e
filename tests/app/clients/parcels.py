"""Parcels whose ids, fields and values are Chinese, with marks that XML and SQL have uses for."""

from typing import Final

import shapely

from zones.model import Change, CollectionInfo, Feature, RevisionNote
from zones.store.sql.store import SqlStore

COUNT: Final = 30
FIFTEEN: Final = "\"地块名称\" LIKE '长白岛 & ''甲''%<15>' AND \"面积\" > 3"


def put_parcels(store: SqlStore) -> None:
    """Store the private collection ``parcels``."""
    features = [
        Feature(
            f"地块 {i}",
            shapely.box(123.4 + i / 1000, 41.8, 123.4005 + i / 1000, 41.801),
            {"地块名称": f"长白岛 & '甲'地块<{i}>", "面积": i * 1.5, "登记日期": "2024-01-02"},
        )
        for i in range(COUNT)
    ]
    info = CollectionInfo("parcels", "地块", "Parcels", private=True)
    store.apply([Change("parcels", features, collection=info)], RevisionNote("test", "set up"))
