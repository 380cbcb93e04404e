"""The command that prints a sheet of the plan into a file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from starlette.datastructures import QueryParams

from app.cli.console import screen, working
from app.cli.point_files import writing
from app.cli.store_options import StoreOption, opened, settings_with
from app.http.parameters import choice
from app.printing.sheet_cache import dated
from app.printing.sheet_query import sheet_order
from zones.messages import Lang
from zones.plan_text import load_plan
from zones.printing.make_sheet import PrintedSheet, make_sheet
from zones.printing.sheet_options import SheetOrder
from zones.snapshot.current_snapshot import SnapshotFollower

Text = Annotated[str | None, typer.Option()]
FORMS = {".pdf": "pdf", ".png": "png", ".svg": "svg", ".zip": "geo"}


def add_sheet(cli: typer.Typer) -> None:
    """Add the command of this module."""
    cli.command("sheet")(sheet)


def sheet(
    out: Annotated[
        Path,
        typer.Argument(help="输出文件：.pdf .png .svg；.zip 为带坐标的 PNG / the file to write"),
    ],
    size: Annotated[str, typer.Option(help="a4 a3 a2 a1 a0")] = "a3",
    orientation: Annotated[str, typer.Option(help="auto landscape portrait")] = "auto",
    element: Annotated[
        str | None, typer.Option(help="要素标识，或 all 为图集 / an element, or all")
    ] = None,
    collections: Annotated[
        str | None, typer.Option(help="集合，逗号分隔 / collections, by commas")
    ] = None,
    bbox: Annotated[str | None, typer.Option(help="西,南,东,北 / west,south,east,north")] = None,
    scale: Annotated[str | None, typer.Option(help="比例尺分母 / the n of 1:n")] = None,
    title: Text = None,
    grid: Annotated[str, typer.Option(help="metres degrees none")] = "metres",
    look: Annotated[str, typer.Option(help="colour grey projector")] = "colour",
    tables: Annotated[str, typer.Option(help="figures,sites,conflicts")] = "",
    dpi: Annotated[int, typer.Option(help="图片分辨率 / dots an inch of pictures")] = 150,
    lang: Annotated[str, typer.Option(help="zh en")] = "zh",
    revision: Annotated[int | None, typer.Option(help="修订版 / as of this revision")] = None,
    store: StoreOption = None,
) -> None:
    """打印图幅 / print a sheet of the plan: PDF, PNG or SVG."""
    form = FORMS[choice(out.suffix.lower(), "out", choices=tuple(FORMS))]
    parameters = {
        "f": form,
        "size": size,
        "orientation": orientation,
        "element": element,
        "collections": collections,
        "bbox": bbox,
        "scale": scale,
        "title": title,
        "grid": grid,
        "look": look,
        "tables": tables,
        "dpi": str(dpi),
    }
    order = order_of(parameters, lang)
    settings = settings_with(store=store)
    with opened(settings) as data, working("制图 / making the sheet"):
        follower = SnapshotFollower(data, load_plan(settings.seed_dir))
        snapshot = follower.current() if revision is None else follower.at(revision)
        made = make_sheet(snapshot, dated(data, snapshot, order), settings.fonts_dir)
    with writing(str(out)) as file:
        file.write(made.body)
    show_made(out, made)


def order_of(parameters: Mapping[str, str | None], lang: str) -> SheetOrder:
    """Return the order for a sheet of the options, as the service reads its parameters."""
    language: Lang = "en" if choice(lang, "lang", choices=("zh", "en")) == "en" else "zh"
    query = QueryParams({name: text for name, text in parameters.items() if text is not None})
    return sheet_order(query, language)


def show_made(out: Path, made: PrintedSheet) -> None:
    """Show the scale and the pages of a sheet, and which letters its font lacks."""
    scale = f"1:{made.scale:,.0f}".replace(",", " ")
    screen.print(f"{out}  {scale}  {made.pages} 页 / pages")
    if made.missing:
        letters = ", ".join(f"U+{ord(letter):04X}" for letter in made.missing)
        screen.print(f"字体缺字 / letters that the font lacks: {letters}")
