#!/bin/bash
# GDAL 3.10.3 by rasterio 1.4.4: the WMS driver sends the east first in version 1.3.0 too.
#
# WMS 1.3.0 (OGC 06-042, 6.7.3.3) has boxes in the order of axes of the reference system: latitude
# first in EPSG:4326 and EPSG:4490. A description in XML for version 1.3.0 that names such a system
# makes the driver send longitude first all the same, unless it also has
# <BBoxOrder>yxYX</BBoxOrder>. A server that follows the standard draws another part of the earth:
# for China, where the longitude is no latitude, none at all, and many send a blank picture.
# Output seen: without BBoxOrder bbox=123.00000000,41.00000000,124.00000000,42.00000000, with it
# bbox=41.00000000,123.00000000,42.00000000,124.00000000.
# Source: https://gdal.org/en/stable/drivers/raster/wms.html (BBoxOrder), and seen here.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet rasterio==1.4.4
cat > "$folder/look.py" <<'PY'
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import rasterio

asked = []


class Server(BaseHTTPRequestHandler):
    def do_GET(self):
        asked.append(parse_qs(urlsplit(self.path).query)["bbox"][0])
        self.send_error(404)

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
for order in ("", "<BBoxOrder>yxYX</BBoxOrder>"):
    xml = f"""<GDAL_WMS><Service name="WMS"><Version>1.3.0</Version>
    <ServerUrl>http://127.0.0.1:{server.server_port}/?</ServerUrl><Layers>a</Layers>
    <CRS>EPSG:4490</CRS>{order}<ImageFormat>image/png</ImageFormat></Service>
    <DataWindow><UpperLeftX>123</UpperLeftX><UpperLeftY>42</UpperLeftY>
    <LowerRightX>124</LowerRightX><LowerRightY>41</LowerRightY>
    <SizeX>64</SizeX><SizeY>64</SizeY></DataWindow><BlockSizeX>64</BlockSizeX>
    <BlockSizeY>64</BlockSizeY><Projection>EPSG:4490</Projection><BandsCount>3</BandsCount></GDAL_WMS>"""
    with rasterio.Env(GDAL_HTTP_MAX_RETRY="0"), rasterio.open(xml) as source:
        try:
            source.read(1)
        except rasterio.errors.RasterioIOError:
            pass
    print(f"{order or 'without BBoxOrder'}: bbox={asked[-1]}")
first = [float(box.split(",")[0]) for box in (asked[0], asked[-1])]
print("rasterio", rasterio.__version__, "GDAL", rasterio.__gdal_version__)
raise SystemExit(first != [123.0, 41.0])
PY
"$folder/venv/bin/python" "$folder/look.py" || { echo "other behaviour than described"; exit 1; }
