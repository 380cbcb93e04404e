#!/usr/bin/env bash
# terraformer 2.2.x, OpenLayers 10.11.0: measures (M) become heights on the way into GeoJSON.
#
# The third number of a position is its height in GeoJSON (RFC 7946, 3.1.1), measures have no place.
# The guess was that converters drop them, as shapely and wkx do. A road with its mileage in WKT or
# from ArcGIS REST ("hasM": true) comes out with the mileage as heights, without a warning. The
# package of Esri's own does the same.
#
# Output seen:
#   terraformer WKT  [[1,2,900],[3,4,800]]
#   terraformer REST [[1,2,900],[3,4,800]]
#   Esri's utils     [[1,2,900],[3,4,800]]
#   OpenLayers       [[1,2,900],[3,4,800]]
#   wkx              [[1,2],[3,4]]
# Source: seen here.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund "@terraformer/wkt@2.2.2" "@terraformer/arcgis@2.2.2" \
  "@esri/arcgis-to-geojson-utils@1.3.0" "ol@10.11.0" "wkx@0.5.0" > npm.log
cat > try.js <<'JS'
import assert from "node:assert";
import { arcgisToGeoJSON as esri } from "@esri/arcgis-to-geojson-utils";
import { arcgisToGeoJSON } from "@terraformer/arcgis";
import { wktToGeoJSON } from "@terraformer/wkt";
import GeoJSON from "ol/format/GeoJSON.js";
import WKT from "ol/format/WKT.js";
import wkx from "wkx";

const wkt = "LINESTRING M (1 2 900, 3 4 800)";
const rest = { hasM: true, paths: [[[1, 2, 900], [3, 4, 800]]], spatialReference: { wkid: 4326 } };
const written = {
  "terraformer WKT": wktToGeoJSON(wkt),
  "terraformer REST": arcgisToGeoJSON(rest),
  "Esri's utils": esri(rest),
  OpenLayers: new GeoJSON().writeGeometryObject(new WKT().readGeometry(wkt)),
  wkx: wkx.Geometry.parse(wkt).toGeoJSON(),
};
for (const [name, { coordinates }] of Object.entries(written)) {
  console.log(name.padEnd(16), JSON.stringify(coordinates));
  const expected = name === "wkx" ? [[1, 2], [3, 4]] : [[1, 2, 900], [3, 4, 800]];
  assert.deepStrictEqual(coordinates, expected);
}
JS
node try.js
