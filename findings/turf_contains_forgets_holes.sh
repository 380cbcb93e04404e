#!/usr/bin/env bash
# @turf/turf 7.4.0: an area with a hole contains what covers the whole hole.
#
# booleanContains is true where the second geometry is completely in the first, and booleanWithin the
# other way round (https://turfjs.org/docs/api/booleanContains). The guess was that an area which lies
# over the hole is not contained. It is, if all its corners are beside the hole. A quarter of it is
# outside, as intersect shows; an area with a corner in the hole is rightly refused.
#
# Output seen:
#   over the hole: contains true, within true, as MultiPolygon true; inside 75 % of its area
#   a corner in the hole: contains false
# Source: seen here.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund "@turf/turf@7.4.0" > npm.log
cat > try.js <<'JS'
import assert from "node:assert";
import * as turf from "@turf/turf";

const square = (from, to) => [[from, from], [to, from], [to, to], [from, to], [from, from]];
const zone = turf.polygon([square(0, 10), square(4, 6)]);
const over = turf.polygon([square(3, 7)]);
const corner = turf.polygon([square(3, 4.5)]);
const many = turf.multiPolygon([zone.geometry.coordinates]);
const seen = [turf.booleanContains(zone, over), turf.booleanWithin(over, zone), turf.booleanContains(many, over)];
const shared = turf.area(turf.intersect(turf.featureCollection([zone, over]))) / turf.area(over);
console.log(`over the hole: contains ${seen[0]}, within ${seen[1]}, as MultiPolygon ${seen[2]}; `
  + `inside ${Math.round(100 * shared)} % of its area`);
console.log(`a corner in the hole: contains ${turf.booleanContains(zone, corner)}`);
assert.deepStrictEqual(seen, [true, true, true]);
assert.ok(shared < 0.76);
assert.ok(!turf.booleanContains(zone, corner));
JS
node try.js
