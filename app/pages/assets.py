"""Where the pages' scripts, styles and images come from: always from us, under /assets."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from app import APP_DIR

OWN_DIR = APP_DIR / "web" / "static"

THIRD_PARTY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "@mapbox/point-geometry": ("index.js",),
        "@mapbox/vector-tile": ("index.js",),
        "geographiclib-geodesic": ("geographiclib-geodesic.min.js",),
        "lean-qr": ("nano.mjs",),
        "leaflet": ("dist/leaflet.js", "dist/leaflet.css"),
        "lossless-json": (
            "lib/esm/parse.js",
            "lib/esm/numberParsers.js",
            "lib/esm/revive.js",
            "lib/esm/LosslessNumber.js",
            "lib/esm/utils.js",
        ),
        "pbf": ("index.js",),
        "polylabel": ("polylabel.js",),
        "proj4": ("dist/proj4.js",),
        "swagger-ui-dist": ("swagger-ui.css", "swagger-ui-bundle.js"),
        "tinyqueue": ("index.js",),
    }
)
"""The files that pages use, by npm package; nothing else of a package is served."""

MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {
        ".css": "text/css; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".mjs": "text/javascript; charset=utf-8",
        ".png": "image/png",
        ".svg": "image/svg+xml",
        ".webp": "image/webp",
    }
)
"""Stated here since the operating system's own table differs from machine to machine."""

BUNDLES = ".map"
"""Folder beside the packages with the map's modules bundled, a folder for each version of ours."""

FOR_EVER = "public, max-age=31536000, immutable"


_IMPORTED = re.compile(r'(?:from|import)"\./([^"/]+\.js)"')


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that a page may load, with the headers it is sent with."""

    path: Path
    media_type: str
    cache_control: str


class Assets:
    """The servable files, by address.

    An address holds the package's version, or for our own files a hash of all of them, so a
    file can be kept by the browser for ever and a new version is fetched at once. Modules that
    import each other by relative address stay inside one version.

    Parameters
    ----------
    packages_dir
        The ``node_modules`` folder. It may lack packages, or be absent: see `missing`.
    own_dir
        Our own scripts, styles and images.
    """

    def __init__(self, packages_dir: Path, *, own_dir: Path = OWN_DIR) -> None:
        self._files: dict[str, Asset] = {}
        self._urls: dict[str, str] = {}
        absent = []
        for package, file_names in THIRD_PARTY.items():
            folder = packages_dir / package
            version = _installed_version(folder, file_names)
            if version is None:
                absent.append(package)
                continue
            for name in file_names:
                self._add(f"{package}/{name}", f"npm/{package}@{version}/{name}", folder / name)
        self.missing: tuple[str, ...] = tuple(absent)
        """Packages that are not installed, or not wholly; pages must say so."""
        self.version = _hash_of(own_dir)
        for path in _own_files(own_dir):
            name = path.relative_to(own_dir).as_posix()
            self._add(name, f"own/{self.version}/{name}", path)
        # Also of former versions: a page that was open before imports its tools by their addresses.
        for path in sorted((packages_dir / BUNDLES).glob("*/*.js")):
            version = path.parent.name
            name = f"bundle/{path.name}" if version == self.version else f"{version}/{path.name}"
            self._add(name, f"own/{version}/bundle/{path.name}", path)

    def _add(self, name: str, address: str, path: Path) -> None:
        self._files[address] = Asset(path, MEDIA_TYPES[path.suffix], FOR_EVER)
        self._urls[name] = f"/assets/{address}"

    @property
    def icon(self) -> Asset:
        """The service's icon."""
        return self._files[f"own/{self.version}/img/icon.svg"]

    def url(self, name: str) -> str:
        """Return the address of a file such as ``leaflet/dist/leaflet.js`` or ``css/map/map.css``.

        Raises
        ------
        KeyError
            If the file is not served, or its package is not installed.
        """
        return self._urls[name]

    def bundled(self, entry: str) -> tuple[str, ...]:
        """Return the addresses of a bundled module, last, and its imports; none without it."""
        found = self._files.get(f"own/{self.version}/bundle/{entry}")
        if found is None:
            return ()
        imported = _IMPORTED.findall(found.path.read_text(encoding="utf-8"))
        return tuple(self._urls[f"bundle/{name}"] for name in (*dict.fromkeys(imported), entry))

    def find(self, address: str) -> Asset | None:
        """Return the file at an address below ``/assets/``; None when there is none.

        Only listed addresses are found, so no address can lead outside the two folders.
        An address of our own files with another version finds today's file, but is not to be
        kept: a page that was open while the service was renewed goes on working.
        """
        if found := self._files.get(address):
            return found
        own, _, rest = address.partition("/")
        _, _, name = rest.partition("/")
        if own == "own" and (found := self._files.get(f"own/{self.version}/{name}")):
            return Asset(found.path, found.media_type, "no-cache")
        return None


class InstalledAssets:
    """The servable files of a running service; while packages are missing, it looks again.

    So a page appears as soon as its packages are installed, without a new start.
    """

    def __init__(self, packages_dir: Path) -> None:
        self._packages_dir = packages_dir
        self._assets: Assets | None = None

    def current(self) -> Assets:
        """Return the files that are there now."""
        if self._assets is None or self._assets.missing:
            self._assets = Assets(self._packages_dir)
        return self._assets


def _installed_version(folder: Path, file_names: tuple[str, ...]) -> str | None:
    """Return the version of an installed package, None unless every wanted file is there."""
    manifest = folder / "package.json"
    if not manifest.is_file() or not all((folder / name).is_file() for name in file_names):
        return None
    return str(json.loads(manifest.read_text(encoding="utf-8"))["version"])


def _own_files(own_dir: Path) -> Iterator[Path]:
    """Yield our own servable files in a stable order."""
    yield from (path for path in sorted(own_dir.rglob("*")) if path.suffix in MEDIA_TYPES)


def _hash_of(own_dir: Path) -> str:
    """Return twelve digits that change when any of our own files does."""
    digest = hashlib.sha256()
    for path in _own_files(own_dir):
        digest.update(path.relative_to(own_dir).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
