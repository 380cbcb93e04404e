#!/usr/bin/env bash
# OWSLib 0.35.0, WFS 2.0: a filter goes out as `query=`, and beside a box or ids not at all.
#
# The parameter of WFS 2.0 is FILTER (OGC 09-025r2, table 8); a server that passes over parameters it
# does not know returns every feature. Given with `bbox` or `featureid` the filter is left out of the
# request without a warning, so that more comes back than was asked for. One id as a text is sent
# letter by letter. The guess was FILTER=, a fault for what excludes each other, and the id as it is.
#
# Output seen:
#   filter              -> query
#   filter and bbox     -> bbox
#   filter and id       -> featureid
#   featureid='a.1'     -> featureid=a,.,1
# Source: seen here; owslib/feature/wfs200.py (`getfeature`).
set -euo pipefail
folder=$(mktemp -d)
server=
trap 'kill "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "owslib==0.35.0"
cd "$folder"
cat > server.py <<'PY'
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CAPABILITIES = """<?xml version="1.0"?>
<WFS_Capabilities version="2.0.0" xmlns="http://www.opengis.net/wfs/2.0"
 xmlns:ows="http://www.opengis.net/ows/1.1" xmlns:xlink="http://www.w3.org/1999/xlink">
<ows:ServiceIdentification><ows:Title>t</ows:Title><ows:ServiceType>WFS</ows:ServiceType>
<ows:ServiceTypeVersion>2.0.0</ows:ServiceTypeVersion></ows:ServiceIdentification>
<ows:OperationsMetadata><ows:Operation name="GetFeature"><ows:DCP><ows:HTTP>
<ows:Get xlink:href="http://127.0.0.1:%d/wfs?"/></ows:HTTP></ows:DCP></ows:Operation>
</ows:OperationsMetadata>
<FeatureTypeList><FeatureType><Name>a</Name><Title>a</Title>
<DefaultCRS>urn:ogc:def:crs:EPSG::4326</DefaultCRS></FeatureType></FeatureTypeList>
</WFS_Capabilities>"""


class Answers(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        with open("asked", "a") as log:
            log.write(self.path + "\n")
        is_start = "GetCapabilities" in self.path
        body = (CAPABILITIES % self.server.server_port if is_start else "<a/>").encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
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

from owslib.wfs import WebFeatureService

FILTER = (
    '<fes:Filter xmlns:fes="http://www.opengis.net/fes/2.0"><fes:PropertyIsNull>'
    "<fes:ValueReference>n</fes:ValueReference></fes:PropertyIsNull></fes:Filter>"
)
ALWAYS = {"service", "version", "request", "typename", "typenames"}
service = WebFeatureService(f"http://127.0.0.1:{Path('port').read_text()}/wfs", version="2.0.0")


def sent(**asked):
    Path("asked").write_text("")
    service.getfeature(typename=["a"], **asked)
    query = parse_qs(urlsplit(Path("asked").read_text().strip()).query)
    return {name.lower(): value[0] for name, value in query.items() if name.lower() not in ALWAYS}


alone = sent(filter=FILTER)
with_box = sent(filter=FILTER, bbox=(1, 2, 3, 4))
with_id = sent(filter=FILTER, featureid=["a.1"])
by_id = sent(featureid="a.1")
print(f"filter              -> {', '.join(alone)}")
print(f"filter and bbox     -> {', '.join(with_box)}")
print(f"filter and id       -> {', '.join(with_id)}")
print(f"featureid='a.1'     -> featureid={by_id['featureid']}")
seen = (set(alone), set(with_box), set(with_id), by_id["featureid"])
assert seen == ({"query"}, {"bbox"}, {"featureid"}, "a,.,1"), "the behaviour has changed"
PY
