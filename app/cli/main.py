"""The command line: the same verbs as the service, no logic of its own."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from app.cli.backups import add_backups
from app.cli.console import print_json, run, screen
from app.cli.copy_and_views import add_store_commands
from app.cli.describe_collection import add_describe
from app.cli.history import add_history_commands
from app.cli.imports import add_import
from app.cli.locate import add_locate
from app.cli.offline_map import add_map
from app.cli.people import add_people
from app.cli.print_sheet import add_sheet
from app.cli.prune import add_prune
from app.cli.seed import add_seed
from app.cli.serve import add_serve
from app.cli.start import empty_cli
from app.cli.store_options import JsonFlag, StoreOption, current_snapshot, opened, settings_with
from app.cli.tables import show_areas, show_check, show_keys
from app.settings import Settings
from zones.attribution.totals_by_polygon import attribute
from zones.plan.planned_and_measured import areas_table
from zones.plan.seed_check import check_seed
from zones.search.find_by_name import build_name_index

cli = empty_cli()
keys_cli = typer.Typer(no_args_is_help=True, help="管理密钥 / manage keys")
cli.add_typer(keys_cli, name="keys")
add_history_commands(cli)
add_backups(cli)
add_store_commands(cli)
add_describe(cli)
add_locate(cli)
add_import(cli)
add_map(cli)
add_people(cli)
add_prune(cli)
add_seed(cli)
add_serve(cli)
add_sheet(cli)


def main() -> None:
    """Run the command line with all its commands; see ``app.cli.start``."""
    run(cli)


@cli.command()
def check(
    seed_dir: Annotated[Path | None, typer.Option(help="数据目录 / folder of the seed")] = None,
    as_json: JsonFlag = False,
) -> None:
    """检查规划数据：环、共边、编号、引用、面积 / check the plan's data."""
    report = check_seed(seed_dir or Settings().seed_dir)
    if as_json:
        print_json(report.as_json())
    else:
        show_check(report)
    raise typer.Exit(0 if report.ok else 1)


@cli.command()
def areas(store: StoreOption = None, as_json: JsonFlag = False) -> None:
    """规划面积与量算面积 / planned against measured."""
    snapshot = current_snapshot(settings_with(store=store))
    rows = areas_table(snapshot)
    if as_json:
        print_json([row.as_json() for row in rows])
        return
    show_areas(rows)


@cli.command()
def attribution(
    of: Annotated[str, typer.Argument(help="被分摊集合 / collection to share out")],
    by: Annotated[str, typer.Argument(help="按此集合 / by this collection")],
    measure: Annotated[str, typer.Option(help="area|count|sum:FIELD|mean:FIELD")] = "area",
    store: StoreOption = None,
) -> None:
    """按区分摊与汇总 / shares and rollups by zone."""
    snapshot = current_snapshot(settings_with(store=store))
    print_json(attribute(snapshot, of, by, measure).as_json())


@cli.command()
def search(
    query: Annotated[str, typer.Argument(help="名称、别名、拼音 / name, alias, pinyin")],
    store: StoreOption = None,
) -> None:
    """按名称查找 / find by name."""
    snapshot = current_snapshot(settings_with(store=store))
    hits = snapshot.derived(build_name_index).search(query)
    print_json([hit.as_json() for hit in hits])


@keys_cli.command("create")
def create_key(
    name: Annotated[str, typer.Argument(help="用途 / what it is for")],
    role: Annotated[
        Literal["reader", "editor", "admin"], typer.Option(help="权限 / role")
    ] = "editor",
    store: StoreOption = None,
) -> None:
    """新建密钥，只显示一次 / make a key; it is shown once."""
    with opened(settings_with(store=store)) as opened_store:
        key, secret = opened_store.keys.create(name, role)
    screen.print(f"{key.id}  {key.role}  {secret}", soft_wrap=True)


@keys_cli.command("list")
def list_keys(store: StoreOption = None) -> None:
    """列出密钥 / list the keys."""
    with opened(settings_with(store=store)) as opened_store:
        keys = opened_store.keys.list()
    show_keys(keys)


@keys_cli.command("revoke")
def revoke_key(key_id: str, store: StoreOption = None) -> None:
    """吊销密钥 / revoke a key."""
    with opened(settings_with(store=store)) as opened_store:
        if opened_store.keys.revoke(key_id) is None:
            raise typer.BadParameter(f"没有密钥 / no key {key_id}")
