#!/usr/bin/env bash
# wellknown 0.5.0: MULTIPOLYGON Z and MULTILINESTRING Z are read as geometries without any part.
#
# The package reads POINT Z, LINESTRING Z, POLYGON Z and MULTIPOINT Z with their heights. The guess
# was that the other two are read as well, or give null as all that it cannot read does
# (https://github.com/mapbox/wellknown). They give a geometry of the right type with no coordinates,
# so that a parcel of two parts is nowhere; the same text without the Z is read whole. What it writes
# of heights has no Z, which wkx refuses.
#
# Output seen:
#   POLYGON Z 1 parts, MULTIPOLYGON Z 0 parts, MULTILINESTRING Z 0 parts, without Z 1 parts
#   written: POINT (1 2 3); wkx: Error: Expected group end
# Source: seen here.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund "wellknown@0.5.0" "wkx@0.5.0" > npm.log
cat > try.js <<'JS'
import assert from "node:assert";
import wellknown from "wellknown";
import wkx from "wkx";

const parts = (wkt) => wellknown.parse(wkt).coordinates.length;
const ring = "((0 0 1, 1 0 1, 1 1 1, 0 0 1))";
const seen = [parts(`POLYGON Z ${ring}`), parts(`MULTIPOLYGON Z (${ring})`),
  parts("MULTILINESTRING Z ((0 0 1, 1 1 1))"), parts(`MULTIPOLYGON (${ring})`)];
console.log(`POLYGON Z ${seen[0]} parts, MULTIPOLYGON Z ${seen[1]} parts, `
  + `MULTILINESTRING Z ${seen[2]} parts, without Z ${seen[3]} parts`);
assert.deepStrictEqual(seen, [1, 0, 0, 1]);
const written = wellknown.stringify({ type: "Point", coordinates: [1, 2, 3] });
let refused = "";
try { wkx.Geometry.parse(written); } catch (error) { refused = String(error); }
console.log(`written: ${written}; wkx: ${refused}`);
assert.strictEqual(written, "POINT (1 2 3)");
assert.ok(refused);
JS
node try.js
