"""Every notebook runs, imports nothing of ours but ``zones``, and is stored without output."""

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.paths import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> nbformat.NotebookNode:
    return nbformat.read(request.param, as_version=4)


def code_of(notebook: nbformat.NotebookNode) -> str:
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")


@pytest.mark.slow
def test_notebook_runs(notebook: nbformat.NotebookNode, tmp_path: Path) -> None:
    folder = {"metadata": {"path": str(NOTEBOOKS[0].parent)}}
    NotebookClient(notebook, timeout=120, resources=folder).execute()
    assert all(cell.outputs for cell in notebook.cells if cell.cell_type == "code"), (
        "every cell shows something"
    )


def test_notebook_uses_the_library_alone(notebook: nbformat.NotebookNode) -> None:
    assert re.findall(r"(?:from|import) app\b", code_of(notebook)) == []


def test_notebook_is_stored_without_output(notebook: nbformat.NotebookNode) -> None:
    assert not any(cell.get("outputs") for cell in notebook.cells)
