"""The map's modules put together: what the page loads, and what remains to be asked for."""

from pathlib import Path

import pytest

from app.map_page.script_bundle import write_modules
from app.pages.assets import Assets
from app.settings import Settings


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """Return a folder with the installed packages and no bundle."""
    installed = Settings().assets_dir
    if not (installed / "@esbuild").is_dir():
        pytest.skip("npm packages are not installed")
    for package in installed.iterdir():
        if not package.name.startswith("."):
            (tmp_path / package.name).symlink_to(package.resolve())
    return tmp_path


def test_modules_that_are_put_together_are_served_with_their_tools_apart(packages: Path) -> None:
    assert Assets(packages).bundled("main.js") == ()
    folder = write_modules(packages)
    assert write_modules(packages) == folder
    assets = Assets(packages)
    *imported, main = assets.bundled("main.js")
    assert main == f"/assets/own/{assets.version}/bundle/main.js"
    sizes = {}
    for url in (*imported, main):
        found = assets.find(url.removeprefix("/assets/"))
        assert found is not None
        sizes[url] = found.path.stat().st_size
    assert sizes[main] < 100_000
    assert not any("measure" in url for url in sizes), "tools are fetched when they are used"
    assert list(folder.glob("measure-*.js"))


def test_a_page_of_a_former_version_still_finds_its_tools(packages: Path) -> None:
    folder = write_modules(packages)
    (tool,) = folder.glob("measure-*.js")
    folder.rename(folder.with_name("former"))
    assets = Assets(packages)
    assert assets.bundled("main.js") == ()
    assert assets.find(f"own/former/bundle/{tool.name}") is not None
