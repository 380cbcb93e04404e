"""The plan's data into a store: seeded into an empty one, offered as a new edition to another."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any, Literal

import typer

from app.cli.console import print_json, screen, working
from app.cli.history import change_json, change_line
from app.cli.store_options import JsonFlag, StoreOption, opened, settings_with
from app.settings import Settings
from zones.plan.edition_differences import EditionComparison, compare_editions
from zones.plan.edition_merge import Preference
from zones.plan.edition_upgrade import UpgradeConflict, UpgradeOffer, apply_upgrade, offer_upgrade
from zones.plan.seed import seed_store
from zones.plan.seed_check import problem_message
from zones.plan.seed_checks.tiling import check_tiling
from zones.plan_text import load_plan
from zones.snapshot.current_snapshot import SnapshotFollower
from zones.snapshot.model import Snapshot
from zones.store.revision_diff import FeatureChange
from zones.store.sql.store import SqlStore

WAITING = 2
"""Exit code when somebody has to decide."""

Answer = Literal["mine", "new", "ask"]


def add_seed(cli: typer.Typer) -> None:
    """Add the command of this module."""
    cli.command("seed")(seed)


def seed(
    store: StoreOption = None,
    upgrade: Annotated[
        bool, typer.Option("--upgrade", help="显示新版数据的差异 / show what a new edition changes")
    ] = False,
    apply: Annotated[
        bool, typer.Option("--apply", help="写成一个新修订版 / make a revision of it")
    ] = False,
    conflicts: Annotated[
        Answer | None,
        typer.Option(help="两边都改了的：留已有、取新版、逐个问 / what both sides changed"),
    ] = None,
    points: Annotated[
        int, typer.Option(min=0, help="比较查询答案的随机点数 / random points to compare")
    ] = 10_000,
    as_json: JsonFlag = False,
) -> None:
    """把规划数据写入空库；--upgrade 把新版数据合入已有的库 / put the plan's data into a store."""
    settings = settings_with(store=store)
    with opened(settings) as opened_store:
        with working("写入规划数据 / seeding"):
            revision = seed_store(opened_store, settings.seed_dir)
        if revision is None and upgrade:
            upgrade_store(opened_store, settings, apply, conflicts, points, as_json=as_json)
            return
    done = (
        f"修订版 / revision {revision.number}" if revision else "已有数据，未改动 / not empty, kept"
    )
    screen.print(done)


def upgrade_store(
    store: SqlStore,
    settings: Settings,
    apply: bool,
    conflicts: Answer | None,
    points: int,
    *,
    as_json: bool,
) -> None:
    """Show what the new edition changes and, when told to, make a revision of it."""
    plan = load_plan(settings.seed_dir)
    with working("比较 / comparing"):
        offer = offer_upgrade(store, settings.seed_dir)
        before = SnapshotFollower(store, plan).current()
        after = offer.snapshot(plan)
        compared = compare_editions(before, after, points=0 if offer.is_empty else points)
    if as_json:
        print_json(offer_json(offer, compared))
    else:
        show_offer(offer, compared, after)
    if offer.is_empty or not apply:
        return
    if offer.questions and conflicts is None:
        screen.print("请加 --conflicts mine、new 或 ask / add --conflicts mine, new or ask")
        raise typer.Exit(WAITING)
    decide = _answers(conflicts or "mine")
    made = apply_upgrade(store, settings.seed_dir, offer=offer, decide=decide, who="cli")
    store.audit.add("seed-upgrade", outcome="ok", who="cli", revision=made.number)
    screen.print(f"修订版 / revision {made.number}")


def _answers(how: Answer) -> Callable[[UpgradeConflict], Preference]:
    def answer(question: UpgradeConflict) -> Preference:
        if how != "ask":
            return how
        take = f"{question_line(question)}\n取新版？/ Take the new edition's?"
        return "new" if typer.confirm(take, default=False) else "mine"

    return answer


def question_line(question: UpgradeConflict) -> str:
    """Return what both sides changed as one line."""
    names = ", ".join(question.names)
    sides = [
        f"{label}: {_label_of(feature, question.names)}"
        for label, feature in (("已有 / stored", question.mine), ("新版 / new", question.new))
    ]
    return f"?  {question.collection}/{question.fid}  {names}  " + "  ".join(sides)


def _label_of(feature: Any, names: tuple[str, ...]) -> str:
    if feature is None:
        return "—"
    return ", ".join(repr(feature.properties[name]) for name in names if name in feature.properties)


def show_offer(offer: UpgradeOffer, compared: EditionComparison, after: Snapshot) -> None:
    """Print a diff, what people changed, what has to be decided, and what follows from it."""
    if offer.is_empty:
        screen.print("已是这一版 / up to date")
        return
    for id_, diff in offer.changes.items():
        counts = len(diff.added), len(diff.changed), len(diff.removed)
        if any(counts):
            screen.print("{}  + {}  ~ {}  - {}".format(id_, *counts))
        for change in diff.changes():
            screen.print(f"  {_short_line(change)}", markup=False, soft_wrap=True)
    for id_, fid in offer.unchanged:
        screen.print(f"=  {id_}/{fid}  人工改动保留 / people's change stays", markup=False)
    for question in offer.questions:
        screen.print(question_line(question), markup=False, soft_wrap=True)
    show_comparison(compared)
    for problem in check_tiling(after):
        screen.print(f"! {problem_message(problem)}", markup=False, soft_wrap=True)
    screen.print("未写入；加 --apply 写成新修订版 / nothing written; --apply makes a revision")


def _short_line(change: FeatureChange) -> str:
    """Return a change as one line: texts, which are long, by their names alone."""
    fields = [f for f in change.fields if not isinstance(f.new or f.old, str | list | dict)]
    others = [field.name for field in change.fields if field not in fields]
    line = change_line(replace(change, fields=tuple(fields)))
    return f"{line}  {', '.join(others)}" if others else line


def show_comparison(compared: EditionComparison) -> None:
    """Print the figures and answers of two editions side by side, those that differ."""
    for line in compared.lines():
        screen.print(line, markup=False, soft_wrap=True)


def offer_json(offer: UpgradeOffer, compared: EditionComparison) -> dict[str, Any]:
    """Return an offer without the shapes."""
    return {
        "revision": offer.revision,
        "up_to_date": offer.is_empty,
        "changes": {
            id_: [change_json(change) for change in diff.changes()]
            for id_, diff in offer.changes.items()
            if len(diff)
        },
        "kept": [{"collection": id_, "id": fid} for id_, fid in offer.unchanged],
        "questions": [
            {"collection": q.collection, "id": q.fid, "fields": list(q.names)}
            for q in offer.questions
        ],
        "effect": compared.as_json(),
    }
