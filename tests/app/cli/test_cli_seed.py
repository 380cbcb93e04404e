"""``zones seed --upgrade``: the new edition shown as a diff, then written when told to."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli.main import cli
from tests.former_edition import MOVED, make_former
from zones.model import Change, Feature, RevisionNote
from zones.plan.seed import seed_store
from zones.store.open_store import open_store

Run = Callable[..., Result]


@pytest.fixture
def url(seed_dir: Path, tmp_path: Path) -> str:
    """Return the address of a store with a former edition and a change of people."""
    found = f"sqlite:///{tmp_path}/zones.sqlite"
    store = open_store(found)
    seed_store(store, make_former(seed_dir, tmp_path / "former"))
    border = next(f for f in store.features("borders") if f.fid == MOVED)
    edited = Feature(MOVED, border.geometry, {**border.properties, "accuracy_m": 5})
    store.apply([Change("borders", put=[edited])], RevisionNote("王工", "核对"))
    store.close()
    return found


@pytest.fixture
def run(url: str) -> Run:
    """Return a function that runs the command over that store."""

    def run(*words: str, typed: str | None = None) -> Result:
        given = ["seed", "--upgrade", "--store", url, "--points", "50", *words]
        return CliRunner().invoke(cli, given, input=typed)

    return run


def _accuracy(url: str) -> object:
    store = open_store(url)
    features = store.features("borders")
    store.close()
    return next(f for f in features if f.fid == MOVED).properties["accuracy_m"]


def test_offer_is_shown_and_nothing_is_written(run: Run, url: str) -> None:
    shown = run()
    assert shown.exit_code == 0
    assert "sites  + 1  ~ 2  - 1" in shown.stdout
    assert "-  pl-gone" in shown.stdout
    assert f"?  borders/{MOVED}  accuracy_m" in shown.stdout
    assert "stored: 5" in shown.stdout
    assert "new: 100" in shown.stdout
    assert "nothing written" in shown.stdout
    assert _accuracy(url) == 5


def test_question_that_nobody_answers_is_not_written(run: Run, url: str) -> None:
    assert run("--apply").exit_code == 2
    assert _accuracy(url) == 5
    store = open_store(url)
    assert store.revision() == 2
    store.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answer", "typed", "accuracy"),
    [("mine", None, 5), ("new", None, 100), ("ask", "n\n", 5), ("ask", "y\n", 100)],
)
def test_answered_it_is_one_revision(
    run: Run, url: str, answer: str, typed: str | None, accuracy: float
) -> None:
    done = run("--apply", "--conflicts", answer, typed=typed)
    assert (done.exit_code, "revision 3" in done.stdout) == (0, True)
    assert _accuracy(url) == accuracy
    assert "up to date" in run().stdout


def test_json_has_changes_questions_and_their_effect(run: Run) -> None:
    told = json.loads(run("--json").stdout)
    assert {change["id"] for change in told["changes"]["sites"]} >= {"pl-gone", "pl-k11"}
    assert told["questions"] == [{"collection": "borders", "id": MOVED, "fields": ["accuracy_m"]}]
    assert told["effect"]["points"] == 50


def test_empty_store_is_seeded_as_ever(tmp_path: Path) -> None:
    given = ["seed", "--upgrade", "--store", f"sqlite:///{tmp_path}/new.sqlite"]
    assert "revision 1" in CliRunner().invoke(cli, given).stdout
