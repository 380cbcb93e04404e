"""A file geodatabase in a zip -> a folder that GDAL may read.

A geodatabase is a folder of files whose names count. They all follow one pattern, and only files
that do are unpacked, so that no name of the sender's own making reaches the disk.
"""

import re
from pathlib import Path
from typing import Final

from zones.errors import SourceError
from zones.formats.unpack_zip import Archive, ZipMember

_FOLDER_SUFFIX: Final = ".gdb"
_PART: Final = re.compile(
    r"a[0-9a-f]{8}(?:\.[A-Za-z0-9_]{1,60})?\.(?:gdbtable|gdbtablx|gdbindexes|atx|spx|freelist|horizon)"
    r"|gdb|timestamps"
)
_MARK: Final = "gdb"  # the file that every geodatabase has


def geodatabases(archive: Archive) -> dict[str, list[ZipMember]]:
    """Return the parts of each geodatabase in the archive by the name of its folder."""
    found: dict[str, list[ZipMember]] = {}
    for member in archive.members:
        folder = member.path.parent
        if _PART.fullmatch(member.path.name.lower()):
            found.setdefault(str(folder), []).append(member)
    return {
        folder: parts
        for folder, parts in found.items()
        if any(part.path.name.lower() == _MARK for part in parts)
    }


def extract_geodatabase(archive: Archive, target: Path) -> Path:
    """Unpack the one geodatabase of the archive and return its folder.

    Raises
    ------
    SourceError
        ``zip-no-gdb`` if there is none, ``zip-gdbs`` if there are several.
    """
    found = geodatabases(archive)
    if len(found) != 1:
        names = ", ".join(sorted(found))[:200]
        raise SourceError("zip-gdbs" if found else "zip-no-gdb", found=names or "—")
    (parts,) = found.values()
    folder = target.with_suffix(_FOLDER_SUFFIX)
    folder.mkdir()
    for part in parts:
        archive.extract(part, folder / part.path.name.lower())
    return folder
