"""Commands about copies of the store: made, verified, put back, and the key that encrypts them."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup

from app.cli.console import print_json, screen, working
from app.cli.store_options import JsonFlag, StoreOption, settings_with
from app.imports.upload_folder import alone, work_folder_of
from app.settings import Settings
from zones.store.backup import back_up, restore_backup, verify_backup
from zones.store.backup_encryption import new_key
from zones.store.backup_rotation import Backup
from zones.store.open_store import is_file
from zones.store.sqlite.connections import sqlite_path

BackupFile = Annotated[Path, typer.Argument(dir_okay=False, help="备份文件 / backup")]


class BackupGroup(TyperGroup):
    """``zones backup [FOLDER]`` makes a copy; a word that is a command of the group is that."""

    default: Final = "make"

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the command that is meant where none is named."""
        if not args or (args[0] not in self.commands and args[0] != "--help"):
            args = [self.default, *args]
        return super().parse_args(ctx, args)


def add_backups(cli: typer.Typer) -> None:
    """Add the commands of this module."""
    group = typer.Typer(cls=BackupGroup, help="备份数据存储 / copies of the store")
    group.command("make")(make)
    group.command("verify")(verify)
    group.command("restore")(put_back)
    group.command("key")(key)
    cli.add_typer(group, name="backup")
    cli.command("restore-backup")(put_back)


def make(
    folder: Annotated[
        Path | None, typer.Argument(file_okay=False, help="缺省为数据旁的 backups / where to")
    ] = None,
    keep: Annotated[int | None, typer.Option(min=1, help="保留几份 / copies to keep")] = None,
    store: StoreOption = None,
    as_json: JsonFlag = False,
) -> None:
    """在线备份数据存储并核验（缺省命令）/ copy the store while in use, and verify; the default."""
    settings = settings_with(store=store, keep_backups=keep)
    folder = folder or default_folder(settings)
    with working("备份 / copying"):
        made = back_up(settings.store, folder, keep=settings.keep_backups, key=key_of(settings))
    print_backup(made, as_json=as_json)


def verify(file: BackupFile, as_json: JsonFlag = False) -> None:
    """通读一份备份，核对校验和、完整性与修订版 / read a copy through and check it."""
    with working("核验 / verifying"):
        found = verify_backup(file, key=key_of(Settings()))
    print_backup(found, as_json=as_json)
    if found.checksum is None and not as_json:
        text = "旁边没有 .sha256，未比对校验和 / no .sha256 beside it, none was compared"
        screen.print(text, soft_wrap=True)


def put_back(file: BackupFile, store: StoreOption = None, as_json: JsonFlag = False) -> None:
    """用备份替换数据存储，须先停止服务 / put a backup in the store's place, the service stopped."""
    settings = settings_with(store=store)
    # No service can start meanwhile: it takes the same lock first.
    with alone(work_folder_of(settings), "start"), working("恢复 / restoring"):
        restored, before = restore_backup(settings.store, file, key=key_of(settings))
    print_backup(restored, as_json=as_json)
    if before is not None and not as_json:
        screen.print(f"原数据 / the store from before: {before}", soft_wrap=True, markup=False)


def key(as_json: JsonFlag = False) -> None:
    """生成一对备份密钥 / make a pair of keys for backups."""
    public, secret = new_key()
    if as_json:
        print_json({"public": public, "secret": secret})
        return
    text = (
        f"只能加密，设在服务器上 / encrypts only, for the server:\n  ZONES_BACKUP_KEY={public}\n"
        f"能解密，请离线保存 / decrypts, to be kept elsewhere:\n  {secret}"
    )
    screen.print(text, soft_wrap=True, markup=False)


def default_folder(settings: Settings) -> Path:
    """Return where copies go: beside the file; of a database to where the file would be."""
    store = settings.store if is_file(settings.store) else Settings.model_fields["store"].default
    return sqlite_path(store).parent / "backups"


def key_of(settings: Settings) -> str:
    """Return the key for backups, without what surrounds it in a file; nothing if there is none."""
    return settings.backup_key.get_secret_value().strip() if settings.backup_key else ""


def print_backup(made: Backup, *, as_json: bool) -> None:
    """Print what a backup holds."""
    if as_json:
        removed = [str(gone) for gone in made.removed]
        print_json({**asdict(made), "path": str(made.path), "removed": removed})
        return
    count, size_mb = sum(made.collections.values()), made.bytes / 1e6
    contents = f"{len(made.collections)} 个集合 / collections，{count} 个要素 / features"
    how = "，已加密 / encrypted" if made.encrypted else ""
    summary = f"修订版 / revision {made.revision}，{contents}，{size_mb:.1f} MB{how}"
    screen.print(f"{made.path}\n{summary}，已核验 / verified", soft_wrap=True, markup=False)
