// Giving a place to a feature that has none: clicked on the map or typed, with how well it is known.

import { map } from "./data-map.js";
import { locatedPlace, placesOf } from "../map/search-place.js";
import { Refusal } from "../shared/api.js";
import { el, fill } from "../shared/dom.js";
import { page, word } from "../shared/page.js";
import { send } from "../shared/staff-api.js";

const L = window.L;
const form = document.getElementById("place-it");
const status = document.getElementById("place-told");
const field = (name) => form.elements.namedItem(name);
const drawn = L.layerGroup().addTo(map);

const refuse = (message) => fill(status, el("p", { class: "refusal", role: "alert" }, message));

/**
 * Show the place in its circle, as far as it is said.
 * @param {number[]} place
 */
function show([lon, lat]) {
  drawn.clearLayers();
  const metres = Number(field("accuracy").value);
  if (metres > 0) L.circle([lat, lon], { radius: metres, color: "#a63026", weight: 1.5, dashArray: "5 4", fillOpacity: 0.08, interactive: false }).addTo(drawn);
  L.circleMarker([lat, lon], { radius: 6, color: "#fff", weight: 1.5, fillColor: "#a63026", fillOpacity: 1, interactive: false }).addTo(drawn);
}

/** Return [lon, lat] of what is typed; null, and say why, if it is no place. */
async function placeTyped() {
  const [found] = placesOf(field("coordinates").value);
  if (found) return found.crs === "CRS84" ? [found.x, found.y] : locatedPlace(found);
  refuse(word("place-unread"));
  return null;
}

async function shownTyped() {
  try {
    const place = await placeTyped();
    if (!place) return;
    fill(status);
    show(place);
    if (!map.getBounds().contains([place[1], place[0]])) map.setView([place[1], place[0]], 15, { animate: false });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    refuse(error.message);
  }
}

async function store() {
  try {
    const place = await placeTyped();
    if (!place) return;
    const properties = { accuracy_m: Number(field("accuracy").value), located_by: field("source").value.trim() };
    const patch = { geometry: { type: "Point", coordinates: place }, properties };
    await send(page.urls.item, "PATCH", patch, { "If-Match": `"r${page.revision}"` });
    window.location.reload();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    refuse(error.message);
  }
}

map.on("click", ({ latlng }) => {
  field("coordinates").value = `${latlng.lng.toFixed(6)}, ${latlng.lat.toFixed(6)}`;
  fill(status);
  show([latlng.lng, latlng.lat]);
});
field("coordinates").addEventListener("change", shownTyped);
field("accuracy").addEventListener("change", () => field("coordinates").value && shownTyped());
form.addEventListener("submit", (event) => {
  event.preventDefault();
  store();
});
form.dataset.ready = "true";
document.body.dataset.ready = "true";
