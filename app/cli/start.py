"""Where the command line begins: what the command that was typed does not need is not loaded.

With all commands the whole service is loaded, which takes longer than to look up a small file.
"""

import sys
from importlib import import_module
from typing import Final

import typer

from zones.memory.gc_paused import not_collecting

ALONE: Final = {
    "describe": "app.cli.describe_collection:add_describe",
    "import": "app.cli.imports:add_import",
    "locate": "app.cli.locate:add_locate",
    "seed": "app.cli.seed:add_seed",
    "serve": "app.cli.serve:add_serve",
    **dict.fromkeys(("export", "revisions", "diff"), "app.cli.history:add_history_commands"),
}
"""Commands that are loaded alone, with what adds them."""


def main() -> None:
    """Run the command that was typed."""
    adds = ALONE.get(sys.argv[1] if len(sys.argv) > 1 else "")
    module, _, name = (adds or "app.cli.main:").partition(":")
    with not_collecting():
        loaded = import_module(module)
    if adds is None:
        loaded.main()
        return
    cli = empty_cli()
    getattr(loaded, name)(cli)
    import_module("app.cli.console").run(cli)


def empty_cli() -> typer.Typer:
    """Return the command line without a command."""
    cli = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        help="和平区「六区两轴一带」规划分区 / the planned zones of Heping District",
    )
    cli.callback()(_group)  # or one command alone would be all of it
    return cli


def _group() -> None: ...
