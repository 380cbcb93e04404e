"""What the command line shows: spinners, progress bars, JSON; tables are in ``tables.py``."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import orjson
import typer
from rich.console import Console

from zones.errors import ZonesError

screen = Console(highlight=False)
complaints = Console(stderr=True, highlight=False)


def run(cli: typer.Typer) -> None:
    """Run the command that was typed; a fault that the user can mend ends with exit code 1."""
    try:
        cli()
    except ZonesError as error:
        complain(error)
        raise SystemExit(1) from error


def print_json(value: object) -> None:
    """Print a value as indented JSON, non-ASCII kept."""
    typer.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2))


def complain(error: ZonesError) -> None:
    """Print a fault and how to mend it, in Chinese and in English."""
    complaints.print(f"错误：{error.text('zh')}", style="red", markup=False)
    complaints.print(f"error: {error.text('en')}", style="red", markup=False)


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show a spinner on a terminal while the block runs."""
    with complaints.status(what):
        yield


@contextmanager
def progress_bar() -> Iterator[Callable[[str, float], None]]:
    """Show a bar on a terminal; the value given is called with stage and share done.

    It is drawn by these calls, not by a thread of its own: processes are forked meanwhile, which
    a process with threads must not be.
    """
    # Not loaded where nothing is drawn: the service starts with this module.
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=complaints, transient=True, auto_refresh=False) as bar:
        task = bar.add_task("", total=1.0)

        def advance(stage: str, share: float) -> None:
            bar.update(task, description=stage, completed=share, refresh=True)

        yield advance
