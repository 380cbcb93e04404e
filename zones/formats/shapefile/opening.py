"""Shapefiles in a zip: which there are, and those of them that are chosen, opened."""

from pathlib import Path
from tempfile import mkdtemp

from zones.errors import SourceError
from zones.formats.merged_layers import merged
from zones.formats.shapefile.first_look import describe_by_first_bytes
from zones.formats.shapefile.source import ShapefileSource, part_path
from zones.formats.unpack_zip import Archive, ZipMember
from zones.sandbox.child_task import ReadTask
from zones.source.layer_choice import choose_layers
from zones.source.model import Source
from zones.source.reading_choices import SourceChoice

_SUFFIXES = frozenset({".shp", ".shx", ".dbf", ".prj", ".cpg", ".cst"})

Layers = dict[str, list[ZipMember]]
"""The files of each shapefile, by its name."""


def shapefiles_in(archive: Archive) -> Layers:
    """Return the files of each shapefile by its name, or by its path where names repeat."""
    by_stem: Layers = {}
    for member in archive.members:
        if member.suffix in _SUFFIXES:
            by_stem.setdefault(member.stem, []).append(member)
    found = [(shp, parts) for parts in by_stem.values() for shp in parts if shp.suffix == ".shp"]
    names = [shp.layer for shp, _ in found]
    return {
        shp.layer if names.count(shp.layer) == 1 else str(shp.path.with_suffix("")): parts
        for shp, parts in found
    }


def open_shapefiles(
    archive: Archive, layers: Layers, task: ReadTask, choice: SourceChoice
) -> Source:
    """Return the chosen ones of ``layers``, unpacked into the task's folder.

    Raises
    ------
    SourceError
        ``dbf-missing``, or that somebody has to choose first.
    """
    describe = describe_by_first_bytes(archive, layers)
    names = choose_layers(tuple(layers), choice.layers, describe=describe)
    return merged([_unzipped(archive, layers, name, task, choice) for name in names])


def _unzipped(
    archive: Archive, layers: Layers, name: str, task: ReadTask, choice: SourceChoice
) -> ShapefileSource:
    parts = {member.suffix: member for member in layers[name]}
    if ".dbf" not in parts:
        raise SourceError("dbf-missing", layer=name)
    folder = Path(mkdtemp(dir=task.folder))
    for suffix, member in parts.items():
        archive.extract(member, part_path(folder, suffix))
    return ShapefileSource(
        folder,
        name=name,
        layers=tuple(layers),
        crs=choice.crs,
        encoding=choice.encoding,
        limits=task.limits,
    )
