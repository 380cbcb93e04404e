"""Measure WFS beside MapServer's and beside tipg, in one run, as ratios.

    .venv/bin/python -m tests.bench.wfs_peers [--polygons 5000] [--seconds 3] [--rounds 3]
        [--tipg PYTHON --postgis postgresql://USER@HOST:PORT/NAME]

All serve the same polygons of 30 vertices with five attributes: ours from a store of its own with
two workers; MapServer (Debian: cgi-mapserver, spawn-fcgi, nginx-light) from a shapefile with a
spatial index, as two processes of FastCGI behind nginx; tipg, which ``PYTHON`` has, with two
workers on a table that ``ogr2ogr`` makes in the database. With MapServer GML 3.2 is compared, with
tipg, which has no WFS, GeoJSON: our WFS's beside its items. ``wrk`` asks on four keep-alive
connections; rounds take turns, medians are shown.
"""

import argparse
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

import httpx2 as httpx
import numpy as np
import pyogrio.raw
import shapely

from tests.app.processes import server
from tests.bench.locate_http import free_port, running
from tests.bench.partitions import BOX, partition
from zones.model import Change, CollectionInfo, Feature, RevisionNote
from zones.store.open_store import open_store

GML = "application/gml+xml; version=3.2"
SRS = "urn:ogc:def:crs:EPSG::4326"
FIELDS = ("zid", "name", "kind", "people", "score")
KINDS = ("住宅", "学校", "公园", "商业", "工业")
BOX_100 = 0.02
MAP = """MAP
 NAME "m" EXTENT {west} {south} {east} {north} SIZE 256 256 UNITS DD
 PROJECTION "init=epsg:4326" END
 WEB METADATA "ows_title" "m" "ows_onlineresource" "http://127.0.0.1:{port}/ms?"
  "ows_srs" "EPSG:4326" "ows_enable_request" "*" END END
 LAYER NAME "parcels" TYPE POLYGON STATUS ON DATA "{folder}/parcels.shp"
  PROJECTION "init=epsg:4326" END TEMPLATE "x"
  METADATA "ows_title" "parcels" "gml_include_items" "all" "gml_featureid" "zid" END
 END
END
"""
NGINX = """worker_processes 1; daemon off; pid {folder}/pid; error_log {folder}/err warn;
events {{ worker_connections 256; }}
http {{ access_log off; {temporary}
 keepalive_requests 1000000;
 upstream ms {{ least_conn; server unix:{folder}/1.sock; server unix:{folder}/2.sock; }}
 server {{ listen 127.0.0.1:{port}; location /ms {{ include /etc/nginx/fastcgi_params;
  fastcgi_param MS_MAPFILE {folder}/m.map; fastcgi_param MAPSERVER_CONFIG_FILE {folder}/c.conf;
  fastcgi_buffers 64 64k; fastcgi_pass ms; }} }} }}
"""


def main() -> None:
    """Measure and print."""
    options = parse_options()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        rows = polygons(options.polygons)
        ours = stack.enter_context(our_service(folder, rows))
        addresses = {
            "ours": f"{ours}&SRSNAME={SRS}&OUTPUTFORMAT={quote(GML)}",
            "MapServer": stack.enter_context(mapserver(folder, rows)),
        }
        if options.tipg:
            addresses["ours, GeoJSON"] = f"{ours}&OUTPUTFORMAT=application/json"
            addresses["tipg"] = stack.enter_context(tipg(folder, options))
        print("| |" + " | ".join(f"{name} /s" for name in addresses) + " | times |")
        print("|---|" + "--:|" * (len(addresses) + 1), flush=True)
        for name, asked in questions().items():
            figures = measured(addresses, asked, options)
            times = [a / b for a, b in zip(figures[::2], figures[1::2], strict=True)]
            cells = [f"{each:,.0f}" for each in figures]
            cells.append(", ".join(f"{each:.1f}" for each in times))
            print(f"| {name} | {' | '.join(cells)} |", flush=True)


def parse_options() -> argparse.Namespace:
    """Return the command line's options."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--polygons", type=int, default=5000)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tipg", metavar="PYTHON", help="a Python that has tipg and uvicorn")
    parser.add_argument("--postgis", metavar="URL", help="a database to make a table in")
    return parser.parse_args()


def polygons(count: int) -> list[tuple[shapely.Polygon, dict[str, object]]]:
    """Return parcels with their attributes."""
    shapes = partition(count, bends=4)
    return [
        (shape, {"zid": i, "name": f"地块{i}", "kind": KINDS[i % 5], "people": i * 7 % 997,
                 "score": i / 8}) for i, shape in enumerate(shapes)
    ]  # fmt: skip


def questions() -> dict[str, dict[str, dict[str, str]]]:
    """Return what is asked, by a name: of WFS, and of tipg's items."""
    west, south = BOX[:2]
    east, north = west + BOX_100, south + BOX_100
    box = f"{south},{west},{north},{east},urn:ogc:def:crs:EPSG::4326"
    return {
        "page of 100": {"wfs": {"count": "100"}, "items": {"limit": "100"}},
        "box of some 100": {
            "wfs": {"bbox": box, "count": "1000"},
            "items": {"bbox": f"{west},{south},{east},{north}", "limit": "1000"},
        },
        "all": {"wfs": {"count": "100000"}, "items": {"limit": "100000"}},
    }


