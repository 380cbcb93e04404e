// The rows of a table and the map beside it: what is chosen in one is marked in the other.

import { el, svg } from "../shared/dom.js";
import { drawn, map } from "./data-map.js";

const L = window.L;
const CHOSEN = { color: "#a63026", weight: 4 };
const table = document.querySelector(".items-table");
const rows = new Map([...table.querySelectorAll("tr[data-feature]")].map((row) => [row.dataset.feature, row]));
const shapes = new Map(drawn.getLayers().map((shape) => [String(shape.feature.id), shape]));
let restore = () => {};

/** A pin. */
const sign = () => svg("svg", { width: 14, height: 16, viewBox: "0 0 14 16", "aria-hidden": "true" }, svg("path", { d: "M7 15C3 10 1.500 8 1.500 5.800a5.500 5.500 0 0 1 11 0C12.500 8 11 10 7 15ZM7 4a2 2 0 1 0 0 4 2 2 0 0 0 0-4Z", fill: "none", stroke: "currentColor", "stroke-width": 1.4, "stroke-linejoin": "round" }));

/** The paths that a feature is drawn by: several of a multipoint. */
const paths = (shape) => (shape.getLayers ? shape.getLayers() : [shape]);

/** Mark a feature in both; its id, or null for none. */
function mark(fid) {
  restore();
  const [row, shape] = [rows.get(fid), shapes.get(fid)];
  row?.setAttribute("aria-current", "true");
  const before = shape ? paths(shape).map((path) => [path, { color: path.options.color, weight: path.options.weight }]) : [];
  for (const [path] of before) path.setStyle(CHOSEN).bringToFront();
  restore = () => {
    row?.removeAttribute("aria-current");
    for (const [path, look] of before) path.setStyle(look);
  };
}

/** Bring a feature into view, no nearer than its surroundings can be told. */
function show(fid) {
  mark(fid);
  const shape = shapes.get(fid);
  const bounds = shape.getBounds ? shape.getBounds() : L.latLngBounds([shape.getLatLng()]);
  map.fitBounds(bounds.pad(0.3), { maxZoom: 15, animate: false });
  shape.openPopup();
}

for (const [fid, row] of rows) {
  row.addEventListener("pointerenter", () => mark(fid));
  row.addEventListener("focusin", () => mark(fid));
  const title = `${table.dataset.show}: ${row.querySelector("th a").textContent}`;
  if (shapes.has(fid)) row.querySelector("th").append(el("button", { type: "button", class: "row-show", title, "aria-label": title, on: { click: () => show(fid) } }, sign()));
}
for (const [fid, shape] of shapes) {
  shape.on("click", () => {
    mark(fid);
    rows.get(fid)?.scrollIntoView({ block: "nearest" });
  });
}
