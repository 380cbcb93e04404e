"""An untrusted file -> the one layer in it that is wanted, opened; called in the child alone."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from zones.errors import SourceError
from zones.model import FieldInfo
from zones.sources.csv_source import CSVSource
from zones.sources.decisions import MOST_CANDIDATES, Candidate, Reason, ask_for_layer
from zones.sources.dxf import DXFSource
from zones.sources.filegdb import extract_geodatabase, geodatabases
from zones.sources.filegdb_catalogue import catalogue_fields
from zones.sources.findings import FormatName
from zones.sources.formats import PACKED
from zones.sources.gdal_source import (
    GDALLayer,
    GDALSource,
    filled_layer_names,
    layer_info,
    layer_names,
)
from zones.sources.geojson import GeoJSONSource
from zones.sources.geojson_lines import GeoJSONLinesSource, is_one_to_a_line
from zones.sources.geopackage import open_package
from zones.sources.geopackage_source import GeoPackageSource
from zones.sources.geoparquet import GeoParquetSource
from zones.sources.kml import KMLSource, write_sound_kml
from zones.sources.limits import MEBIBYTE
from zones.sources.shapefile_source import ShapefileSource, part_path
from zones.sources.source_model import Source
from zones.sources.task import Task
from zones.sources.unpack import Archive, Member

_SHAPEFILE_SUFFIXES = frozenset({".shp", ".shx", ".dbf", ".prj", ".cpg"})
_KMZ_MAIN = "doc.kml"
_MOST_NAMES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class SourceChoice:
    """What the person importing decided about the file; None leaves it to what the file says."""

    crs: str | None = None
    encoding: str | None = None
    layer: str | None = None
    datum: str | None = None


@contextmanager
def unpacked(task: Task, *, packed: bool) -> Iterator[Task]:
    """Give the task, or one on the only file of another format that its zip holds."""
    if not packed:
        yield task
        return
    archive = _archive(task)
    member = _only_packed(archive)
    if member is None:
        raise SourceError("source-unreadable")
    path = task.folder / "packed"
    archive.extract(member, path)
    with path.open("rb") as inner:
        yield replace(task, source=inner)


def open_source(task: Task, format_name: FormatName, choice: SourceChoice) -> Source:
    """Return the chosen layer of the task's file.

    Raises
    ------
    SourceError
        Or a child of it, or ``UnknownCRSError``: why the file cannot be read, and how to mend it.
    """
    if not task.source.read(1):
        raise SourceError("source-empty")
    task.source.seek(0)
    return _OPENERS[format_name](task, choice)


def _open_geojson(task: Task, choice: SourceChoice) -> Source:
    if is_one_to_a_line(task.source):
        return _open_geojson_lines(task, choice)
    return GeoJSONSource(task.source, crs=choice.crs, limits=task.limits)


def _open_geojson_lines(task: Task, choice: SourceChoice) -> Source:
    return GeoJSONLinesSource(task.source, crs=choice.crs, limits=task.limits)


def _open_csv(task: Task, choice: SourceChoice) -> Source:
    return CSVSource(task.source, crs=choice.crs, encoding=choice.encoding)


def _open_geoparquet(task: Task, choice: SourceChoice) -> Source:
    return GeoParquetSource(task.source, crs=choice.crs, limits=task.limits)


def _open_geopackage(task: Task, choice: SourceChoice) -> Source:
    package = open_package(_on_disk(task, "source.gpkg"))
    name = _choose(package.tables, choice.layer, describe=_told_by_gdal(package.path))
    return GeoPackageSource(package, name=name, crs=choice.crs, limits=task.limits)


def _open_flatgeobuf(task: Task, choice: SourceChoice) -> Source:
    path = _on_disk(task, "source.fgb")
    return _open_by_gdal(path, "flatgeobuf", task, choice)


def _open_geodatabase(task: Task, choice: SourceChoice) -> Source:
    path = extract_geodatabase(_archive(task), task.folder / "source")
    return _open_by_gdal(path, "filegdb", task, choice, fields_of=catalogue_fields)


def _open_by_gdal(
    path: Path,
    format_name: FormatName,
    task: Task,
    choice: SourceChoice,
    *,
    fields_of: Callable[[Path, str], Sequence[FieldInfo]] = lambda path, layer: (),
) -> GDALSource:
    layers = layer_names(path)
    name = _choose(layers, choice.layer, describe=_told_by_gdal(path))
    fields = tuple(fields_of(path, name))
    told = GDALLayer(format=format_name, path=path, layer=name, layers=layers, fields=fields)
    return GDALSource(told, crs=choice.crs, limits=task.limits)


def _open_dxf(task: Task, choice: SourceChoice) -> Source:
    path = _on_disk(task, "source.dxf")
    return DXFSource(
        path, crs=choice.crs, encoding=choice.encoding, layer=choice.layer, limits=task.limits
    )


def _open_kml(task: Task, choice: SourceChoice) -> Source:
    return _kml(task.source.read(), "kml", task, choice)


def _open_kmz(task: Task, choice: SourceChoice) -> Source:
    archive = _archive(task)
    texts = [member for member in archive.members if member.suffix == ".kml"]
    if not texts:
        raise SourceError("kmz-no-kml", found=_listed([str(m.path) for m in archive.members]))
    main = next((text for text in texts if str(text.path).casefold() == _KMZ_MAIN), texts[0])
    target = task.folder / "packed.kml"
    archive.extract(main, target)
    return _kml(target.read_bytes(), "kmz", task, choice)


def _kml(raw: bytes, format_name: FormatName, task: Task, choice: SourceChoice) -> KMLSource:
    path = task.folder / "source.kml"
    text = write_sound_kml(raw, path, override=choice.encoding)
    layers = filled_layer_names(path)
    return KMLSource(
        path,
        format_name=format_name,
        layer=_choose(layers, choice.layer, describe=_told_by_gdal(path)),
        layers=layers,
        text=text,
        crs=choice.crs,
        limits=task.limits,
    )


def _open_zipped_shapefile(task: Task, choice: SourceChoice) -> ShapefileSource:
    archive = _archive(task)
    layers = _layers(archive)
    name = _choose(tuple(layers), choice.layer, describe=_told_by_index(layers))
    parts = {member.suffix: member for member in layers[name]}
    if ".dbf" not in parts:
        raise SourceError("dbf-missing", layer=name)
    for suffix, member in parts.items():
        archive.extract(member, part_path(task.folder, suffix))
    return ShapefileSource(
        task.folder,
        name=name,
        layers=tuple(layers),
        crs=choice.crs,
        encoding=choice.encoding,
        limits=task.limits,
    )


_OPENERS: Final[dict[FormatName, Callable[[Task, SourceChoice], Source]]] = {
    "geojson": _open_geojson,
    "geojsonseq": _open_geojson_lines,
    "shapefile": _open_zipped_shapefile,
    "filegdb": _open_geodatabase,
    "gpkg": _open_geopackage,
    "kml": _open_kml,
    "kmz": _open_kmz,
    "dxf": _open_dxf,
    "flatgeobuf": _open_flatgeobuf,
    "geoparquet": _open_geoparquet,
    "csv": _open_csv,
}


def _archive(task: Task) -> Archive:
    return Archive(task.source, max_bytes=task.limits.unzipped_mb * MEBIBYTE)


def _on_disk(task: Task, name: str) -> Path:
    """Return a path under which GDAL or SQLite may open the file, always of our own naming."""
    path = task.folder / name
    with path.open("wb") as copy:
        shutil.copyfileobj(task.source, copy)
    return path


def _only_packed(archive: Archive) -> Member | None:
    found = [member for member in archive.members if member.suffix in PACKED]
    return found[0] if len(found) == 1 else None


def _layers(archive: Archive) -> dict[str, list[Member]]:
    """Return the files of each shapefile by its name, or by its path where names repeat."""
    by_stem: dict[str, list[Member]] = {}
    for member in archive.members:
        if member.suffix in _SHAPEFILE_SUFFIXES:
            by_stem.setdefault(member.stem, []).append(member)
    found = [(shp, parts) for parts in by_stem.values() for shp in parts if shp.suffix == ".shp"]
    if not found:
        raise _no_shapefile(archive)
    names = [shp.layer for shp, _ in found]
    return {
        shp.layer if names.count(shp.layer) == 1 else str(shp.path.with_suffix("")): parts
        for shp, parts in found
    }


def _no_shapefile(archive: Archive) -> SourceError:
    """Return the fault of a zip without a shapefile; the parent knows what ``zip-holds`` asks."""
    if geodatabases(archive):
        return SourceError("zip-holds", suffix=".gdb")
    if (member := _only_packed(archive)) is not None:
        return SourceError("zip-holds", suffix=member.suffix)
    return SourceError("zip-no-shp", found=_listed([str(m.path) for m in archive.members]))


def _choose(
    names: Sequence[str],
    wanted: str | None,
    *,
    describe: Callable[[str], Reason | None],
) -> str:
    if not names:
        raise SourceError("no-layers")
    if wanted is None and len(names) == 1:
        return names[0]
    if wanted is None:
        raise ask_for_layer(_layer_candidates(names, describe), listed=_listed(names))
    for name in names:
        if wanted.casefold() in (name.casefold(), f"{name}.shp".casefold()):
            return name
    raise SourceError("layer-unknown", layer=wanted[:80], layers=_listed(names))


def _layer_candidates(
    names: Sequence[str], describe: Callable[[str], Reason | None]
) -> list[Candidate]:
    """Return the layers, those with most features first; in the file's order where they are equal.

    Only so many are looked into as are offered.
    """
    told = [(name, describe(name)) for name in names[:MOST_CANDIDATES]]
    told.sort(key=lambda one: -int(one[1].params["features"]) if one[1] else 0)
    return [Candidate({"layer": name}, (reason,) if reason else ()) for name, reason in told]


def _told_by_gdal(path: Path) -> Callable[[str], Reason | None]:
    def describe(name: str) -> Reason:
        info = layer_info(path, name)
        kind = str(info["geometry_type"])[:40]
        return Reason("reason-layer", {"features": int(info["features"]), "kind": kind})

    return describe


def _told_by_index(layers: dict[str, list[Member]]) -> Callable[[str], Reason | None]:
    """Tell of shapefiles by the size of their index, eight bytes to a shape."""

    def describe(name: str) -> Reason | None:
        sizes = [part.size for part in layers[name] if part.suffix == ".shx"]
        if not sizes:
            return None
        return Reason("reason-layer", {"features": max(0, sizes[0] - 100) // 8, "kind": "—"})

    return describe


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMES_SHOWN
    shown = ", ".join(names[:_MOST_NAMES_SHOWN]) or "—"
    return f"{shown} … (+{more})" if more > 0 else shown
