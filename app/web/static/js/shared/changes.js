// What differs between two states, as figures, as a table and on a map.

import { el } from "./dom.js";
import { valueText } from "./exact-json.js";
import { distance, figure, word } from "./page.js";

const L = window.L;
export const COLOURS = { added: "#1f8a4c", changed: "#d07a00", removed: "#b3261e" };

/** Return counts by kind, each with the colour that the map gives it. */
export function countChips(counts) {
  return el("p", { class: "chips" }, ["added", "changed", "removed", "unchanged"].filter((kind) => kind in counts).map((kind) => (
    el("span", { class: `chip chip-${kind}` }, `${word(`staff-${kind}`)} `, el("b", {}, figure(counts[kind], 0))))));
}

/** Return the legend of the map. */
export function changesLegend() {
  return Object.entries(COLOURS).map(([kind, colour]) => el("span", {}, el("i", { style: { background: colour } }), word(`staff-${kind}`)));
}

/** Return a table of changes; `choose(id)` is called for the row that is chosen. */
export function changesTable(changes, choose) {
  const head = ["staff-feature", "staff-change", "staff-fields", "staff-moved", "staff-area-change"];
  return el("div", { class: "table-frame" }, el("table", { class: "figures-table changes" },
    el("thead", {}, el("tr", {}, head.map((code, index) => el("th", { scope: "col", class: index < 3 && "text" }, word(code))))),
    el("tbody", {}, changes.map((change) => row(change, choose)))));
}

function row(change, choose) {
  const title = change.name ? `${change.name} (${change.id})` : change.id;
  return el("tr", {},
    el("th", { scope: "row", "data-label": word("staff-feature") }, el("button", { type: "button", class: "link-button", on: { click: () => choose(change.id) } }, title)),
    el("td", { class: "text", "data-label": word("staff-change") }, el("span", { class: `chip chip-${change.change}` }, word(`staff-${change.change}`))),
    el("td", { class: "text", "data-label": word("staff-fields") }, change.fields.length ? el("ul", { class: "field-changes" }, change.fields.map(fieldChange)) : "—"),
    el("td", { "data-label": word("staff-moved") }, change.geometry_changed && change.change === "changed" ? distance(change.moved_m) : "—"),
    el("td", { "data-label": word("staff-area-change") }, change.area_change_m2 === null ? "—" : `${figure(Math.round(change.area_change_m2 * 10) / 10 + 0, 1)} m²`));
}

function fieldChange({ name, title, old, new: next, old_text: before, new_text: after }) {
  return el("li", {}, title ? `${title} (${name}): ` : `${name}: `, el("del", {}, meant(old, before)), " → ", el("ins", {}, meant(next, after)));
}

const meant = (value, text) => (text ? `${shown(value)} · ${text}` : shown(value));

function shown(value) {
  const text = valueText(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/** Return a layer of changed features; a changed one shows its old outline dashed. */
export function changesLayer(drawn) {
  const layer = L.geoJSON(drawn, { style, pointToLayer: (feature, place) => L.circleMarker(place, { radius: 5, ...style(feature) }) });
  layer.eachLayer((each) => each.bindTooltip(el("span", {}, each.feature.properties.name ?? String(each.feature.id))));
  const old = drawn.features.filter((feature) => feature.oldGeometry).map((feature) => ({ type: "Feature", geometry: feature.oldGeometry, properties: {} }));
  const before = L.geoJSON(old, { interactive: false, style: { color: "#5d564b", weight: 1.5, dashArray: "5 4", fill: false }, pointToLayer: (_, place) => L.circleMarker(place, { radius: 4, color: "#5d564b", fill: false }) });
  return L.featureGroup([before, layer]);
}

function style({ properties: { change } }) {
  return { color: COLOURS[change], weight: 2, fillColor: COLOURS[change], fillOpacity: 0.3 };
}

/** Bring the feature of that id into view and say its name. */
export function showChange(map, group, id) {
  group.getLayers().forEach((part) => part.eachLayer((each) => {
    if (each.feature?.id !== id) return;
    map.fitBounds(each.getBounds ? each.getBounds().pad(0.6) : L.latLngBounds([each.getLatLng()]).pad(0.01), { maxZoom: 17 });
    each.openTooltip();
  }));
}
