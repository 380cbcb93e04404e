"""A copy of a store while it is in use, and the way back from one, whatever it is kept in."""

from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import cast

from zones.errors import StoreError
from zones.store.backup_files import Backup
from zones.store.opening import is_file
from zones.store.sqlite import backup as of_file


def back_up(url: str, folder: Path, *, keep: int) -> Backup:
    """Copy the store into ``folder`` as of one revision; readers and writers go on meanwhile.

    The copy gets its name only when it is whole, on the disk, and holds as many rows of each
    table as the store did. Then the oldest copies of this store beyond ``keep`` are removed.

    Raises
    ------
    StoreError
        If there is no store of ours, or the copy cannot be written or is not what it should be;
        no copy is left then, and none is removed.
    """
    if is_file(url):
        return of_file.back_up(url, folder, keep=keep)
    return cast(Backup, _of_postgres().back_up(url, folder, keep=keep))


def restore_backup(url: str, backup: Path) -> tuple[Backup, str | None]:
    """Put a copy in the place of the store; return it, and where the store from before is now.

    Raises
    ------
    StoreError
        If a server or another program has the store open, or the copy is damaged, of another
        program or of a newer version; the store is left alone then.
    """
    if not is_file(url):
        return cast(tuple[Backup, str], _of_postgres().restore_backup(url, backup))
    made, before = of_file.restore_backup(url, backup)
    return made, None if before is None else str(before)


def _of_postgres() -> ModuleType:
    try:
        # The driver is an extra.
        return import_module("zones.store.postgres.backup")
    except ImportError as error:
        raise StoreError("store-extra") from error
