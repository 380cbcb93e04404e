#!/usr/bin/env bash
# GDAL 3.12.4 (pyogrio 0.13.0), WFS driver: GeoJSON is turned round where the DefaultCRS is a URN.
#
# GeoJSON has the east first in every system (RFC 7946, 3.1.1). Of a feature type whose DefaultCRS is
# `urn:ogc:def:crs:EPSG::4490` the driver exchanges the coordinates as it must for GML, though the
# answer is GeoJSON: Shenyang comes out at 41.8 E, north of the pole. The same answer under `EPSG:4490`
# or CRS84 stays as it is. The guess was that the order of the format is kept.
#
# Output seen:
#   urn:ogc:def:crs:EPSG::4490        POINT (41.8 123.4)
#   EPSG:4490                         POINT (123.4 41.8)
#   urn:ogc:def:crs:OGC:1.3:CRS84     POINT (123.4 41.8)
# Source: seen here; https://gdal.org/en/stable/drivers/vector/wfs.html (INVERT_AXIS_ORDER_IF_LAT_LONG).
set -euo pipefail
folder=$(mktemp -d)
server=
trap 'kill "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "pyogrio==0.13.0" "shapely==2.2.0" "numpy<3"
cd "$folder"
cat > server.py <<'PY'
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

SYSTEMS = {
    "/urn": "urn:ogc:def:crs:EPSG::4490",
    "/epsg": "EPSG:4490",
    "/crs84": "urn:ogc:def:crs:OGC:1.3:CRS84",
}
CAPABILITIES = """<?xml version="1.0"?>
<WFS_Capabilities version="2.0.0" xmlns="http://www.opengis.net/wfs/2.0"
 xmlns:ows="http://www.opengis.net/ows/1.1" xmlns:xlink="http://www.w3.org/1999/xlink">
<ows:ServiceIdentification><ows:Title>t</ows:Title><ows:ServiceType>WFS</ows:ServiceType>
<ows:ServiceTypeVersion>2.0.0</ows:ServiceTypeVersion></ows:ServiceIdentification>
<ows:OperationsMetadata><ows:Operation name="GetFeature"><ows:DCP><ows:HTTP>
<ows:Get xlink:href="{address}?"/></ows:HTTP></ows:DCP><ows:Parameter name="outputFormat">
<ows:AllowedValues><ows:Value>application/json</ows:Value></ows:AllowedValues></ows:Parameter>
</ows:Operation></ows:OperationsMetadata>
<FeatureTypeList><FeatureType><Name>a</Name><Title>a</Title>
<DefaultCRS>{crs}</DefaultCRS></FeatureType></FeatureTypeList>
</WFS_Capabilities>"""
SCHEMA = """<?xml version="1.0"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:gml="http://www.opengis.net/gml/3.2"
 xmlns:t="urn:t" targetNamespace="urn:t" elementFormDefault="qualified">
<xs:element name="a" type="t:aType" substitutionGroup="gml:AbstractFeature"/>
<xs:complexType name="aType"><xs:complexContent><xs:extension base="gml:AbstractFeatureType">
<xs:sequence><xs:element name="geometry" type="gml:PointPropertyType"/></xs:sequence>
</xs:extension></xs:complexContent></xs:complexType></xs:schema>"""
POINT = {"type": "Point", "coordinates": [123.4, 41.8]}
FEATURE = {"type": "Feature", "id": "a.1", "properties": {}, "geometry": POINT}


class Answers(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        path, query = urlsplit(self.path).path, urlsplit(self.path).query
        asked = {name.upper(): value[0] for name, value in parse_qs(query).items()}
        kind, text = "text/xml", SCHEMA
        if asked["REQUEST"] == "GetCapabilities":
            text = CAPABILITIES.format(address=f"http://{self.headers['Host']}{path}", crs=SYSTEMS[path])
        elif asked["REQUEST"] == "GetFeature":
            kind = "application/json"
            text = json.dumps({"type": "FeatureCollection", "features": [FEATURE]})
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
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

import shapely
from pyogrio import raw

port = Path("port").read_text()
seen = []
for path, crs in (("urn", "urn:ogc:def:crs:EPSG::4490"), ("epsg", "EPSG:4490"),
                  ("crs84", "urn:ogc:def:crs:OGC:1.3:CRS84")):
    address = f"WFS:http://127.0.0.1:{port}/{path}?VERSION=2.0.0&OUTPUTFORMAT=application/json"
    (point,) = shapely.from_wkb(raw.read(address)[2])
    seen.append((point.x, point.y))
    print(f"{crs:33} {point}")
assert seen == [(41.8, 123.4), (123.4, 41.8), (123.4, 41.8)], "the behaviour has changed"
PY
