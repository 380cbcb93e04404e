"""Commands about where the store is kept: copied elsewhere, and seen by desktop GIS."""

from contextlib import closing
from typing import Annotated

import typer

from app.cli.console import print_json, screen, working
from app.cli.store_options import JsonFlag, StoreOption, opened, settings_with
from zones.store.copy_store import copy_store
from zones.store.open_store import open_database


def add_store_commands(cli: typer.Typer) -> None:
    """Add the commands of this module."""
    store_cli = typer.Typer(no_args_is_help=True, help="数据存储 / the store as a whole")
    store_cli.command("copy")(copy)
    store_cli.command("reader")(reader)
    store_cli.command("views")(views)
    cli.add_typer(store_cli, name="store")


def copy(
    source: Annotated[str, typer.Argument(help="原存储地址 / URL of the store to copy")],
    target: Annotated[str, typer.Argument(help="新存储地址，须为空 / URL of an empty one")],
    as_json: JsonFlag = False,
) -> None:
    """把整个存储（含历史、密钥、审计）复制到另一个空存储并核对 / copy a store, and compare."""
    with (
        closing(open_database(source)) as one,
        closing(open_database(target)) as other,
        working("复制 / copying"),
    ):
        counts = copy_store(one, other)
    if as_json:
        print_json(counts)
        return
    summary = (
        f"修订版 / revisions {counts['revisions']}，要素行 / rows of features {counts['features']}"
    )
    screen.print(f"{summary}，已逐行核对 / compared row by row", soft_wrap=True, markup=False)


def reader(
    name: Annotated[str, typer.Argument(help="数据库用户名 / name of the database user")],
    store: StoreOption = None,
) -> None:
    """让数据库用户只读各集合的视图（QGIS、ArcGIS）/ let a database user read the views."""
    with opened(settings_with(store=store)) as opened_store:
        password = opened_store.make_reader(name)
    if password:
        text = f"密码（只显示这一次）/ password, shown only once:\n  {password}"
    else:
        text = "用户已存在，已可读取 / the user was there already, and may read now"
    screen.print(text, soft_wrap=True, markup=False)


def views(store: StoreOption = None) -> None:
    """重建供 QGIS、ArcGIS 读取的视图 / make the views for desktop GIS anew."""
    with opened(settings_with(store=store)) as opened_store:
        shown = opened_store.show_all()
    screen.print("\n".join(f"zones_gis.{name}" for name in shown), markup=False)
