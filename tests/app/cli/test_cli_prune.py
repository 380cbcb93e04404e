"""``zones prune``: a look by default, and only what the policy lets go."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli.main import cli
from app.imports.segment_of_import import segment_folder_of
from app.settings import Settings
from tests.contract.stores import NOTE, make, plot, put
from tests.paths import SEED_DIR
from zones.errors import PrunedRevisionError
from zones.model import Change
from zones.plan.seed import seed_store
from zones.store.open_store import open_store
from zones.store.sql.store import SqlStore

Run = Callable[..., Result]


@pytest.fixture
def store(tmp_path: Path) -> SqlStore:
    """Return a store that has the plan, and plots in revisions 2 to 4."""
    store = open_store(f"sqlite:///{tmp_path}/zones.sqlite")
    seed_store(store, SEED_DIR)
    make(store, plot("a"))
    put(store, plot("b"))
    zones = store.features("zones")
    store.apply([Change("zones", remove=[zones[0].fid]), Change("plots", remove=["a"])], NOTE)
    return store


@pytest.fixture
def run(store: SqlStore, tmp_path: Path) -> Run:
    def run(*words: object) -> Result:
        url = f"sqlite:///{tmp_path}/zones.sqlite"
        return CliRunner().invoke(cli, ["prune", *map(str, words), "--store", url])

    return run


def test_without_yes_it_says_what_would_go(store: SqlStore, run: Run) -> None:
    shown = run("--keep", 1).stdout
    for words in ("revisions 4 to 4", "nothing was removed", "--yes", "410", "zones r1"):
        assert words in shown
    assert store.features("plots", revision=2)


def test_what_upgrades_of_the_plan_compare_with_stays(store: SqlStore, run: Run) -> None:
    told = json.loads(run("--keep", 1, "--yes", "--json").stdout)
    assert (told["done"], told["oldest"]) == (True, 4)
    assert ["zones", 1] in told["kept"]
    assert len(store.features("zones", revision=1)) == len(store.features("zones")) + 1
    with pytest.raises(PrunedRevisionError):
        store.features("plots", revision=3)


def test_segments_of_what_is_gone_are_removed(store: SqlStore, run: Run, tmp_path: Path) -> None:
    folder = segment_folder_of(Settings(store=f"sqlite:///{tmp_path}/zones.sqlite"))
    assert folder is not None
    folder.path.mkdir(parents=True)
    for number in (3, 4):
        folder._path("plots", number).touch()
    assert run("--keep", 1, "--yes").exit_code == 0
    assert folder.revisions_of("plots") == [4]


def test_it_says_which_policy_it_wants_and_keeps_what_is_young(run: Run) -> None:
    assert run().exit_code == 2
    assert json.loads(run("--older-than", 30, "--yes", "--json").stdout)["collections"] == []
