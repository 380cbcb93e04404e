"""Areas out of a pasted text, read and checked as those of a file, in the confined process."""

import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from shapely.geometry.base import BaseGeometry

from zones.errors import SourceError
from zones.georeference.expected_place import surroundings
from zones.ingest.pasted_text import as_file
from zones.ingest.read_source import Reading, ReadRequest, read_source
from zones.sandbox.limits import Limits
from zones.source.reading_choices import Angles

ALL_LAYERS: Final = "*"
MOST_AREAS: Final = 100
MOST_VERTICES: Final = 20_000
LIMITS: Final = Limits(
    cpu_s=10,
    wall_s=30,
    mem_mb=1024,
    file_mb=64,
    unzipped_mb=1,
    max_features=MOST_AREAS,
    max_vertices=MOST_VERTICES,
    max_vertices_per_feature=MOST_VERTICES,
)


@dataclass(frozen=True, slots=True)
class PastedOptions:
    """What somebody said of the coordinates, as of those of an import; None where nothing."""

    crs: str | None = None
    datum: str | None = None
    angles: Angles | None = None
    repair: bool = False


def read_pasted_areas(
    text: str, options: PastedOptions, *, outline: BaseGeometry | None
) -> Reading:
    """Return the areas of a text: GeoJSON, WKT, a list of coordinates, 国土 TXT, a table, KML.

    Parameters
    ----------
    options
        Where they leave anything open the text decides, or the reading has a question with
        candidates.
    outline
        The district in EPSG:4490, for what speaks for one system or another.

    Raises
    ------
    SourceError
        Why the text as a whole cannot be read; ``pasted-no-areas`` where it holds none.
    """
    file = as_file(text)
    request = ReadRequest(
        **asdict(options),
        layer=ALL_LAYERS if file.is_markup else None,
        kinds=frozenset({"polygon"}),
        extent=surroundings(outline),
        outline=outline and outline.wkb_hex,
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / file.name
        path.write_bytes(file.content)
        reading = read_source(path, file_name=file.name, request=request, limits=LIMITS)
    placed = tuple(feature for feature in reading.features if feature.geometry is not None)
    if not placed and not reading.errors and reading.question is None:
        raise SourceError("pasted-no-areas")
    return replace(reading, features=placed)
