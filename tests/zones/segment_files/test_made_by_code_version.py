"""What modules make is named after all of them."""

import zipfile
from pathlib import Path

import pytest

from zones.segment_files.made_by_code_version import digest_of


def test_any_changed_module_gives_another_name(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("ONE = 1\n")
    before = digest_of(tmp_path)
    assert digest_of(tmp_path) == before
    (tmp_path / "one.py").write_text("ONE = 2\n")
    assert digest_of(tmp_path) != before


def test_a_folder_that_was_moved_away_is_not_passed_over(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="gone"):
        digest_of(tmp_path / "gone")


def test_modules_in_a_zip_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("a = 1")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.write(tmp_path / "a.py", "zones/a.py")
    assert digest_of(zipfile.Path(tmp_path / "b.zip", "zones/")) == digest_of(tmp_path)