def measured(
    addresses: dict[str, str], asked: dict[str, dict[str, str]], options: argparse.Namespace
) -> list[float]:
    """Return the median of answers a second of each."""
    rounds: dict[str, list[float]] = {name: [] for name in addresses}
    for _ in range(options.rounds):
        for name, address in addresses.items():
            words = asked["items" if name == "tipg" else "wfs"]
            url = f"{address}&{urlencode(words)}"
            rounds[name].append(answers_a_second(url, options.seconds))
    return [statistics.median(each) for each in rounds.values()]


def answers_a_second(url: str, seconds: int) -> float:
    """Return what wrk counts on four connections, in more time where nothing is ready in that."""
    command = ["wrk", "-t1", "-c4", f"-d{seconds}s", "--timeout", "30s", url]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in told:
        answer = httpx.get(url)
        raise SystemExit(f"{answer.status_code} {answer.text[:500]}: {url}")
    counted = float(told.partition("Requests/sec:")[2].split()[0])
    return counted or answers_a_second(url, seconds * 8)


@contextmanager
def our_service(
    folder: Path, rows: list[tuple[shapely.Polygon, dict[str, object]]], *, style: str | None = None
) -> Iterator[str]:
    """Give the beginning of a request's address; ``style`` is how pictures show the polygons."""
    path = folder / "zones.sqlite"
    store = open_store(f"sqlite:///{path}")
    features = [Feature(str(i), shape, row) for i, (shape, row) in enumerate(rows)]
    info = CollectionInfo(
        "parcels", "parcels", "parcels", kinds=frozenset({"polygon"}), style=style
    )
    store.apply([Change("parcels", features, collection=info)], RevisionNote("bench", "set up"))
    store.close()
    with server(path, workers=2) as started:
        yield f"{started.client.base_url}/wfs?" + urlencode(request("hz:parcels"))


def request(name: str) -> dict[str, str]:
    """Return what every request has."""
    return {
        "SERVICE": "WFS",
        "VERSION": "2.0.0",
        "REQUEST": "GetFeature",
        "TYPENAMES": name,
    }


@contextmanager
def mapserver(folder: Path, rows: list[tuple[shapely.Polygon, dict[str, object]]]) -> Iterator[str]:
    """Give the beginning of a request's address."""
    folder.chmod(0o755)  # nginx works as another user
    port, (west, south, east, north) = free_port(), BOX
    columns = [[row[name] for _, row in rows] for name in FIELDS]
    write_shapefile(folder / "parcels.shp", [shape for shape, _ in rows], columns)
    values = {"west": west, "south": south, "east": east, "north": north}
    (folder / "m.map").write_text(MAP.format(folder=folder, port=port, **values))
    (folder / "c.conf").write_text('CONFIG\n ENV\n  MS_MAP_PATTERN "."\n END\nEND\n')
    kinds = ("client_body", "fastcgi", "proxy", "uwsgi", "scgi")
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    nginx = folder / "nginx.conf"
    nginx.write_text(NGINX.format(folder=folder, port=port, temporary=temporary))
    commands = [
        ["spawn-fcgi", "-n", "-s", f"{folder}/{i}.sock", "-M", "0666", "--", "/usr/bin/mapserv"]
        for i in (1, 2)
    ]
    environment = {**os.environ, "MAPSERVER_CONFIG_FILE": f"{folder}/c.conf"}
    with ExitStack() as stack:
        for command in (*commands, ["nginx", "-c", str(nginx)]):
            process = stack.enter_context(subprocess.Popen(command, env=environment))
            stack.callback(process.kill)  # mapserv waits for a request before it ends
            time.sleep(1)
        asked = {**request("parcels"), "SRSNAME": SRS, "OUTPUTFORMAT": GML}
        yield f"http://127.0.0.1:{port}/ms?" + urlencode(asked)


@contextmanager
def tipg(folder: Path, options: argparse.Namespace) -> Iterator[str]:
    """Give the beginning of a request's address for items of a table made of the shapefile."""
    layer = ["-nln", "parcels", "-lco", "GEOMETRY_NAME=geom", "-overwrite", "-a_srs", "EPSG:4326"]
    layer += ["-nlt", "PROMOTE_TO_MULTI"]
    source = str(folder / "parcels.shp")
    subprocess.run(["ogr2ogr", "-f", "PostgreSQL", options.postgis, source, *layer], check=True)
    port = free_port()
    command = [options.tipg, "-m", "uvicorn", "tipg.main:app", "--port", str(port)]
    command += ["--workers", "2", "--no-access-log", "--log-level", "warning"]
    settings = {"DATABASE_URL": options.postgis, "TIPG_MAX_FEATURES_PER_QUERY": "100000"}
    base = f"http://127.0.0.1:{port}"
    with running(command, base, "/healthz", settings):
        yield f"{base}/collections/public.parcels/items?f=geojson"


def write_shapefile(path: Path, shapes: list[shapely.Polygon], columns: list[list[object]]) -> None:
    """Write a shapefile, and an index beside it as ``shptree`` makes it."""
    arrays = [np.array(column) for column in columns]
    pyogrio.raw.write(
        path, shapely.to_wkb(np.array(shapes)), arrays, list(FIELDS),
        geometry_type="Polygon", crs="EPSG:4326", encoding="UTF-8",
    )  # fmt: skip
    subprocess.run(["shptree", str(path)], check=False)


if __name__ == "__main__":
    main()
