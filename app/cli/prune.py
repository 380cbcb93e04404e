"""The command that removes what old revisions held, and gives its room back."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from rich.table import Table

from app.cli.console import print_json, screen, working
from app.cli.store_options import JsonFlag, StoreOption, opened, settings_with
from app.imports.segment_of_import import segment_folder_of
from app.settings import Settings
from zones.errors import StoreError
from zones.plan.edition_upgrade import compared_versions
from zones.store.sql.prune import PrunePolicy, PruneReport
from zones.store.sql.store import SqlStore

_MEBIBYTE = 2**20


def add_prune(cli: typer.Typer) -> None:
    """Add the command of this module."""
    cli.command("prune")(prune)


def prune(
    keep: Annotated[
        int | None, typer.Option(min=1, help="保留最近几个修订版 / latest revisions to keep")
    ] = None,
    older_than: Annotated[
        int | None,
        typer.Option(min=1, metavar="DAYS", help="只清理早于几天的 / only those older, in days"),
    ] = None,
    trash: Annotated[
        bool, typer.Option("--trash", help="连同已删除的集合 / dropped collections too")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="执行，否则只预览 / do it, not only show")
    ] = False,
    whole: Annotated[
        bool,
        typer.Option("--full", help="PostgreSQL：归还全部空间，期间不能读写 / return all room"),
    ] = False,
    store: StoreOption = None,
    as_json: JsonFlag = False,
) -> None:
    """清理旧修订版的内容，不加 --yes 只预览 / remove what old revisions held; --yes does it."""
    if keep is None and older_than is None:
        raise typer.BadParameter("--keep N 或 / or --older-than DAYS")
    settings, fault = settings_with(store=store), None
    before = None if older_than is None else datetime.now(UTC) - timedelta(days=older_than)
    with opened(settings) as opened_store:
        needed = compared_versions(opened_store)
        policy = PrunePolicy(keep=keep, before=before, needed=needed, dropped_too=trash)
        size = opened_store.pruning.nbytes()
        if not yes:
            _show(opened_store.pruning.preview(policy), size, size, done=False, as_json=as_json)
            return
        with working("清理 / pruning"):
            report = opened_store.pruning.prune(policy, who="cli")
            if report.versions:
                _remove_segments(settings, opened_store, report)
                fault = _compacted(opened_store, whole=whole)
        _show(report, size, opened_store.pruning.nbytes(), done=True, as_json=as_json)
    if fault is not None:
        raise fault


def _compacted(store: SqlStore, *, whole: bool) -> StoreError | None:
    """Give the room back; return why that could not be, which changes nothing of what was done."""
    try:
        store.pruning.compact(whole=whole)
    except StoreError as fault:
        return StoreError("store-not-compacted", reason=fault.text("zh").message)
    return None


def _remove_segments(settings: Settings, store: SqlStore, report: PruneReport) -> None:
    """Remove segments of what was pruned; who maps one goes on until he has another."""
    folder = segment_folder_of(settings)
    if folder is None:
        return
    for each in report.collections:
        latest = next(iter(store.revisions(each.id))).number
        for number in folder.revisions_of(each.id):
            if number < min(latest, report.oldest):
                folder.remove(each.id, number)


def _show(report: PruneReport, before: int, after: int, *, done: bool, as_json: bool) -> None:
    if as_json:
        sizes = {"store_bytes_before": before, "store_bytes_after": after, "done": done}
        print_json({**asdict(report), **sizes})
        return
    table = Table("集合 / collection", "版本 / versions", "行 / rows", "MB")
    for each in report.collections:
        numbers = (str(each.versions), str(each.rows), _megabytes(each.bytes))
        table.add_row(each.id, *numbers)
    screen.print(table)
    for line in _lines(report, before, after, done=done):
        screen.print(line, markup=False, soft_wrap=True)


def _lines(report: PruneReport, before: int, after: int, *, done: bool) -> list[str]:
    """Return what is to be said beside the table."""
    size = sum(each.bytes for each in report.collections)
    lines = [
        f"修订版 {report.oldest} 到 {report.current} 仍可读取 / "
        f"revisions {report.oldest} to {report.current} can still be read"
    ]
    if report.kept:
        kept = _named(report.kept)
        lines.append(
            f"另外保留（回收站、规划数据升级用）/ kept besides, for the trash and upgrades: {kept}"
        )
    if report.dropped:
        dropped = ", ".join(report.dropped)
        lines.append(f"不能再从回收站恢复 / gone from the trash for good: {dropped}")
    if done:
        lines.append(f"已清理 / removed；{_megabytes(before)} MB → {_megabytes(after)} MB")
    else:
        lines.append(
            f"约 / about {_megabytes(size)} MB，共 / of {_megabytes(before)} MB；"
            "链接和对比中引用这些修订版的将得到 410 / links to and comparisons with these revisions"
            " will get 410；尚未清理，加 --yes 执行 / nothing was removed, --yes does it"
        )
    return lines


def _named(versions: Any) -> str:
    return ", ".join(f"{name} r{number}" for name, number in versions)


def _megabytes(size: int) -> str:
    return f"{size / _MEBIBYTE:.1f}"
