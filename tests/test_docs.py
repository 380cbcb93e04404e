"""What the README says of settings, commands and routes is what the program has."""

import re

import pytest
import typer.main

from app.cli.main import cli
from app.settings import Settings
from tests.paths import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_in_the_readme(name: str) -> None:
    assert f"`ZONES_{name.upper()}`" in README


def test_the_readme_names_no_setting_that_does_not_exist() -> None:
    named = set(re.findall(r"`ZONES_([A-Z_]+)`", README))
    assert named <= {name.upper() for name in Settings.model_fields}


def test_every_command_is_in_the_readme() -> None:
    commands = typer.main.get_command(cli).commands  # type: ignore[attr-defined]
    assert [name for name in commands if f"zones {name}" not in README] == []
