"""Which formats can be imported, told by the suffix of a file's name alone."""

from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from zones.errors import SourceError
from zones.sources.findings import FormatName

_LONGEST_SUFFIX = 20


@dataclass(frozen=True, slots=True)
class Format:
    """A format and the one GDAL driver that reading it takes, if any."""

    name: FormatName
    driver: str = ""


_BY_SUFFIX: Final = {
    ".geojson": Format("geojson"),
    ".json": Format("geojson"),
    ".zip": Format("shapefile", "ESRI Shapefile"),
}
# Files that people send by mistake, with what to send instead.
_PARTS = frozenset({".shp", ".dbf", ".shx", ".prj", ".cpg", ".sbn", ".sbx"})
_OTHER_ARCHIVES = frozenset({".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz"})


def recognise(file_name: str) -> Format:
    """Return the format that the name's suffix stands for; case does not matter.

    Raises
    ------
    SourceError
        ``format-unknown``, or a more helpful one for parts of a shapefile and other archives.
    """
    suffix = PurePath(file_name).suffix.lower()
    if found := _BY_SUFFIX.get(suffix):
        return found
    if suffix in _PARTS:
        raise SourceError("shapefile-in-parts", suffix=suffix)
    if suffix in _OTHER_ARCHIVES:
        raise SourceError("other-archive", suffix=suffix)
    accepted = ", ".join(sorted(_BY_SUFFIX))
    raise SourceError("format-unknown", suffix=suffix[:_LONGEST_SUFFIX] or "—", accepted=accepted)
