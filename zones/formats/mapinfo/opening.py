"""The MapInfo tables in a zip -> those that are wanted, opened."""

from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from zones.formats.mapinfo.source import MapInfoSource, MapInfoTable, mif_table, tab_table
from zones.formats.merged_layers import merged
from zones.formats.supported_formats import MAPINFO_TABLES
from zones.formats.unpack_zip import Archive, ZipMember
from zones.sandbox.child_task import ReadTask
from zones.source.layer_choice import Description, choose_layers
from zones.source.model import Source
from zones.source.reading_choices import SourceChoice

_PARTS: Final = frozenset({".mif", ".mid", ".tab", ".dat", ".map", ".id"})


def mapinfo_tables(archive: Archive) -> dict[str, dict[str, ZipMember]]:
    """Return the files of each table by its name, by its path where names repeat; MIF before TAB.

    A table that is there in both forms is taken from MIF, which has no grid.
    """
    by_stem: dict[str, dict[str, ZipMember]] = {}
    for member in archive.members:
        if member.suffix in _PARTS:
            by_stem.setdefault(member.stem, {})[member.suffix] = member
    found = [
        (parts.get(".mif") or parts[".tab"], parts)
        for parts in by_stem.values()
        if MAPINFO_TABLES & parts.keys()
    ]
    names = [main.layer for main, _ in found]
    return {
        main.layer if names.count(main.layer) == 1 else str(main.path.with_suffix("")): parts
        for main, parts in found
    }


def open_mapinfo(archive: Archive, task: ReadTask, choice: SourceChoice) -> Source:
    """Return the chosen tables of a zip.

    Raises
    ------
    SourceError
        Why a table cannot be read; ``DecisionNeeded`` if there are several and none is named.
    """
    tables = mapinfo_tables(archive)
    names = choose_layers(tuple(tables), choice.layers, describe=_untold)
    return merged(
        [
            MapInfoSource(
                _extracted(archive, tables[name], name, task), tuple(tables), choice, task.limits
            )
            for name in names
        ]
    )


def _extracted(
    archive: Archive, parts: dict[str, ZipMember], name: str, task: ReadTask
) -> MapInfoTable:
    folder = Path(mkdtemp(dir=task.folder))
    for suffix, member in parts.items():
        stem = "raw" if suffix in MAPINFO_TABLES else "source"
        archive.extract(member, folder / f"{stem}{suffix}")
    return mif_table(folder, name) if ".mif" in parts else tab_table(folder, name)


def _untold(name: str) -> Description:
    return None, ()
