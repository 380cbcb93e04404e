"""``zones import``: a file into a collection, as the service does it."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import orjson
import typer

from app.cli.console import print_json, progress_bar, screen
from app.cli.import_options import (
    CRS,
    Accuracy,
    AllowEmpty,
    AsBefore,
    Create,
    Datum,
    DryRun,
    EachLayer,
    Encoding,
    HowAngles,
    HowMatched,
    ImportedFile,
    Key,
    Layers,
    MappingFile,
    MapScale,
    Mode,
    Note,
    Official,
    Repair,
    SaveMapping,
    Target,
    Title,
    TitleField,
)
from app.cli.store_options import JsonFlag, StoreOption, opened, settings_with
from app.imports.import_limits import limits_of
from app.settings import Settings
from zones.errors import ValidationError
from zones.ingest.decisions_of_last_import import last_import
from zones.ingest.field_mapping import FieldMapping, mapping_from
from zones.ingest.import_options import Match
from zones.ingest.layer_collections import collection_ids, collection_title
from zones.ingest.run_import import (
    ImportContext,
    ImportMode,
    ImportOptions,
    ImportReport,
    ingest,
)
from zones.memory.gc_short_lived import collect_seldom


def add_import(cli: typer.Typer) -> None:
    """Give the command line the command ``import``."""
    cli.command("import")(import_)


def import_(
    file: ImportedFile,
    collection: Target,
    store: StoreOption = None,
    crs: CRS = None,
    datum: Datum = None,
    angles: HowAngles = None,
    map_scale: MapScale = None,
    encoding: Encoding = None,
    layer: Layers = None,
    mode: Mode = ImportMode.REPLACE,
    key: Key = None,
    match: HowMatched = Match.AUTO,
    repair: Repair = False,
    dry_run: DryRun = False,
    allow_empty: AllowEmpty = False,
    mapping: MappingFile = None,
    save_mapping: SaveMapping = False,
    as_before: AsBefore = False,
    create: Create = False,
    title: Title = "",
    title_field: TitleField = "",
    official: Official = False,
    accuracy_m: Accuracy = None,
    note: Note = "",
    each: EachLayer = False,
    as_json: JsonFlag = False,
) -> None:
    """导入 shapefile 压缩包、GeoJSON、GeoPackage、KML、CSV 等 / import a file."""
    options = options_of(locals())  # the parameters, by name
    settings = settings_with(store=store)
    reports = list(
        imported_apart(file, collection, settings, options)
        if each
        else [imported(file, collection, settings, options)]
    )
    if as_json:
        documents = [report.as_json("zh") for report in reports]
        print_json(documents if each else documents[0])
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


def options_of(params: Mapping[str, Any]) -> ImportOptions:
    """Return the options that the command's parameters are."""
    named = {each.name: params[each.name] for each in fields(ImportOptions) if each.name in params}
    layers, mapping = params["layer"], params["mapping"]
    named |= {
        "layer": tuple(layers) if layers else None,
        "mapping": None if mapping is None else mapping_in(mapping),
    }
    return ImportOptions(**named)


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
            context=ImportContext(progress=progress, mapping_before=last.mapping if last else None),
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
        document = orjson.loads(file.read_bytes())
    except orjson.JSONDecodeError as error:
        raise ValidationError("mapping-shape") from error
    return mapping_from(document)
