#!/usr/bin/env bash
# OpenLayers 10.11.0: GML whose srsName is the URI of a registered system is neither turned nor transformed.
#
# WFS 2.0 names systems by URN or by http://www.opengis.net/def/crs/EPSG/0/4490. EPSG:4326 and
# EPSG:3857 are known to OpenLayers in both forms, others are registered by proj4
# (https://openlayers.org/en/latest/apidoc/module-ol_proj_proj4.html). The guess was that a system
# registered that way, with its axes, is known by both forms too. The URN is; the URI is not, and
# then featureProjection does nothing: the point of Shenyang lands at 41.8 m, 123.4 m in Web
# Mercator, off Africa. Neither reading tells anything, where the format EsriJSON refuses a system
# that is not registered.
#
# Output seen:
#   4326 by URN 13736825,5131067; by URI 13736825,5131067
#   4490 by URN 13736825,5131067; by URI 42,123
# Source: seen here.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund "ol@10.11.0" "proj4@2.22.0" "jsdom@29.1.1" > npm.log
cat > try.js <<'JS'
import assert from "node:assert";
import { JSDOM } from "jsdom";
import WFS from "ol/format/WFS.js";
import { register } from "ol/proj/proj4.js";
import proj4 from "proj4";

const { window } = new JSDOM("");
Object.assign(globalThis, { DOMParser: window.DOMParser, Node: window.Node, document: window.document,
  Document: window.Document, Element: window.Element });
proj4.defs("EPSG:4490", "+proj=longlat +ellps=GRS80 +axis=neu +no_defs");
register(proj4);

function read(srsName) {
  const text = `<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0"
    xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:z="http://example.org/z"><wfs:member><z:stop gml:id="s.1">
    <z:geom><gml:Point gml:id="g.1" srsName="${srsName}"><gml:pos>41.8 123.4</gml:pos></gml:Point></z:geom>
    </z:stop></wfs:member></wfs:FeatureCollection>`;
  const format = new WFS({ version: "2.0.0" });
  const [feature] = format.readFeatures(text, { featureProjection: "EPSG:3857" });
  return feature.getGeometry().getCoordinates().slice(0, 2).map(Math.round).join();
}

const forms = ["urn:ogc:def:crs:EPSG::", "http://www.opengis.net/def/crs/EPSG/0/"];
const [wgs84, cgcs2000] = ["4326", "4490"].map((code) => forms.map((form) => read(form + code)));
console.log(`4326 by URN ${wgs84[0]}; by URI ${wgs84[1]}`);
console.log(`4490 by URN ${cgcs2000[0]}; by URI ${cgcs2000[1]}`);
const shenyang = "13736825,5131067";
assert.deepStrictEqual([...wgs84, ...cgcs2000], [shenyang, shenyang, shenyang, "42,123"]);
JS
node try.js
