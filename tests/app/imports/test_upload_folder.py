"""Places and locks that end with the process that holds them."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.imports.upload_folder import WorkFolder, work_folder_of
from app.settings import Settings

HOLDING = """
import sys, time
from pathlib import Path
from app.imports.upload_folder import WorkFolder
folder = WorkFolder(Path(sys.argv[1]))
place = folder.make_place("theirs")
lock = folder.collection_lock("zones")
print(lock.take(), flush=True)
time.sleep(60)
"""


@pytest.fixture
def folder(tmp_path: Path) -> WorkFolder:
    """Return an empty folder."""
    return WorkFolder(tmp_path / "imports")


def test_the_folder_lies_beside_the_store() -> None:
    settings = Settings(store="sqlite:////data/zones.sqlite")
    assert work_folder_of(settings) == Path("/data/imports")
    chosen = Settings(store=settings.store, work_dir=Path("/var/spool/zones"))
    assert work_folder_of(chosen) == Path("/var/spool/zones")


def test_stores_that_are_no_files_have_a_folder_each() -> None:
    one, other = (Settings(store=f"postgresql://db/{name}") for name in ("one", "other"))
    assert work_folder_of(one) != work_folder_of(other)


def test_a_lock_is_held_once_and_given_back(folder: WorkFolder) -> None:
    first, second = folder.collection_lock("zones"), folder.collection_lock("zones")
    assert first.take()
    assert not second.take()
    assert folder.collection_lock("sites").take()
    first.release()
    assert second.take()


def test_a_place_lives_until_it_is_removed(folder: WorkFolder) -> None:
    place = folder.make_place("mine")
    assert folder.is_alive("mine")
    assert folder.waiting() == 1
    assert folder.remove_abandoned() == 0
    place.remove()
    assert not folder.is_alive("mine")
    assert folder.waiting() == 0


def test_cancelling_is_told_through_the_place(folder: WorkFolder) -> None:
    place = folder.make_place("mine")
    assert not place.is_cancelled()
    folder.request_cancel("mine")
    folder.request_cancel("somebody's")
    assert place.is_cancelled()


def test_what_a_killed_process_held_is_free_and_what_it_left_is_removed(
    tmp_path: Path, folder: WorkFolder
) -> None:
    other = subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(tmp_path / "imports")], stdout=subprocess.PIPE
    )
    assert other.stdout is not None
    assert other.stdout.readline() == b"True\n"
    assert folder.is_alive("theirs")
    assert not folder.collection_lock("zones").take()
    other.kill()
    other.wait()
    other.stdout.close()
    assert not folder.is_alive("theirs")
    assert folder.collection_lock("zones").take()
    assert folder.remove_abandoned() == 1


def test_nobody_else_may_look_into_a_place(folder: WorkFolder) -> None:
    place = folder.make_place("mine")
    assert place.folder.stat().st_mode & 0o077 == 0
