#!/usr/bin/env bash
# pyogrio 0.13.0, GDAL 3.12.4: the address of an ArcGIS query is read as its first page, without a word.
#
# An ArcGIS REST service returns at most `maxRecordCount` features, and says `exceededTransferLimit`
# where there are more. GDAL's ESRIJSON driver then asks for the next pages, but only of a name that
# begins with `ESRIJSON:` or `http`. pyogrio (and so geopandas) makes a `/vsicurl/` path of every
# address, which GDAL takes for a file: the flag is passed over and the rest is missing. The guess was
# that an address means the same to pyogrio as to ogrinfo, or at least a warning.
#
# Output seen:
#   URL             2 of 5 features, warnings: 0
#   ESRIJSON:URL    5 of 5 features, warnings: 0
# Source: seen here; https://gdal.org/en/stable/drivers/vector/esrijson.html ("Datasource").
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
from urllib.parse import parse_qs, urlsplit

MOST = 2
FIELD = {"name": "OBJECTID", "type": "esriFieldTypeOID", "alias": "OBJECTID"}
FEATURES = [{"attributes": {"OBJECTID": i}, "geometry": {"x": i, "y": 0}} for i in range(5)]


class Answers(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        asked = parse_qs(urlsplit(self.path).query)
        start = int(asked.get("resultOffset", ["0"])[0])
        document = {
            "objectIdFieldName": "OBJECTID", "geometryType": "esriGeometryPoint",
            "spatialReference": {"wkid": 4490}, "fields": [FIELD],
            "features": FEATURES[start : start + MOST],
        }
        if start + MOST < len(FEATURES):
            document["exceededTransferLimit"] = True
        if "returnCountOnly" in asked:
            document = {"count": len(FEATURES)}
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
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
import warnings
from pathlib import Path

from pyogrio import raw

port = Path("port").read_text()
url = f"http://127.0.0.1:{port}/arcgis/rest/services/a/FeatureServer/0/query?where=1%3D1&f=json"
seen = []
for name in (url, f"ESRIJSON:{url}"):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        seen.append((len(raw.read(name)[2]), len(caught)))
    print(f"{name.replace(url, 'URL'):15} {seen[-1][0]} of 5 features, warnings: {seen[-1][1]}")
assert seen == [(2, 0), (5, 0)], "the behaviour has changed"
PY
