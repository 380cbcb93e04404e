// Measuring on the map: on the ellipsoid of CGCS2000, with the figure in the plane of EPSG:4550 beside it.

import * as packaged from "geographiclib-geodesic";

import { el, fill } from "../shared/dom.js";
import { distance, figure, word } from "../shared/page.js";
import { toPlane } from "../shared/pointer-coordinates.js";
import { toolBox } from "./toolbar.js";
import { typedPlaces } from "./typed-places.js";

const L = window.L;
// As a module it leaves a global behind; bundled it is what CommonJS exports.
const geodesic = /** @type {any} */ (packaged).default ?? window.geodesic;
const CGCS2000 = new geodesic.Geodesic.Geodesic(6378137, 1 / 298.257222101);
const STYLE = { pane: "selection", color: "#b3261e", weight: 3, interactive: false };

/** Return {geodesic, planar} of a way through [lon, lat] in CGCS2000, metres. */
export function lengthOf(places) {
  const points = places.map(toPlane);
  return {
    geodesic: sum(places, ([lon, lat], [otherLon, otherLat]) => CGCS2000.Inverse(lat, lon, otherLat, otherLon).s12),
    planar: sum(points, ([x, y], [otherX, otherY]) => Math.hypot(otherX - x, otherY - y)),
  };
}

/** Return {geodesic, planar, perimeter} of a ring of [lon, lat] in CGCS2000, m² and m; not closed. */
export function areaOf(places) {
  const ring = CGCS2000.Polygon(false);
  for (const [lon, lat] of places) ring.AddPoint(lat, lon);
  const { area, perimeter } = ring.Compute(false, true);
  const points = places.map(toPlane);
  const doubled = points.reduce((total, [x, y], at) => {
    const [nextX, nextY] = points[(at + 1) % points.length];
    return total + x * nextY - nextX * y;
  }, 0);
  return { geodesic: Math.abs(area), planar: Math.abs(doubled) / 2, perimeter };
}

function sum(items, between) {
  return items.slice(1).reduce((total, item, at) => total + between(items[at], item), 0);
}

function areaText(squareMetres) {
  if (squareMetres < 1e5) return `${figure(squareMetres, 1)} m²`;
  return `${figure(squareMetres / 1e6, 4)} ${word("unit-km2")}`;
}

/** Begin to measure a distance or an area; return what takes the map's clicks until it ends. */
export function measure(kind, { map, basemaps, end }) {
  const places = [];
  const drawn = L.layerGroup().addTo(map);
  const status = el("div", { class: "tool-told", role: "status" });
  const undo = el("button", { type: "button", class: "tool-button", on: { click: () => { places.pop(); show(); } } }, word("tool-undo"));
  const clear = el("button", { type: "button", class: "tool-button", on: { click: () => { places.length = 0; show(); } } }, word("tool-clear"));
  const close = el("button", { type: "button", class: "tool-button", on: { click: end } }, word("tool-close"));
  const box = toolBox(word(`tool-${kind}`), status, typedPlaces(addAll), el("div", { class: "tool-actions" }, undo, clear, close));
  map.getContainer().classList.add("measuring");
  map.doubleClickZoom.disable();

  function addAll(found) {
    places.push(...found);
    show();
    if (places.length) map.fitBounds(L.latLngBounds(places.map((place) => basemaps.latlng(place))).pad(0.3), { maxZoom: Math.max(map.getZoom(), 16), animate: false });
  }

  function draw() {
    drawn.clearLayers();
    const line = places.map((place) => basemaps.latlng(place));
    if (kind === "area" && line.length > 2) L.polygon(line, { ...STYLE, fillColor: STYLE.color, fillOpacity: 0.12 }).addTo(drawn);
    else L.polyline(line, STYLE).addTo(drawn);
    for (const latlng of line) L.circleMarker(latlng, { ...STYLE, radius: 4, fillColor: "#fff", fillOpacity: 1, weight: 2 }).addTo(drawn);
  }

  function facts() {
    if (kind === "distance") {
      if (places.length < 2) return [el("p", {}, word("tool-distance-how"))];
      const { geodesic: metres, planar } = lengthOf(places);
      return [el("strong", {}, distance(metres)), el("span", {}, `${figure(metres, 2)} m`), el("span", {}, word("tool-planar", { value: `${figure(planar, 2)} m` }))];
    }
    if (places.length < 3) return [el("p", {}, word("tool-area-how"))];
    const found = areaOf(places);
    return [el("strong", {}, areaText(found.geodesic)), el("span", {}, word("tool-mu", { hectares: figure(found.geodesic / 1e4, 4), mu: figure(found.geodesic * 0.0015, 2) })), el("span", {}, word("tool-planar", { value: areaText(found.planar) })), el("span", {}, word("tool-perimeter", { value: distance(found.perimeter) }))];
  }

  function show() {
    draw();
    fill(status, ...facts());
    undo.disabled = clear.disabled = !places.length;
  }

  show();
  return {
    click(latlng) {
      places.push(basemaps.place(latlng));
      show();
    },
    end() {
      drawn.remove();
      box.remove();
      map.getContainer().classList.remove("measuring");
      map.doubleClickZoom.enable();
    },
  };
}
