#!/usr/bin/env bash
# OWSLib 0.35.0, OGC API - Maps: what is not asked for is sent, what is asked for may be left out.
#
# `map` sends width=800&height=600 and transparent=true where nothing is said of them, and the other
# of the two sizes where one is given. A server draws what lies in the box to exactly that size (the
# class Scaling of OGC 20-058), so that maps of boxes that are not 4:3 come out stretched. `crs` and
# `bgcolor` are left out of the request without a fault. The guess was that parameters go out as they
# are given and that the server chooses the rest, as the standard has it.
#
# Output seen:
#   bbox=[0, 0, 1, 1]                 bbox=0,0,1,1&width=800&height=600&transparent=true
#   bbox=[0, 0, 1, 1], width=400      bbox=0,0,1,1&width=400&height=600&transparent=true
#   bbox=[0, 0, 1, 1], height=None    bbox=0,0,1,1&width=800&transparent=true
#   crs='EPSG:3857', bgcolor='white'  width=800&height=600&transparent=true
# Source: seen here; owslib/ogcapi/maps.py (`map`), https://docs.ogc.org/is/20-058/20-058.html
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "owslib==0.35.0"
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import unquote, urlsplit

from owslib.ogcapi.maps import Maps

asked = []


class Answers(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        path = urlsplit(self.path)
        if path.path.endswith("/map"):
            asked.append(unquote(path.query))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"links": []}')


BOX = {"bbox": [0, 0, 1, 1]}
orders = [BOX, {**BOX, "width": 400}, {**BOX, "height": None}]
orders.append({"crs": "EPSG:3857", "bgcolor": "white"})
with HTTPServer(("127.0.0.1", 0), Answers) as server:
    Thread(target=server.serve_forever, daemon=True).start()
    client = Maps(f"http://127.0.0.1:{server.server_port}/")
    for order in orders:
        client.map("a", **order)
    server.shutdown()
for order, query in zip(orders, asked):
    print(f"{', '.join(f'{name}={value!r}' for name, value in order.items()):33} {query}")
assert asked == [
    "bbox=0,0,1,1&width=800&height=600&transparent=true",
    "bbox=0,0,1,1&width=400&height=600&transparent=true",
    "bbox=0,0,1,1&width=800&transparent=true",
    "width=800&height=600&transparent=true",
], "the behaviour has changed"
PY
