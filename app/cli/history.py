"""Commands about what was: revisions, differences, the way back, exports."""

import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from app.cli.console import print_json, screen, working
from app.cli.store_options import JsonFlag, StoreOption, opened, settings_with
from zones.crs.transform import parse_crs
from zones.errors import UnknownCollectionError
from zones.export.export_options import ExportError, export_options, format_of_name, parcel_layout
from zones.export.write_file import export_remarks, write_export
from zones.messages import say
from zones.model import CollectionInfo, RevisionNote
from zones.store.restore_collection import restore
from zones.store.revision_diff import FeatureChange, difference_between
from zones.store.sql.collection_differences import RevisionCounts
from zones.store.sql.store import SqlStore

CollectionName = Annotated[str, typer.Argument(help="集合 / collection")]


def add_history_commands(cli: typer.Typer) -> None:
    """Add the commands of this module."""
    cli.command("export")(export)
    cli.command("revisions")(revisions)
    cli.command("diff")(diff)
    cli.command("restore")(restore_revision)


def export(
    collection: CollectionName,
    file: Annotated[Path, typer.Argument(dir_okay=False, help="文件 / file")],
    format_: Annotated[
        str | None, typer.Option("--format", "-f", help="格式，缺省按后缀 / by default the suffix")
    ] = None,
    crs: Annotated[str | None, typer.Option(help="EPSG:4550, gcj02, bd09 …")] = None,
    encoding: Annotated[str | None, typer.Option(help="utf-8 | gbk（shp、csv、gtxt）")] = None,
    order: Annotated[str | None, typer.Option(help="gtxt：north-east（缺省）| east-north")] = None,
    closing: Annotated[str | None, typer.Option(help="gtxt：repeat（缺省）| open")] = None,
    fields: Annotated[
        str | None,
        typer.Option(help="gtxt：编号,名称,图幅号,用途,地类的属性 / properties for these"),
    ] = None,
    revision: Annotated[int | None, typer.Option(help="修订版 / as of this revision")] = None,
    force: Annotated[bool, typer.Option(help="覆盖文件 / overwrite the file")] = False,
    store: StoreOption = None,
) -> None:
    """把集合导出为文件 / write a collection to a file."""
    system = None if crs is None else parse_crs(crs)
    requested = format_ or format_of_name(file.name) or file.suffix
    layout = parcel_layout(order, closing, fields)
    options = export_options(requested, crs=system, encoding=encoding, layout=layout)
    if file.exists() and not force:
        raise ExportError("export-exists", name=file.name)
    with opened(settings_with(store=store)) as opened_store, working("导出 / exporting"):
        info = described(opened_store, collection, revision)
        features = opened_store.features(collection, revision=revision)
        try:
            # Beside the file, so that it gets its name at once and only when it is whole.
            with tempfile.TemporaryDirectory(prefix=".zones-export-", dir=file.parent) as folder:
                partial = Path(folder, f"export{options.format.suffix}")
                write_export(partial, info, features, options=options)
                partial.replace(file)
        except OSError as error:
            raise ExportError("export-unwritable", name=file.name) from error
    screen.print(f"{len(features)} 个要素 / features → {file}", soft_wrap=True, markup=False)
    for remark in export_remarks(info, features, options=options):
        for lang in ("zh", "en"):
            screen.print(str(say(remark.code, lang, **remark.params)), markup=False)


def revisions(
    collection: CollectionName,
    limit: Annotated[int, typer.Option(min=1, help="最多几条 / at most")] = 20,
    store: StoreOption = None,
    as_json: JsonFlag = False,
) -> None:
    """集合的修订历史，新的在前 / revisions of a collection, newest first."""
    with opened(settings_with(store=store)) as opened_store:
        found = opened_store.revisions(collection)[:limit]
        if not found:
            raise UnknownCollectionError(collection=collection)
        counts = opened_store.revision_counts(
            collection, first=found[-1].number, last=found[0].number
        )
    if as_json:
        print_json(
            [
                {
                    **asdict(entry),
                    "pruned": sorted(entry.pruned),
                    "counts": asdict(counts.get(entry.number, RevisionCounts())),
                }
                for entry in found
            ]
        )
        return
    table = Table(
        "修订版 / revision", "时间 / at", "谁 / who", "说明 / why", "+", "~", "−", "文件 / file"
    )
    for entry in found:
        count, note = counts.get(entry.number, RevisionCounts()), entry.note
        numbers = (str(count.added), str(count.changed), str(count.removed))
        cells = (str(entry.number), f"{entry.at:%F %R}", note.who, note.why, *numbers)
        # As text: what people wrote is not to be taken for markup.
        table.add_row(*map(Text, (*cells, note.source_name or "—")))
    screen.print(table)


def diff(
    collection: CollectionName,
    since: Annotated[int, typer.Argument(min=0, help="从修订版 / from this revision")],
    to: Annotated[int | None, typer.Argument(min=0, help="到修订版 / up to this one")] = None,
    store: StoreOption = None,
    as_json: JsonFlag = False,
) -> None:
    """两个修订版之间的差异 / what differs between two revisions."""
    with opened(settings_with(store=store)) as opened_store:
        until = opened_store.revision() if to is None else to
        found = difference_between(*opened_store.differing(collection, since=since, to=until))
    changes = found.changes()
    if as_json:
        print_json([change_json(change) for change in changes])
        return
    counts = (len(found.added), len(found.changed), len(found.removed))
    screen.print("新增 / added {}  更改 / changed {}  删除 / removed {}".format(*counts))
    for change in changes:
        screen.print(change_line(change), markup=False, soft_wrap=True)


def change_json(change: FeatureChange) -> dict[str, Any]:
    """Return what became of a feature, without its shapes."""
    return {
        "id": change.fid,
        "change": change.kind,
        "moved_m": change.moved_m,
        "area_change_m2": change.area_change_m2,
        "fields": [asdict(field) for field in change.fields],
    }


def change_line(change: FeatureChange) -> str:
    """Return what became of a feature as one line."""
    parts = [{"added": "+", "changed": "~", "removed": "-"}[change.kind], change.fid]
    if change.moved_m:
        parts.append(f"移动 / moved {change.moved_m:.3f} m")
    if change.area_change_m2:
        parts.append(f"面积 / area {change.area_change_m2:+.1f} m²")
    parts += [f"{field.name}: {field.old!r} → {field.new!r}" for field in change.fields]
    return "  ".join(parts)


def restore_revision(
    collection: CollectionName,
    revision: Annotated[int, typer.Argument(min=1, help="修订版 / revision")],
    note: Annotated[str, typer.Option(help="说明 / why")] = "",
    store: StoreOption = None,
) -> None:
    """恢复到一个修订版（成为新修订版）/ restore a revision, as a new one."""
    why = note or f"恢复到修订版 {revision} / Restore revision {revision}"
    with opened(settings_with(store=store)) as opened_store:
        made, _ = restore(opened_store, collection, revision, note=RevisionNote("cli", why))
        if made is not None:
            opened_store.audit.add(
                "restore",
                outcome="ok",
                who="cli",
                collection=collection,
                revision=made.number,
                reason=f"revision {revision}",
            )
    same = "本来就相同，未改动 / equal already, nothing changed"
    screen.print(f"修订版 / revision {made.number}" if made else same)


def described(store: SqlStore, collection_id: str, revision: int | None) -> CollectionInfo:
    """Return a collection's description.

    Raises
    ------
    UnknownCollectionError, UnknownRevisionError
    """
    for info in store.collections(revision=revision):
        if info.id == collection_id:
            return info
    raise UnknownCollectionError(collection=collection_id)
