"""What commands have in common: the options that name the store, and the store opened."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from app.cli.console import working
from app.settings import Settings
from app.store_with_quotas import store_of
from zones.plan.seed import seed_store
from zones.plan_text import load_plan
from zones.snapshot.current_snapshot import SnapshotFollower
from zones.snapshot.model import Snapshot
from zones.store.sql.store import SqlStore

StoreOption = Annotated[str | None, typer.Option("--store", help="数据存储地址 / store URL")]
JsonFlag = Annotated[bool, typer.Option("--json", help="输出 JSON / print JSON")]


def settings_with(**options: Any) -> Settings:
    """Return the settings, those given on the command line before the environment's."""
    return Settings(**{name: value for name, value in options.items() if value is not None})


@contextmanager
def opened(settings: Settings) -> Iterator[SqlStore]:
    """Open the store and close it in every outcome."""
    store = store_of(settings)
    try:
        yield store
    finally:
        store.close()


def current_snapshot(settings: Settings) -> Snapshot:
    """Return the snapshot of the store, seeding an empty one; the store is closed again."""
    with opened(settings) as store, working("读取边界 / reading the borders"):
        seed_store(store, settings.seed_dir)
        return SnapshotFollower(store, load_plan(settings.seed_dir)).current()
