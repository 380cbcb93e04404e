"""What stands in the XML of a GML or GPX, looked through before GDAL reads it.

GDAL takes 0 for a number that is none, and drops the last of an odd number of coordinates: both
would put things elsewhere without a word.
"""

from pathlib import Path
from typing import Final
from xml.parsers import expat

from zones.formats.gdal.gml_reader import GMLReader
from zones.formats.gdal.gml_repeated import surveyed_by_templates
from zones.formats.gdal.gpx_reader import GPXReader
from zones.formats.gdal.xml_reader import XMLSurvey, invalid_xml
from zones.formats.geojson.json_scan import text_near

_CHUNK_BYTES = 2**18
_READERS: Final = {"GML": GMLReader, "GPX": GPXReader}


def surveyed(path: Path, format_name: str) -> XMLSurvey:
    """Return what an XML in UTF-8 holds.

    Raises
    ------
    SourceError
        ``markup-doctype``, ``markup-invalid``; ``markup-number`` for a coordinate that is no
        number or lacks its other half.
    """
    if format_name == "GML" and (found := surveyed_by_templates(path)) is not None:
        return found
    return surveyed_in_full(path, format_name)


def surveyed_in_full(path: Path, format_name: str) -> XMLSurvey:
    """Return what an XML in UTF-8 holds, each of its elements followed; raise as ``surveyed``."""
    reader = _READERS[format_name](format_name)
    parser = reader.parser
    fed, size = 0, path.stat().st_size
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            try:
                parser.Parse(chunk, fed + len(chunk) >= size)
            except expat.ExpatError as error:
                near = text_near(chunk, max(0, parser.ErrorByteIndex - fed))
                raise invalid_xml(format_name, error.lineno, near) from error
            fed += len(chunk)
    return reader.survey
