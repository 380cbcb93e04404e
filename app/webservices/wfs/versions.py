"""What differs between the versions of WFS."""

from dataclasses import dataclass
from typing import Final

from zones.gml.write_geometry import Version

WFS20: Final = "http://www.opengis.net/wfs/2.0"
WFS11: Final = "http://www.opengis.net/wfs"


@dataclass(frozen=True, slots=True)
class WFSVersion:
    """A version: its namespaces, its GML, and the media type that this has."""

    number: str
    namespace: str
    gml: Version
    gml_type: str
    schema: str

    @property
    def is_2(self) -> bool:
        """Whether it is 2.0."""
        return self.gml == "3.2"


V2: Final = WFSVersion(
    "2.0.0",
    WFS20,
    "3.2",
    "application/gml+xml; version=3.2",
    "http://schemas.opengis.net/wfs/2.0/wfs.xsd",
)
V1: Final = WFSVersion(
    "1.1.0",
    WFS11,
    "3.1",
    "text/xml; subtype=gml/3.1.1",
    "http://schemas.opengis.net/wfs/1.1.0/wfs.xsd",
)


def version_of(requested: str) -> WFSVersion:
    """Return the version for a list of versions that a client takes, the likeliest first.

    By the rule of OGC (06-121r9, 7.3.2): what both know, else the one that is next below.
    """
    for each in requested.split(","):
        number = each.strip()
        if number.startswith("2"):
            return V2
        if number.startswith("1"):
            return V1
    return V2
