// Where the reader is, as far as the device says: the place, how sure it is, and its zone.

import { el, fill } from "../shared/dom.js";
import { distance, word } from "../shared/page.js";
import { toolBox } from "./toolbar.js";

const L = window.L;
const PATIENCE_MS = 20000;
const FAULTS = { 1: "here-denied", 2: "here-unknown", 3: "here-late" };

/** Ask the device where it is; return what ends the tool. */
export function here({ map, basemaps, showPlace, end }) {
  const drawn = L.layerGroup().addTo(map);
  const status = el("div", { class: "tool-told", role: "status" }, word("here-asking"));
  const box = toolBox(word("tool-here"), status, el("div", { class: "tool-actions" }, el("button", { type: "button", class: "tool-button", on: { click: end } }, word("tool-close"))));
  let over = false;

  function show({ coords }) {
    if (over) return;
    // Devices tell WGS 84, which is CGCS2000 to less than a metre.
    const latlng = basemaps.latlng([coords.longitude, coords.latitude]);
    L.circle(latlng, { radius: coords.accuracy, pane: "selection", color: "#1b6fd0", weight: 2, fillOpacity: 0.12, interactive: false }).addTo(drawn);
    fill(status, el("p", {}, word("here-found", { accuracy: distance(coords.accuracy) })));
    map.setView(latlng, Math.max(map.getZoom(), 15));
    showPlace(latlng);
  }

  if (!window.isSecureContext || !navigator.geolocation) fill(status, el("p", {}, word("here-insecure")));
  else navigator.geolocation.getCurrentPosition(show, ({ code }) => fill(status, el("p", {}, word(FAULTS[code] ?? "here-unknown"))), { enableHighAccuracy: true, timeout: PATIENCE_MS });
  return {
    end() {
      over = true;
      drawn.remove();
      box.remove();
    },
  };
}
