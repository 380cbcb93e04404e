"""Which of GDAL's vector drivers a process may have: one for the file at hand, and ``MEM``.

GDAL tries every registered driver on a file; several of them fetch addresses or open other files
that the content names. The parent of a reading process leaves all but one out by ``GDAL_SKIP``;
the process itself checks that this worked.
"""

import os
import sys
from typing import Final

MEMORY: Final = "MEM"

# All vector drivers of GDAL 3.12 as pyogrio 0.13 ships it. A driver that a later GDAL adds is
# found by ``load_only`` and costs a second start of the process until it is listed here.
VECTOR_DRIVERS: Final = (
    "ADBC,AIVector,AVCBin,AVCE00,AmigoCloud,CSV,CSW,Carto,DGN,DXF,EDIGEO,EEDA,ESRI Shapefile,"
    "ESRIJSON,Elasticsearch,FlatGeobuf,GDALG,GML,GPKG,GPSBabel,GPX,GTFS,GeoJSON,GeoJSONSeq,"
    "GeoRSS,HTTP,Idrisi,JML,JSONFG,KML,LIBKML,LVBAG,MBTiles,MVT,MapInfo File,MapML,"
    "MiraMonVector,NGW,OAPIF,ODS,OGCAPI,OGR_GMT,OGR_PDS,OGR_VRT,OSM,OpenFileGDB,PCIDSK,PDF,"
    "PDS4,PGDUMP,PLSCENES,PMTiles,S57,SQLite,SXF,Selafin,TopoJSON,VDV,VFK,VICAR,WAsP,WFS,"
    "XLSX"
)

_SKIP = "GDAL_SKIP"


def environment_for(driver: str) -> dict[str, str]:
    """Return the environment in which GDAL registers ``driver`` alone and finds no network."""
    closed = "http://127.0.0.1:9"  # the discard port: where network locks are missing, a dead end
    return {
        _SKIP: ",".join(name for name in VECTOR_DRIVERS.split(",") if name != driver),
        "GDAL_HTTP_PROXY": closed,
        "GDAL_HTTPS_PROXY": closed,
        "GDAL_DISABLE_READDIR_ON_OPEN": "TRUE",
        "GDAL_NUM_THREADS": "1",
        "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    }


def load_only(driver: str) -> None:
    """Load GDAL with ``driver`` and ``MEM`` alone, starting this process anew if need be.

    Raises
    ------
    RuntimeError
        If GDAL lacks the driver, or keeps others whatever one does.
    """
    # pyogrio loads these when it finds them, for data frames that are not made here: 0.4 s, and
    # Arrow starts threads, with which the process could not be locked away.
    for unwanted in ("pandas", "geopandas", "pyarrow"):
        sys.modules.setdefault(unwanted, None)  # type: ignore[arg-type]  # None hides a module
    import pyogrio

    registered = set(pyogrio.list_drivers())
    if driver not in registered:
        raise RuntimeError(f"GDAL has no driver {driver}")
    if others := registered - {driver, MEMORY}:
        _start_without(others)


def unlisted() -> list[str]:
    """Return the drivers that this process had to be started anew without: the list lacks them."""
    return sorted({*os.environ.get(_SKIP, "").split(",")} - {*VECTOR_DRIVERS.split(","), ""})


def _start_without(drivers: set[str]) -> None:
    """Replace this process by itself with ``drivers`` left out as well."""
    skipped = os.environ.get(_SKIP, "").split(",")
    if drivers <= set(skipped):
        raise RuntimeError(f"GDAL keeps the drivers {sorted(drivers)}")
    os.environ[_SKIP] = ",".join([*skipped, *sorted(drivers)])
    os.execv(sys.executable, sys.orig_argv)  # noqa: S606 - its own command line again
