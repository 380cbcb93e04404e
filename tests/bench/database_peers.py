"""Databases beside which look-ups of many points are measured: PostGIS, and DuckDB's extension.

Points and polygons are loaded and indexed beforehand; only the join and the passing on of its
pairs is timed, which favours the databases: the others are given bare numbers.
"""

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Geometries = NDArray[np.object_]
Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]
Ask = Callable[[Floats, Floats], Pairs]


def postgis(database: str, geometries: Geometries, lon: Floats, lat: Floats) -> Ask:
    """Return what asks PostGIS, through ``psql``; ``database`` is a connection string."""

    def psql(statement: str, given: str | None = None) -> str:
        command = ["psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-d", database]
        told = subprocess.run(
            [*command, "-c", statement], input=given, capture_output=True, text=True, check=True
        )
        return told.stdout

    psql("DROP TABLE IF EXISTS bench_areas, bench_points")
    psql("CREATE TABLE bench_areas (i int, geom geometry(Polygon, 4490))")
    psql("CREATE TABLE bench_points (i int, x float8, y float8)")
    hexes = shapely.to_wkb(shapely.set_srid(geometries, 4490), hex=True, include_srid=True)
    psql("COPY bench_areas FROM STDIN", lines(hexes))
    psql("COPY bench_points FROM STDIN", lines(lon, lat))
    psql("ALTER TABLE bench_points ADD geom geometry(Point, 4490)")
    psql("UPDATE bench_points SET geom = ST_SetSRID(ST_Point(x, y), 4490)")
    psql("CREATE INDEX ON bench_areas USING gist (geom)")
    psql("VACUUM ANALYZE bench_areas")
    psql("VACUUM ANALYZE bench_points")

    def ask(_lon: Floats, _lat: Floats) -> Pairs:
        join = "FROM bench_points p JOIN bench_areas a ON ST_Intersects(a.geom, p.geom)"
        told = psql(f"COPY (SELECT p.i, a.i {join}) TO STDOUT")
        pairs = np.fromstring(told, np.int64, sep=" ").reshape(-1, 2)
        return pairs[:, 0], pairs[:, 1]

    return ask


def duckdb(packages: Path, geometries: Geometries, lon: Floats, lat: Floats) -> Ask | str:
    """Return what asks DuckDB's spatial extension on one thread, or why it cannot be asked.

    ``packages`` is a folder in which ``duckdb``, ``pyarrow`` and the extension
    (``duckdb-extension-spatial``) are installed, as they are for another Python of this kind.
    """
    sys.path.append(str(packages))
    try:
        import duckdb as database
    except ImportError:
        return "duckdb is not installed"
    finally:
        sys.path.pop()
    found = sorted(packages.glob("duckdb_extension_spatial/**/*.duckdb_extension"))
    connection: Any = database.connect(config={"allow_unsigned_extensions": "true", "threads": 1})
    try:
        if found:
            connection.execute(f"LOAD '{found[0]}'")
        else:
            connection.execute("LOAD spatial")
    except database.Error as error:
        return f"its spatial extension is not installed ({str(error).splitlines()[0]})"
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as areas:
        areas.write(lines(shapely.to_wkb(geometries, hex=True)))
        areas.flush()
        connection.execute("CREATE TABLE areas (i INT, hex VARCHAR)")
        connection.execute(f"COPY areas FROM '{areas.name}' (DELIM '\t', MAX_LINE_SIZE 100000000)")
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as points:
        points.write(lines(lon, lat))
        points.flush()
        connection.execute("CREATE TABLE points (i INT, x DOUBLE, y DOUBLE)")
        connection.execute(f"COPY points FROM '{points.name}' (DELIM '\t')")
    connection.execute("CREATE TABLE a AS SELECT i, ST_GeomFromHEXWKB(hex) geom FROM areas")
    connection.execute("CREATE TABLE p AS SELECT i, ST_Point(x, y) geom FROM points")

    def ask(_lon: Floats, _lat: Floats) -> Pairs:
        told = connection.execute(
            "SELECT p.i point, a.i area FROM p JOIN a ON ST_Intersects(a.geom, p.geom)"
        ).fetchnumpy()
        point, area = told.values()
        return np.asarray(point), np.asarray(area)

    return ask


def lines(*columns: NDArray[Any]) -> str:
    """Return rows as text: their numbers and values, apart by tabs, floats to the last bit."""
    rows = enumerate(zip(*(column.tolist() for column in columns), strict=True))
    return "".join("\t".join([str(i), *map(str, values)]) + "\n" for i, values in rows)
