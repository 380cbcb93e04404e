"""What is installed is pinned, by version and by hash, and new enough to be safe."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.paths import ROOT

LEAST = {"starlette": "1.6", "python-multipart": "0.0.32", "pyogrio": "0.13", "shapely": "2.2"}
"""Below these are faults that a request or a file can reach."""


def pinned(name: str) -> dict[str, list[tuple[str, bool]]]:
    """Return of each package in a lock file its versions, and whether each has a hash."""
    found: dict[str, list[tuple[str, bool]]] = {}
    text = (ROOT / name).read_text().replace("\\\n", " ")
    for line in filter(None, map(str.strip, text.splitlines())):
        match = re.match(r"([\w.-]+)==([^\s;]+)", line)
        assert match, line
        has_hash = "--hash=sha256:" in line
        found.setdefault(match[1].lower(), []).append((match[2], has_hash))
    return found


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_package_is_pinned_with_hashes(name: str) -> None:
    packages = pinned(name)
    assert len(packages) > 50
    assert [name for name, each in packages.items() if not all(known for _, known in each)] == []


def test_what_faces_requests_and_files_is_new_enough() -> None:
    packages = pinned("requirements.lock")
    for name, least in LEAST.items():
        assert [each for each, _ in packages[name] if Version(each) < Version(least)] == []


def test_everything_that_is_needed_is_in_the_lock_file() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    packages = pinned("requirements.lock")
    for line in project["dependencies"]:
        needed = Requirement(line)
        versions = [each for each, _ in packages[needed.name.lower()]]
        assert versions, line
        assert all(needed.specifier.contains(each) for each in versions), line
