// A small map of some features over the district and its zones; the page holds all in a table too.

import { el } from "../shared/dom.js";
import { exactly } from "../shared/exact-json.js";
import { ZoneNames } from "../shared/zone-names.js";

const L = window.L;
const place = document.getElementById("data-map");
const SEAL = "#a63026";
const ACCENT = "#1d5468";
const STEP_BACK = 0.55;

async function fetched(address) {
  const response = await fetch(address, { headers: { Accept: "application/geo+json" } });
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return exactly(await response.text());
}

/**
 * @param {object} map
 * @param {object} styles
 * @param {object[]} layers
 * @returns {object[]} the zones to be named
 */
function ground(map, styles, [district, zones]) {
  L.geoJSON(district, { interactive: false, style: { color: "#6b6255", weight: 1.5, fillColor: "#fbf9f4", fillOpacity: 1 } }).addTo(map);
  const drawn = L.geoJSON(zones, {
    interactive: false,
    style: ({ id }) => ({ color: styles[id]?.[1] ?? "#777", weight: 1, fillColor: styles[id]?.[0] ?? "#ddd", fillOpacity: STEP_BACK / 2, opacity: STEP_BACK }),
  }).addTo(map);
  return drawn.getLayers().filter(({ feature }) => styles[feature.id]).map((layer) => {
    const [, line, order, short] = styles[layer.feature.id];
    return { id: layer.feature.id, layer, line, order, short };
  });
}

// Values are text nodes, so that a feature cannot write into the page.
function described(feature, layer) {
  const properties = feature.properties ?? {};
  const english = document.documentElement.lang === "en" ? properties.name_en : null;
  const shown = [english, properties[place.dataset.named], properties.name].find((each) => String(each ?? "").trim() !== "") ?? feature.id;
  const href = `${place.dataset.link}${encodeURIComponent(feature.id)}?f=html`;
  layer.bindPopup(() => el("a", { href }, String(shown)));
}

/** Return the radius in metres of the circle in which a place lies that is known no better, else null. */
function circleOf({ geometry, properties }) {
  const radius = properties?.accuracy_m;
  return geometry?.type === "Point" && radius > Number(place.dataset.circleBeyond) ? radius : null;
}

function placed(feature, at) {
  const radius = circleOf(feature);
  if (radius !== null) return L.circle(at, { radius, dashArray: "5 4" });
  return L.circleMarker(at, { radius: 6, color: "#fff", weight: 1.5, fillColor: SEAL, fillOpacity: 0.95 });
}

function own(map, answer) {
  return L.geoJSON(answer, {
    style: (feature) => ({ color: ACCENT, weight: 2, fillColor: ACCENT, fillOpacity: circleOf(feature) === null ? 0.3 : 0.06 }),
    pointToLayer: placed,
    onEachFeature: described,
  }).addTo(map);
}

function looked(map, layers) {
  const bounds = layers.map((layer) => layer.getBounds()).find((box) => box.isValid());
  if (bounds) map.fitBounds(bounds.pad(0.08), { maxZoom: 16, animate: false });
}

const answers = await Promise.all([place.dataset.items, ...JSON.parse(place.dataset.ground)].map(fetched));
const [items, ...behind] = answers;
export const map = L.map(place, { attributionControl: false, zoomControl: false, zoomSnap: 0.25, center: [41.76, 123.41], zoom: 12 });
L.control.zoom({ zoomInTitle: place.dataset.zoomIn, zoomOutTitle: place.dataset.zoomOut }).addTo(map);
const zones = ground(map, JSON.parse(place.dataset.styles), behind);
/** What is drawn of the features themselves. */
export const drawn = own(map, items);
looked(map, [drawn, L.geoJSON(behind[0])]);
new ZoneNames(map, zones);
place.dataset.ready = "";
