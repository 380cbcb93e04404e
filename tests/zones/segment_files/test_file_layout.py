"""A segment that is not what was written is refused, or what it lacks is made again."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.paths import ROOT
from tests.zones.snapshot.test_mapped_collection import INFO, assert_same, features_of, mapped
from zones.errors import StoreError
from zones.segment_files.file_layout import (
    VERSION,
    SegmentFile,
    SegmentTooLargeError,
    SegmentWriter,
    UnsoundSegmentError,
)
from zones.segment_files.segment_folder import Made, SegmentFolder
from zones.segment_files.segment_rows import SegmentRows
from zones.segment_files.write_segment import write_segment
from zones.snapshot.collection import Collection
from zones.snapshot.mapped_collection import MappedCollection

FEATURES = features_of(40)
MEMORY = Collection(INFO, 1, FEATURES)


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("segment") / "a"
    mapped(FEATURES, path)
    return path.read_bytes()


def test_arrays_and_blocks_come_back_as_they_were_written(tmp_path: Path) -> None:
    arrays = {"a": np.arange(5, dtype=np.int16), "b": np.ones((2, 3)), "c": np.empty(0, np.uint8)}
    with (tmp_path / "a").open("wb") as written:
        writer = SegmentWriter(written)
        place = writer.block(b"some bytes")
        for name, values in arrays.items():
            writer.array(name, values)
        writer.finish({"n": 1})
    file = SegmentFile(tmp_path / "a")
    assert file.about == {"n": 1}
    assert file.bytes_at(place.begin, place.size) == b"some bytes"
    for name, values in file.arrays().items():
        assert np.array_equal(values, arrays[name])
        assert values.dtype == arrays[name].dtype
        assert not values.flags.writeable


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.9, 0.999])
def test_cut_file_is_refused(content: bytes, share: float, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(content[: int(share * len(content))])
    with pytest.raises(UnsoundSegmentError):
        SegmentFile(tmp_path / "a")


@pytest.mark.parametrize("other", [b"SQLite format 3\0" * 9, b"\0" * 500, b"x"])
def test_foreign_file_is_refused(other: bytes, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(other)
    with pytest.raises(UnsoundSegmentError):
        SegmentFile(tmp_path / "a")


def test_file_that_was_not_finished_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "a").open("wb") as written:
        SegmentWriter(written).block(b"much" * 100)
    with pytest.raises(UnsoundSegmentError):
        SegmentFile(tmp_path / "a")


def test_file_of_another_version_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mapped(FEATURES, tmp_path / "a")
    monkeypatch.setattr("zones.segment_files.file_layout.VERSION", VERSION + 1)
    with pytest.raises(UnsoundSegmentError, match="version"):
        SegmentFile(tmp_path / "a")


def test_changed_bit_never_changes_an_answer(content: bytes, tmp_path: Path) -> None:
    refused = mended = 0
    for number, at in enumerate(range(0, len(content), len(content) // 40)):
        changed = bytearray(content)
        changed[at] ^= 1 << number % 8
        path = tmp_path / str(at)
        path.write_bytes(changed)
        try:
            rows = SegmentRows(SegmentFile(path), lambda begin, end: FEATURES[begin:end])
        except UnsoundSegmentError:
            refused += 1
            continue
        assert_same(MappedCollection(INFO, 1, rows), MEMORY)
        mended += rows.is_damaged
    assert refused
    assert mended


def test_changed_column_is_read_from_the_rows_and_told(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(content)
    about = SegmentFile(tmp_path / "a").about
    for name, parts in about["columns"].items():
        begin, size, _ = parts["0"]
        changed = bytearray(content)
        changed[begin + size // 2] ^= 1
        path = tmp_path / f"column {begin}"
        path.write_bytes(changed)
        rows = SegmentRows(SegmentFile(path), lambda begin, end: FEATURES[begin:end])
        assert rows.values(name) == MEMORY.values(name)
        assert rows.is_damaged


def test_damage_that_nothing_can_mend_is_told(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(content.replace("引号".encode(), "印号".encode()))
    rows = SegmentRows(SegmentFile(tmp_path / "a"), lambda begin, end: FEATURES[:1])
    with pytest.raises(StoreError) as caught:
        rows.texts([0])
    assert caught.value.code == "segment-damaged"


MADE = Made("c", 3, "2026-01-01T00:00:00+00:00")


def folder_in(path: Path, *, max_bytes: int = 2**30) -> SegmentFolder:
    return SegmentFolder(path / "segments", max_bytes=max_bytes)


def make(folder: SegmentFolder, made: Made = MADE) -> None:
    folder.make(
        made,
        lambda file, most: write_segment(file, FEATURES, made.as_json(), most_bytes=most),
    )


def test_no_room_leaves_nothing_behind(tmp_path: Path) -> None:
    folder = folder_in(tmp_path, max_bytes=5_000)
    with pytest.raises(SegmentTooLargeError):
        make(folder)
    assert folder.nbytes == 0
    assert folder.opened(MADE) is None


def test_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    """The kernel refuses to write more, as it does on a full disk."""
    code = (
        "import resource, sys; from pathlib import Path;"
        "from tests.zones.segment_files.test_file_layout import folder_in, make;"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096));"
        "make(folder_in(Path(sys.argv[1])))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, tmp_path], cwd=ROOT, capture_output=True, check=False
    )
    assert b"OSError" in ended.stderr
    assert folder_in(tmp_path).nbytes == 0


def test_killed_maker_leaves_no_segment_and_the_next_one_cleans_up(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path;"
        "from tests.zones.segment_files.test_file_layout import MADE, folder_in;"
        "folder_in(Path(sys.argv[1])).make(MADE, lambda file, most:"
        " (file.write(b'half'), file.flush(), os.kill(os.getpid(), signal.SIGKILL)))"
    )
    ended = subprocess.run([sys.executable, "-c", code, tmp_path], cwd=ROOT, check=False)
    assert ended.returncode == -signal.SIGKILL
    folder = folder_in(tmp_path)
    assert [path.suffix for path in folder.path.glob("*.part")] == [".part"]
    assert folder.opened(MADE) is None
    make(folder)
    assert folder.opened(MADE) is not None
    assert not list(folder.path.glob("*.part"))


def test_segment_of_other_contents_is_not_used(tmp_path: Path) -> None:
    folder = folder_in(tmp_path)
    make(folder)
    assert folder.opened(Made("c", 3, "2027-01-01T00:00:00+00:00")) is None
    assert folder.revisions_of("c") == []


def test_sweep_takes_what_nobody_maps_but_the_newest(tmp_path: Path) -> None:
    folder = folder_in(tmp_path)
    numbers = range(1, 5)
    for number in numbers:
        make(folder, Made("c", number, "t"))
    make(folder, Made("gone", 1, "t"))
    in_use = folder.opened(Made("c", 2, "t"))
    folder.sweep(["c"])
    assert folder.revisions_of("c") == [4, 2]
    assert folder.revisions_of("gone") == [1]  # as if it were to be committed in a moment
    for path in tmp_path.rglob("*.segment"):
        os.utime(path, (0, 0))
    folder.sweep(["c"])
    assert folder.revisions_of("gone") == []
    assert folder.revisions_of("c") == [4, 2]
    assert in_use is not None
    del in_use
    folder.sweep(["c"])
    assert folder.revisions_of("c") == [4]


def test_damaged_segment_is_taken_away(tmp_path: Path) -> None:
    folder = folder_in(tmp_path)
    make(folder)
    (path,) = folder.path.glob("*.segment")
    os.truncate(path, 100)
    assert folder.opened(MADE) is None
    assert folder.revisions_of("c") == []
