#!/usr/bin/env bash
# GDAL 3.12.4 (pyogrio 0.13.0), OAPIF driver: a filter on any date property is sent as `datetime=`.
#
# In OGC API Features `datetime` asks for the temporal extent of a feature, which the server takes
# from a property of its own choice (Part 1, 7.15.4). From a server without CQL2, GDAL asks for
# whatever date or time property a filter names by that one parameter, so that a server which has
# another property in mind leaves out features that the filter wants. The value is no RFC 3339 date
# either: a day gets a T behind it, a time loses its fraction. The guess was that GDAL filters by itself.
#
# Output seen:
#   opened = '2023-01-12'                  -> datetime=2023-01-12T
#   changed = '2023-01-12T08:00:00.250Z'   -> datetime=2023-01-12T08:00:00Z
#   n = 1                                  -> nothing
# Source: seen here; https://gdal.org/en/stable/drivers/vector/oapif.html ("Filtering").
set -euo pipefail
folder=$(mktemp -d)
server=
trap 'kill "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "pyogrio==0.13.0" "numpy<3"
cd "$folder"
cat > server.py <<'PY'
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

PROPERTIES = {"opened": "2023-01-12", "changed": "2023-01-12T08:00:00.250Z", "n": 1}


class Answers(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        base, path = f"http://{self.headers['Host']}", urlsplit(self.path).path
        items = {"rel": "items", "type": "application/geo+json", "href": f"{base}/collections/a/items"}
        collection = {"id": "a", "title": "a", "links": [items]}
        data = {"rel": "data", "type": "application/json", "href": f"{base}/collections"}
        feature = {"type": "Feature", "id": 1, "properties": PROPERTIES,
                   "geometry": {"type": "Point", "coordinates": [0, 0]}}
        document = {
            "/": {"title": "t", "links": [data]},
            "/collections": {"collections": [collection], "links": []},
            "/collections/a": collection,
        }.get(path, {"type": "FeatureCollection", "features": [feature], "links": []})
        with open("asked", "a") as log:
            log.write(self.path + "\n")
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/geo+json" if path.endswith("items") else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


listening = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
with open("port", "w") as file:
    file.write(str(listening.server_port))
listening.serve_forever()
PY
timeout 120 python3 server.py &
server=$!
for _ in $(seq 50); do [ -s port ] && break; sleep 0.1; done
timeout 90 "$folder/venv/bin/python" - <<'PY'
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from pyogrio import raw

port = Path("port").read_text()
seen = []
for where in ("opened = '2023-01-12'", "changed = '2023-01-12T08:00:00.250Z'", "n = 1"):
    Path("asked").write_text("")
    raw.read(f"OAPIF:http://127.0.0.1:{port}/collections/a", where=where)
    queries = [parse_qs(urlsplit(line).query) for line in Path("asked").read_text().splitlines()]
    seen.append(next((query["datetime"][0] for query in queries if "datetime" in query), None))
    print(f"{where:38} -> {'datetime=' + seen[-1] if seen[-1] else 'nothing'}")
assert seen == ["2023-01-12T", "2023-01-12T08:00:00Z", None], "the behaviour has changed"
PY
