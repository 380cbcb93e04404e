"""Stores of older programs, opened by this one."""

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from zones.model import Change, CodedValue, CollectionInfo, FieldInfo, RevisionNote
from zones.store.open_store import open_store
from zones.store.restore_collection import restore
from zones.store.sqlite.schema import APPLICATION_ID

NOTE = RevisionNote("test", "describe")


def _older_store(path: Path) -> None:
    """Write a store of the third schema with one collection that was described twice."""
    config = Config()
    config.set_main_option("script_location", "zones.store.sql:migrations")
    config.set_main_option("path_separator", "os")
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    engine.dispose()
    with closing(sqlite3.connect(path)) as database, database:
        for number in (1, 2):
            at = f"2026-01-0{number}T00:00:00.000000+00:00"
            database.execute(
                "INSERT INTO revisions VALUES (?, ?, 'li', '', NULL, NULL, NULL)", (number, at)
            )
            database.execute("INSERT INTO revision_collections VALUES (?, 'plots')", (number,))
            database.execute(
                "INSERT INTO collections VALUES"
                " ('plots', ?, '', '', '', '[]', 'own', 0, 100, ?, ?)",
                (f"地块{number}", number, 2 if number == 1 else None),
            )


def test_collections_of_an_older_store_have_no_titles_and_get_them(tmp_path: Path) -> None:
    _older_store(tmp_path / "zones.sqlite")
    store = open_store(f"sqlite:///{tmp_path}/zones.sqlite")
    (then,), (now,) = store.collections(revision=1), store.collections()
    assert (then.title, now.title) == ("地块1", "地块2")
    assert (now.title_field, now.fields) == (None, ())
    field = FieldInfo("YDXZ", "用地性质", (CodedValue("R2", "二类居住"), CodedValue(2**62, "最大")))
    described = CollectionInfo("plots", "地块", "", title_field="名称", fields=(field,))
    store.apply([Change("plots", collection=described)], NOTE)
    assert store.collections() == (described,)
    revision, _ = restore(store, "plots", 2, note=NOTE)
    assert revision is not None
    assert store.collections() == (now,)
    restore(store, "plots", 3, note=NOTE)
    store.close()
    again = open_store(f"sqlite:///{tmp_path}/zones.sqlite")
    assert again.collections() == (described,)
    again.close()
