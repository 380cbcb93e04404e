"""Scripts and styles of the pages: addressed by version, and no other file at all."""

import json
from pathlib import Path

import pytest

from app.pages.assets import FOR_EVER, THIRD_PARTY, Assets
from tests.paths import ROOT


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    for package, names in THIRD_PARTY.items():
        for name in names:
            path = tmp_path / package / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"/* {name} */")
        manifest = json.dumps({"version": "1.2.3"})
        (tmp_path / package / "package.json").write_text(manifest)
    (tmp_path / "leaflet" / "secret.js").write_text("not listed")
    return tmp_path


@pytest.fixture
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("own")
    for name in ("js/main.js", "css/site.css", "img/icon.svg", "notes.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(name)
    return folder


def test_address_of_a_package_file_holds_its_version(packages: Path, own: Path) -> None:
    url = Assets(packages, own_dir=own).url("leaflet/dist/leaflet.js")
    assert url == "/assets/npm/leaflet@1.2.3/dist/leaflet.js"


def test_every_url_finds_its_file_to_be_kept_for_ever(packages: Path, own: Path) -> None:
    assets = Assets(packages, own_dir=own)
    for name in ("leaflet/dist/leaflet.css", "js/main.js", "img/icon.svg"):
        found = assets.find(assets.url(name).removeprefix("/assets/"))
        assert found is not None
        assert found.path.is_file()
        assert found.cache_control == FOR_EVER


def test_changed_file_gets_another_address(packages: Path, own: Path) -> None:
    before = Assets(packages, own_dir=own).url("js/main.js")
    (own / "js/main.js").write_text("changed")
    assert Assets(packages, own_dir=own).url("js/main.js") != before


def test_own_file_of_an_older_version_is_found_but_not_kept(packages: Path, own: Path) -> None:
    found = Assets(packages, own_dir=own).find("own/000000000000/js/main.js")
    assert found is not None
    assert found.cache_control == "no-cache"


@pytest.mark.parametrize(
    "address",
    [
        "npm/leaflet@1.2.3/secret.js",
        "npm/leaflet@1.2.3/../../secret.js",
        "npm/leaflet@9.9.9/dist/leaflet.js",
        "own/000000000000/../../etc/passwd",
        "own/000000000000/notes.txt",
        "/etc/passwd",
        "",
    ],
)
def test_nothing_but_listed_files_is_found(packages: Path, own: Path, address: str) -> None:
    assert Assets(packages, own_dir=own).find(address) is None


def test_package_that_lacks_a_file_counts_as_missing(packages: Path, own: Path) -> None:
    (packages / "leaflet" / "dist" / "leaflet.css").unlink()
    assets = Assets(packages, own_dir=own)
    assert assets.missing == ("leaflet",)
    with pytest.raises(KeyError):
        assets.url("leaflet/dist/leaflet.js")


def test_without_any_package_our_own_files_are_still_served(tmp_path: Path, own: Path) -> None:
    assets = Assets(tmp_path / "node_modules", own_dir=own)
    assert assets.missing == tuple(THIRD_PARTY)
    assert assets.url("css/site.css").startswith("/assets/own/")


def test_lock_file_names_no_host() -> None:
    lock = ROOT / "app" / "web" / "package-lock.json"
    packages = json.loads(lock.read_text())["packages"]
    assert len(packages) > len(THIRD_PARTY)
    assert not [name for name, entry in packages.items() if "resolved" in entry]
