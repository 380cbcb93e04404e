"""``zones import``: a file into a collection, as the service does it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import orjson
import typer

from app.cli.console import print_json, progress_bar, screen
from app.cli.store import JsonFlag, StoreOption, opened, settings_with
from app.imports.jobs import limits_of
from app.settings import Settings
from zones.errors import ValidationError
from zones.ingest.as_before import last_import
from zones.ingest.field_mapping import FieldMapping, mapping_from
from zones.ingest.layer_collections import collection_ids, collection_title
from zones.ingest.options import Match
from zones.ingest.run import ImportMode, ImportOptions, ImportReport, ingest
from zones.memory.short_lived import collect_seldom
from zones.source.choice import Angles


def add_import(cli: typer.Typer) -> None:
    """Give the command line the command ``import``."""
    cli.command("import")(import_)


def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="文件 / file")],
    collection: Annotated[str, typer.Option(help="目标集合 / collection")],
    store: StoreOption = None,
    crs: Annotated[str | None, typer.Option(help="EPSG:4550, gcj02, bd09 …")] = None,
    datum: Annotated[str | None, typer.Option(help="gcj02 | bd09 | none")] = None,
    angles: Annotated[
        Angles | None,
        typer.Option(help="度数写法：dms（ddd.mmssss）| decimal / how degrees are written"),
    ] = None,
    encoding: Annotated[str | None, typer.Option(help="utf-8 | gb18030 …")] = None,
    layer: Annotated[
        list[str] | None,
        typer.Option(help="文件内图层，可重复，* 为全部 / layer, repeatable, * for all"),
    ] = None,
    mode: Annotated[ImportMode, typer.Option(help="导入方式 / how")] = ImportMode.REPLACE,
    key: Annotated[str | None, typer.Option(help="主键字段 / key field")] = None,
    match: Annotated[
        Match, typer.Option(help="content：按内容和位置对应 / by content and place")
    ] = Match.AUTO,
    repair: Annotated[bool, typer.Option(help="修复几何 / repair geometry")] = False,
    dry_run: Annotated[bool, typer.Option(help="只检查 / check only")] = False,
    allow_empty: Annotated[
        bool, typer.Option(help="允许清空集合 / allow an empty collection")
    ] = False,
    mapping: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="字段映射 JSON / field mapping, JSON"),
    ] = None,
    save_mapping: Annotated[
        bool, typer.Option(help="保存字段映射 / keep the mapping for next time")
    ] = False,
    as_before: Annotated[
        bool, typer.Option(help="字段映射同上次 / map the fields as last time")
    ] = False,
    create: Annotated[bool, typer.Option(help="新建集合 / make the collection")] = False,
    title: Annotated[str, typer.Option(help="集合名称 / title of the collection")] = "",
    title_field: Annotated[
        str, typer.Option(help="要素名称所在字段 / field that names the features")
    ] = "",
    official: Annotated[
        bool, typer.Option(help="官方界线 / the file holds official boundaries")
    ] = False,
    accuracy_m: Annotated[
        float | None,
        typer.Option(min=0.001, help="文件未写明时的精度（米）/ accuracy that the file lacks"),
    ] = None,
    note: Annotated[str, typer.Option(help="说明 / why")] = "",
    each: Annotated[
        bool,
        typer.Option(
            help="每个图层（文件）各成一个集合，--collection 为标识的前缀"
            " / a collection for each layer, --collection begins their ids"
        ),
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """导入 shapefile 压缩包、GeoJSON、GeoPackage、KML、CSV 等 / import a file."""
    settings = settings_with(store=store)
    options = ImportOptions(
        crs=crs,
        datum=datum,
        angles=angles,
        encoding=encoding,
        layer=tuple(layer) if layer else None,
        mode=mode,
        key=key,
        match=match,
        repair=repair,
        dry_run=dry_run,
        allow_empty=allow_empty,
        note=note,
        mapping=None if mapping is None else mapping_in(mapping),
        save_mapping=save_mapping,
        as_before=as_before,
        create=create,
        title=title,
        title_field=title_field,
        official=official,
        accuracy_m=accuracy_m,
    )
    reports = list(
        imported_apart(file, collection, settings, options)
        if each
        else [imported(file, collection, settings, options)]
    )
    if as_json:
        told = [report.as_json("zh") for report in reports]
        print_json(told if each else told[0])
    else:
        for report in reports:
            screen.print(report.as_text("zh"), markup=False)
    waits = any(report.state in ("rejected", "needs_decision") for report in reports)
    raise typer.Exit(2 if waits else 0)


def imported_apart(
    file: Path, prefix: str, settings: Settings, options: ImportOptions
) -> Iterator[ImportReport]:
    """Import each layer into a collection of its own; a file of one layer into ``prefix``."""
    looked = imported(file, prefix, settings, replace(options, create=True, dry_run=True))
    candidates = () if looked.question is None else looked.question.candidates
    layers = [each.options["layer"] for each in candidates if "layer" in each.options]
    if not layers:
        yield imported(file, prefix, settings, options)
    for layer, collection in collection_ids(layers, prefix).items():
        title = collection_title(layer) if options.create else ""
        own = replace(options, layer=layer, title=title)
        yield imported(file, collection, settings, own)


def imported(
    file: Path, collection: str, settings: Settings, options: ImportOptions
) -> ImportReport:
    """Import the file with a progress bar, and keep the mapping where that is asked for."""
    collect_seldom()
    with opened(settings) as opened_store, progress_bar() as progress:
        last = last_import(opened_store, collection) if options.as_before else None
        report = ingest(
            file,
            collection,
            opened_store,
            file_name=file.name,
            options=options,
            limits=limits_of(settings),
            who="cli",
            progress=progress,
            mapping_before=last.mapping if last else None,
        )
        if report.state == "applied" and options.save_mapping and options.mapping is not None:
            opened_store.mappings.put(
                collection, options.mapping.as_json(), key=options.key, who="cli"
            )
    return report


def mapping_in(file: Path) -> FieldMapping:
    """Return the field mapping that a JSON file describes.

    Raises
    ------
    ValidationError
    """
    try:
        told = orjson.loads(file.read_bytes())
    except orjson.JSONDecodeError as error:
        raise ValidationError("mapping-shape") from error
    return mapping_from(told)
