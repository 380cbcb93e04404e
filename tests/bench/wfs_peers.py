"""Measure WFS beside MapServer's, in one run, as ratios.

    .venv/bin/python -m tests.bench.wfs_peers [--polygons 5000] [--seconds 3] [--rounds 3]

Both serve the same polygons of 30 vertices with five attributes in GML 3.2: ours from a store of
its own with two workers, MapServer (Debian: cgi-mapserver, spawn-fcgi, nginx-light) from a
shapefile with a spatial index, as two processes of FastCGI behind nginx. ``wrk`` asks on four
keep-alive connections; rounds take turns, medians are shown.
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
from urllib.parse import urlencode

import httpx2 as httpx
import numpy as np
import pyogrio.raw
import shapely

from tests.app.processes import server
from tests.bench.locate_http import free_port
from tests.bench.partitions import BOX, partition
from zones.model import Change, CollectionInfo, Feature, RevisionNote
from zones.store.sqlite.store import open_store

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
    parser = argparse.ArgumentParser()
    parser.add_argument("--polygons", type=int, default=5000)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        rows = polygons(options.polygons)
        ours = stack.enter_context(our_service(folder, rows))
        theirs = stack.enter_context(mapserver(folder, rows))
        print("| WFS 2.0, GML 3.2 | ours /s | MapServer /s | times |\n|---|--:|--:|--:|")
        for name, asked in questions().items():
            figures = measured([ours, theirs], asked, options)
            a, b = figures
            print(f"| {name} | {a:,.0f} | {b:,.0f} | {a / b:.1f} |")


def polygons(count: int) -> list[tuple[shapely.Polygon, dict[str, object]]]:
    """Return parcels with their attributes."""
    shapes = partition(count, bends=4)
    return [
        (shape, {"zid": i, "name": f"地块{i}", "kind": KINDS[i % 5], "people": i * 7 % 997,
                 "score": i / 8}) for i, shape in enumerate(shapes)
    ]  # fmt: skip


def questions() -> dict[str, dict[str, str]]:
    """Return what is asked, by a name; the layer's name and the address differ."""
    west, south = BOX[:2]
    box = f"{south},{west},{south + BOX_100},{west + BOX_100},urn:ogc:def:crs:EPSG::4326"
    return {
        "page of 100": {"count": "100"},
        "box of some 100": {"bbox": box, "count": "1000"},
        "all": {"count": "100000"},
    }


def measured(
    addresses: list[str], asked: dict[str, str], options: argparse.Namespace
) -> list[float]:
    """Return the median of answers a second of each."""
    rounds: list[list[float]] = [[] for _ in addresses]
    for _ in range(options.rounds):
        for found, address in zip(rounds, addresses, strict=True):
            found.append(answers_a_second(f"{address}&{urlencode(asked)}", options.seconds))
    return [statistics.median(each) for each in rounds]


def answers_a_second(url: str, seconds: int) -> float:
    """Return what wrk counts on four connections."""
    command = ["wrk", "-t1", "-c4", f"-d{seconds}s", "--timeout", "30s", url]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in told:
        answer = httpx.get(url)
        raise SystemExit(f"{answer.status_code} {answer.text[:500]}: {url}")
    return float(told.partition("Requests/sec:")[2].split()[0])


@contextmanager
def our_service(
    folder: Path, rows: list[tuple[shapely.Polygon, dict[str, object]]]
) -> Iterator[str]:
    """Give the beginning of a request's address."""
    path = folder / "zones.sqlite"
    store = open_store(f"sqlite:///{path}")
    features = [Feature(str(i), shape, row) for i, (shape, row) in enumerate(rows)]
    info = CollectionInfo("parcels", "parcels", "parcels", kinds=frozenset({"polygon"}))
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
        "SRSNAME": "urn:ogc:def:crs:EPSG::4326",
        "OUTPUTFORMAT": "application/gml+xml; version=3.2",
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
            stack.callback(process.terminate)
            time.sleep(1)
        yield f"http://127.0.0.1:{port}/ms?" + urlencode(request("parcels"))


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
