"""What is asked of the process that reads an import's file."""

from typing import Final

from shapely.geometry.base import BaseGeometry

from zones.georeference.expected_place import surroundings
from zones.ingest.import_options import ImportOptions
from zones.ingest.read_source import ReadRequest
from zones.model import CollectionInfo

_LONGEST_NAME: Final = 200


def reading_request(
    info: CollectionInfo, options: ImportOptions, outline: BaseGeometry | None
) -> ReadRequest:
    """Return how a file for this collection is to be read; ``outline`` is the district's."""
    return ReadRequest(
        crs=options.crs,
        datum=options.datum,
        angles=options.angles,
        map_scale=options.map_scale,
        encoding=options.encoding,
        layer=options.layer,
        repair=options.repair,
        key=options.key,
        kinds=info.kinds,
        extent=surroundings(outline),
        outline=outline and outline.wkb_hex,
    )


def shown_name(name: str) -> str:
    """Return a file's name without folders and control characters."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(mark for mark in last if mark.isprintable())[-_LONGEST_NAME:]
