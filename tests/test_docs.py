"""What the READMEs say is so: settings, commands, links, code."""

import importlib.util
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer.main

from app.cli.main import cli
from app.settings import Settings
from tests import documents
from tests.paths import ROOT

README_CHARACTERS = 9000
"""More than that nobody reads who has just come; the rest is in the READMEs of the folders."""

MANUAL = ROOT / "app" / "help" / "pages"
SERVICE = documents.read("app/README.md")
COMMAND: Any = typer.main.get_command(cli)


def test_the_readme_is_short() -> None:
    assert len(documents.read("README.md")) <= README_CHARACTERS


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_documented(name: str) -> None:
    assert f"| `ZONES_{name.upper()}` |" in SERVICE


def test_no_setting_is_documented_that_does_not_exist() -> None:
    present = (path for path in documents.markdown_files() if path.name != "CHANGELOG.md")
    texts = (path.read_text(encoding="utf-8") for path in present)
    named = {name for text in texts for name in re.findall(r"`ZONES_([A-Z_]+)`", text)}
    assert named <= {name.upper() for name in Settings.model_fields}


def test_every_command_is_documented() -> None:
    assert [name for name in COMMAND.commands if f"`zones {name}" not in SERVICE] == []


@pytest.mark.parametrize(
    "path", documents.markdown_files(), ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_links_lead_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    dead = [link for link in documents.links(text) if not leads_somewhere(link, path)]
    assert dead == []


def leads_somewhere(link: str, source: Path) -> bool:
    """Tell whether a link names a file of the project, and a heading in it if it names one."""
    if link.startswith(("https://", "http://", "mailto:", "/")):
        return True  # other sites cannot be asked here; pages of the product: tests/app/help
    name, _, fragment = link.partition("#")
    target = source.parent / name if name else source
    if target.parent.parent == MANUAL and target.name.startswith("format-"):
        notes = target.stem.removeprefix("format-")
        return (MANUAL.parent / "formats" / f"{notes}.toml").exists()  # the page is made of it
    if not target.exists():
        return False
    return not fragment or fragment in documents.anchors(target.read_text(encoding="utf-8"))


def test_dead_links_are_found() -> None:
    readme = ROOT / "README.md"
    assert leads_somewhere("#two-commands", readme)
    assert leads_somewhere("app/README.md#settings", readme)
    assert not leads_somewhere("#three-commands", readme)
    assert not leads_somewhere("app/NONE.md", readme)
    assert documents.links("[a](b.md#c) `[d](e)` ![f](g.png)\n```sh\n[h](i)\n```\n") == [
        "b.md#c",
        "g.png",
    ]


def zones_commands() -> list[str]:
    """Return the calls of ``zones`` in all blocks and tables of commands."""
    found = []
    for path in documents.markdown_files():
        text = path.read_text(encoding="utf-8")
        found += [line for line in documents.commands(text) if "zones " in line]
        found += re.findall(r"^\| `(zones [^`]+)` \|", text, re.MULTILINE)
    lines = (re.match(r"(?:\w+=\S+ |\S*/)*(zones [^|<>#;&]+)", line) for line in found)
    return sorted({match[1].strip() for match in lines if match})


@pytest.mark.parametrize("line", zones_commands())
def test_documented_commands_have_these_options(line: str) -> None:
    command, words = COMMAND, shlex.split(line)[1:]
    while words and (inner := getattr(command, "commands", {}).get(words[0])):
        command, words = inner, words[1:]
    command = getattr(command, "commands", {}).get(getattr(command, "default", None), command)
    assert command is not COMMAND, "no such command"
    known = {option for each in command.params for option in each.opts}
    assert [word for word in words if word.startswith("--") and word not in known] == []


def test_tasks_that_are_documented_exist() -> None:
    tasks = ROOT / "tasks.py"
    named = {
        name
        for path in documents.markdown_files()
        for name in re.findall(r"tasks\.py (\w+)", path.read_text(encoding="utf-8"))
    }
    told = set(re.findall(r"^    python3 tasks\.py (\w+)", tasks.read_text("utf-8"), re.MULTILINE))
    assert named <= told
    assert named >= {"serve", "test"}


def test_the_library_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = documents.code_blocks(documents.read("zones/README.md"), "python")
    exec(compile(code.replace('"geodata/', f'"{ROOT}/geodata/'), "zones/README.md", "exec"), {})  # noqa: S102 - the README's own lines
    assert capsys.readouterr().out.strip() == re.findall(r"print\(.*\)  # (.*)", code)[0]


@pytest.mark.parametrize("path", ["zones/lookup/README.md"])
def test_modules_of_further_examples_exist(path: str) -> None:
    for code in documents.code_blocks(documents.read(path), "python"):
        for module in re.findall(r"^from (zones\.[\w.]+) import", code, re.MULTILINE):
            assert importlib.util.find_spec(module), module
