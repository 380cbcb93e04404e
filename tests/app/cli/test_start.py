"""Commands that are loaded alone are those of the whole command line, and sooner there."""

import subprocess
import sys
from importlib import import_module

import pytest
import typer

from app.cli.main import cli
from app.cli.start import ALONE, empty_cli

EVERY = typer.main.get_group(cli).commands


@pytest.mark.parametrize("name", ALONE)
def test_a_command_alone_is_that_of_the_whole(name: str) -> None:
    module, adds = ALONE[name].split(":")
    alone = empty_cli()
    getattr(import_module(module), adds)(alone)
    command = typer.main.get_group(alone).commands[name]
    whole, own = ([each.opts for each in one.params] for one in (EVERY[name], command))
    assert whole == own
    assert command.help == EVERY[name].help


@pytest.mark.slow
def test_a_look_up_of_a_file_does_not_load_the_service() -> None:
    code = "import sys, app.cli.locate; print({'fastapi', 'uvicorn', 'pandas'} & {*sys.modules})"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "set()\n"
