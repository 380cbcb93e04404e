"""The command that says what a collection is: its titles, and the property that names features."""

from typing import Annotated, Any

import typer

from app.cli.console import screen
from app.cli.history import CollectionName
from app.cli.store_options import StoreOption, opened, settings_with
from app.collections.description_members import described_by, why_described
from app.http.json_body import parse_json
from app.settings import Settings
from zones.model import Change, RevisionNote
from zones.plan_text import load_plan
from zones.snapshot.current_snapshot import SnapshotFollower
from zones.store.sql.store import SqlStore

Text = Annotated[str | None, typer.Option()]


def add_describe(cli: typer.Typer) -> None:
    """Add the command of this module."""
    cli.command("describe")(describe)


def describe(
    collection: CollectionName,
    title: Text = None,
    title_en: Text = None,
    description: Text = None,
    description_en: Text = None,
    source: Text = None,
    licence: Text = None,
    contact: Text = None,
    keywords: Annotated[
        str | None, typer.Option(help="关键词，逗号隔开，空为收回 / keywords with commas between")
    ] = None,
    title_field: Annotated[
        str | None,
        typer.Option(help="要素名称所在属性，空为收回 / property that names features"),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(help="导入时区分要素的属性 / property that tells features apart in imports"),
    ] = None,
    visible: Annotated[
        bool | None,
        typer.Option("--visible/--hidden", help="地图默认显示 / on maps at first"),
    ] = None,
    private: Annotated[
        bool | None,
        typer.Option("--private/--open", help="只给有权限的人看 / for those with a right only"),
    ] = None,
    colour: Annotated[str | None, typer.Option(help="#5b3a8c")] = None,
    style: Annotated[
        str | None,
        typer.Option(help='样式，JSON，空为收回 / a style as JSON: {"fill": "#ffdd55"}'),
    ] = None,
    order: Annotated[int | None, typer.Option(help="地图上的次序 / order on maps")] = None,
    store: StoreOption = None,
) -> None:
    """修改集合的说明（成为新修订版）/ describe a collection, as a new revision."""
    options = {k: value for k, value in locals().items() if k not in {"collection", "store"}}
    settings = settings_with(store=store)
    described = {name: value for name, value in options.items() if value is not None}
    if style is not None:
        described["style"] = parse_json(style.encode()) if style.strip() else None
    with opened(settings) as opened_store:
        revision = store_description(opened_store, settings, collection, described)
    if revision is None:
        screen.print("本来就相同，未改动 / equal already, nothing changed")
    else:
        screen.print(f"修订版 / revision {revision}")


def store_description(
    store: SqlStore, settings: Settings, collection_id: str, described: dict[str, Any]
) -> int | None:
    """Describe a collection anew; return the number of the revision, None if nothing differs."""
    follower = SnapshotFollower(store, load_plan(settings.seed_dir))
    before = follower.current().collection(collection_id)
    info = described_by(described, before)
    if info == before.info:
        return None
    why = why_described(before.info, info)
    made = store.apply([Change(info.id, collection=info)], RevisionNote("cli", why))
    store.audit.add(
        "describe-collection",
        outcome="ok",
        who="cli",
        collection=info.id,
        revision=made.number,
        reason=why,
    )
    return made.number
