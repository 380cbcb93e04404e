// What is chosen stands out: an outline around a feature, a pin where the reader clicked.

import { svg } from "../shared/dom.js";
import { circleOf } from "./uncertainty-circles.js";

const L = window.L;
const POINTS = new Set(["Point", "MultiPoint"]);

/** Shows one chosen feature and one asked-for place at a time. */
export class Selection {
  #map;
  #outline = L.layerGroup();
  #pin = null;

  constructor(map) {
    this.#map = map;
    this.#outline.addTo(map);
  }

  /** Outline a feature (as loaded, in the map's datum); null takes the outline away. */
  outline(feature) {
    this.#outline.clearLayers();
    if (!feature?.geometry) return;
    const options = { pane: "selection", interactive: false, fill: false };
    const radius = circleOf(feature);
    const stroke = { ...options, weight: 3, color: "#1c1917" };
    const ring = (_, latlng) => (radius === null ? L.circleMarker(latlng, { ...stroke, radius: 10 }) : L.circle(latlng, { ...stroke, radius }));
    if (POINTS.has(feature.geometry.type)) {
      this.#outline.addLayer(L.geoJSON(feature, { pointToLayer: ring }));
      return;
    }
    for (const style of [{ color: "#fff", weight: 7, opacity: 0.95 }, { color: "#1c1917", weight: 3 }]) {
      this.#outline.addLayer(L.geoJSON(feature, { ...options, style: { ...options, ...style } }));
    }
  }

  /** Put the pin at a place; null takes it away. */
  pin(latlng) {
    this.#pin?.remove();
    this.#pin = null;
    if (!latlng) return;
    const drop = svg(
      "svg",
      { width: 28, height: 38, viewBox: "0 0 28 38", "aria-hidden": "true" },
      svg("path", { d: "M14 36 C14 36 26 22 26 13 A12 12 0 1 0 2 13 C2 22 14 36 14 36Z", fill: "#1c1917", stroke: "#fff", "stroke-width": 2 }),
      svg("circle", { cx: 14, cy: 13, r: 4.5, fill: "#fff" }),
    );
    const icon = L.divIcon({ html: drop, className: "pin", iconSize: [28, 38], iconAnchor: [14, 36] });
    this.#pin = L.marker(latlng, { icon, interactive: false, keyboard: false }).addTo(this.#map);
  }

  /** Bring a feature or a place into view, leaving room for what lies over the map. */
  flyTo(target, padding) {
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const options = { ...padding, maxZoom: 16, duration: 0.7, animate: !calm };
    this.#map.flyToBounds(boundsOf(target), options);
  }
}

function boundsOf(target) {
  if (target instanceof L.LatLng) return target.toBounds(600);
  const radius = circleOf(target);
  const bounds = L.geoJSON(target).getBounds();
  return radius === null ? bounds : bounds.getCenter().toBounds(2 * radius);
}
