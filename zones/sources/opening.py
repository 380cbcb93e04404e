"""An untrusted file -> the one layer in it that is wanted, opened; called in the child alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from zones.errors import SourceError
from zones.sources.findings import FormatName
from zones.sources.geojson import GeoJSONSource
from zones.sources.limits import MEBIBYTE
from zones.sources.shapefile_source import ShapefileSource, part_path
from zones.sources.source_model import Source
from zones.sources.task import Task
from zones.sources.unpack import Archive, Member

_SHAPEFILE_SUFFIXES = frozenset({".shp", ".shx", ".dbf", ".prj", ".cpg"})
_MOST_NAMES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class SourceChoice:
    """What the person importing decided about the file; None leaves it to what the file says."""

    crs: str | None = None
    encoding: str | None = None
    layer: str | None = None


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
    if format_name == "geojson":
        return GeoJSONSource(task.source, crs=choice.crs, limits=task.limits)
    return _open_zipped_shapefile(task, choice)


def _open_zipped_shapefile(task: Task, choice: SourceChoice) -> ShapefileSource:
    archive = Archive(task.source, max_bytes=task.limits.unzipped_mb * MEBIBYTE)
    layers = _layers(archive.members)
    name = _choose(tuple(layers), choice.layer)
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


def _layers(members: Sequence[Member]) -> dict[str, list[Member]]:
    """Return the files of each shapefile by its name, or by its path where names repeat."""
    by_stem: dict[str, list[Member]] = {}
    for member in members:
        if member.suffix in _SHAPEFILE_SUFFIXES:
            by_stem.setdefault(member.stem, []).append(member)
    found = [(shp, parts) for parts in by_stem.values() for shp in parts if shp.suffix == ".shp"]
    if not found:
        raise SourceError("zip-no-shp", found=_listed([str(member.path) for member in members]))
    names = [shp.layer for shp, _ in found]
    return {
        shp.layer if names.count(shp.layer) == 1 else str(shp.path.with_suffix("")): parts
        for shp, parts in found
    }


def _choose(names: Sequence[str], wanted: str | None) -> str:
    if wanted is None and len(names) == 1:
        return names[0]
    if wanted is None:
        raise SourceError("layer-needed", count=len(names), layers=_listed(names))
    for name in names:
        if wanted.casefold() in (name.casefold(), f"{name}.shp".casefold()):
            return name
    raise SourceError("layer-unknown", layer=wanted[:80], layers=_listed(names))


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMES_SHOWN
    shown = ", ".join(names[:_MOST_NAMES_SHOWN]) or "—"
    return f"{shown} … (+{more})" if more > 0 else shown
