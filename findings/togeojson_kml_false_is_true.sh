#!/usr/bin/env bash
# @tmcw/togeojson 7.1.3: the boolean false of a KML's schema becomes true, an empty number becomes 0.
#
# A SimpleField of a KML has a type, and its SimpleData a value of it: true, false, 1 or 0 for bool
# (https://developers.google.com/kml/documentation/kmlreference#schema). The guess was that the
# converter takes types as they are meant, as it takes whole numbers and texts. But false and 0 are
# true, because only an empty text is false; a number that was left empty is 0; a code of 16 digits
# that is typed int is rounded. Nothing is told.
#
# Output seen:
#   {"yes":true,"no":true,"zero":true,"area":0,"code":9007199254740992}
# Source: seen here.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund "@tmcw/togeojson@7.1.3" "@xmldom/xmldom@0.8.10" > npm.log
cat > try.js <<'JS'
import assert from "node:assert";
import { kml } from "@tmcw/togeojson";
import { DOMParser } from "@xmldom/xmldom";

const fields = [["bool", "yes", "true"], ["bool", "no", "false"], ["bool", "zero", "0"],
  ["double", "area", ""], ["int", "code", "9007199254740993"]];
const text = `<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Schema name="s" id="s">
${fields.map(([type, name]) => `<SimpleField type="${type}" name="${name}"/>`).join("")}</Schema>
<Placemark><ExtendedData><SchemaData schemaUrl="#s">
${fields.map(([, name, value]) => `<SimpleData name="${name}">${value}</SimpleData>`).join("")}
</SchemaData></ExtendedData><Point><coordinates>123.4,41.8</coordinates></Point></Placemark></Document></kml>`;
const read = kml(new DOMParser().parseFromString(text, "text/xml")).features[0].properties;
console.log(JSON.stringify(read));
assert.deepStrictEqual(read, { yes: true, no: true, zero: true, area: 0, code: 9007199254740992 });
JS
node try.js
