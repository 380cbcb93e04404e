// All that is drawn at a place: of features that lie over each other a click would show one alone.

import { el } from "../shared/dom.js";
import { nameOf, word } from "../shared/page.js";
import { circleOf } from "./uncertainty-circles.js";

const NEAR = 9; // pixels: a dot of a site and its edge
const GROUPS = ["sites", "own", "evidence"];

/** Return {layer, feature} of each feature of the layers shown that is at a place, points first. */
export function featuresAt(map, layers, latlng) {
  const at = map.latLngToContainerPoint(latlng);
  const near = (lon, lat, metres) => (metres === null ? map.latLngToContainerPoint([lat, lon]).distanceTo(at) <= NEAR : map.distance([lat, lon], latlng) <= metres);
  const found = layers.all
    .filter(({ id, group }) => layers.shown.has(id) && GROUPS.includes(group))
    .flatMap((layer) => [...layers.features(layer.id).filter((feature) => isAt(feature, latlng, near)), ...layers.tiledHere(layer, latlng)].map((feature) => ({ layer, feature })));
  return found.sort((one, other) => rank(one.feature) - rank(other.feature));
}

const rank = ({ geometry }) => (geometry?.type.endsWith("Point") ? 0 : 1);

/** Whether a feature is at a place; `near(lon, lat, circle)` says it of points. */
export function isAt(feature, { lng, lat }, near) {
  const { type, coordinates } = feature.geometry ?? {};
  if (type === "Point") return near(...coordinates, circleOf(feature));
  if (type === "MultiPoint") return coordinates.some(([lon, latitude]) => near(lon, latitude, null));
  if (type === "Polygon") return isInside(coordinates, lng, lat);
  return type === "MultiPolygon" && coordinates.some((polygon) => isInside(polygon, lng, lat));
}

/** Whether a ray to the east crosses the rings an odd number of times. */
function isInside(rings, x, y) {
  let inside = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
      const [[ax, ay], [bx, by]] = [ring[i], ring[j]];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
    }
  }
  return inside;
}

/** Return the list of what lies at a place; `choose(hit)` is told which one the reader wants. */
export function hitList(hits, chosen, choose) {
  const items = hits.map((hit) => {
    const isShown = hit.layer.id === chosen?.layer.id && String(hit.feature.id) === String(chosen.feature.id);
    return el("li", {}, el("button", { type: "button", class: "hit-choice", "aria-current": isShown ? "true" : null, on: { click: () => choose(hit) } },
      el("b", {}, nameOf(hit.feature.properties, hit.layer)), el("span", { class: "hit-kind" }, hit.layer.title)));
  });
  return el("section", { class: "hits" }, el("h3", {}, word("hits-here", { count: hits.length })), el("ul", {}, items));
}

/** Return the list of a layer's features that have no place, and so are not on the map. */
export function withoutPlace(layer, features, show) {
  const items = features.map((feature) => el("li", {}, el("button", { type: "button", class: "hit-choice", on: { click: () => show(layer.id, feature.id) } },
    el("b", {}, nameOf(feature.properties, layer)))));
  return [el("p", {}, word("without-place-what")), el("section", { class: "hits" }, el("ul", {}, items))];
}

/** Return those features of a layer that have no place. */
export const unplaced = (layers, id) => layers.features(id).filter(({ geometry }) => !geometry);
