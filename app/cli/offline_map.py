"""The command that writes the map into one file."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.store_options import StoreOption, current_snapshot, settings_with
from app.map_page.offline_file import offline_map
from app.pages.assets import Assets
from zones.messages import Lang


def add_map(cli: typer.Typer) -> None:
    """Add ``zones map``."""

    @cli.command("map")
    def write_map(
        output: Annotated[Path, typer.Argument(help="网页文件 / the file, .html")],
        collections: Annotated[
            str | None, typer.Option(help="先显示的集合，逗号分隔 / collections shown at first")
        ] = None,
        offline: Annotated[
            bool,
            typer.Option("--offline", help="不需要网络（总是如此）/ needs no network (always)"),
        ] = True,
        lang: Annotated[str, typer.Option(help="语言 zh 或 en / language")] = "zh",
        store: StoreOption = None,
    ) -> None:
        """把地图、数据与指标写成一个网页文件 / write the map with its data as one file."""
        settings = settings_with(store=store)
        language: Lang = "en" if lang == "en" else "zh"
        visible = None if collections is None else frozenset(filter(None, collections.split(",")))
        page = offline_map(
            current_snapshot(settings),
            Assets(settings.assets_dir),
            settings.assets_dir,
            lang=language,
            visible=visible,
        )
        output.write_text(page, encoding="utf-8")
        typer.echo(f"{output}  {output.stat().st_size / 1e6:.2f} MB")
