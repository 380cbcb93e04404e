// Somebody saved first: both versions on the map, and the choice whose is to stay.

import { el } from "../shared/dom.js";
import { givenName, word } from "../shared/page.js";
import { keyOf } from "./topology.js";

const L = window.L;
const MINE = { color: "#a63026", weight: 3, fill: false, interactive: false };
const THEIRS = { color: "#1f5fa8", weight: 3, dashArray: "7 6", fill: false, interactive: false };

/** Return the features that both changed: {key, collection, id, mine, theirs}; null is deleted. */
export function bothChanged(changes, changedThere, features) {
  const theirs = new Map(features.map((each) => [keyOf(each.collection, each.id), each]));
  return changes.flatMap(({ collection, put, delete: gone }) => {
    const there = changedThere[collection];
    const touched = new Set(there ? [...there.changed, ...there.removed, ...there.added] : []);
    const mine = [...put.filter(({ id }) => id !== undefined).map((each) => [each.id, each]), ...gone.map((id) => [id, null])];
    return mine.filter(([id]) => touched.has(id)).map(([id, each]) => ({ key: keyOf(collection, id), collection, id, mine: each, theirs: theirs.get(keyOf(collection, id)) ?? null }));
  });
}

/** Return the changes without those for which theirs was chosen. */
export function withoutTheirs(changes, chosen) {
  const isTheirs = (collection, id) => chosen.get(keyOf(collection, id)) === "theirs";
  return changes.map(({ collection, put, delete: gone }) => ({ collection, put: put.filter(({ id }) => id === undefined || !isTheirs(collection, id)), delete: gone.filter((id) => !isTheirs(collection, id)) }));
}

/** Draw both versions of each feature upon the map; return the layer. */
export function drawBoth(map, found) {
  const layer = L.featureGroup().addTo(map);
  for (const { mine, theirs } of found) {
    if (theirs?.geometry) L.geoJSON(theirs.geometry, { style: THEIRS }).addTo(layer);
    if (mine?.geometry) L.geoJSON(mine.geometry, { style: MINE }).addTo(layer);
  }
  if (layer.getLayers().length) map.fitBounds(layer.getBounds(), { padding: [40, 40], maxZoom: 18 });
  return layer;
}

/** Return the box with the choice; `decide(chosen)` gets a Map from key to "mine" or "theirs". */
export function conflictView(message, found, { decide, titleField }) {
  const rows = found.map((each) => row(each, titleField));
  const done = () => decide(new Map(rows.map(({ key, select }) => [key, select.value])));
  return el(
    "section",
    { class: "box ask", role: "alert", id: "conflict" },
    el("h2", {}, word("edit-conflict")),
    el("p", {}, message),
    el("p", { class: "map-legend" }, el("span", {}, el("i", { class: "line-mine" }), word("edit-mine")), el("span", {}, el("i", { class: "line-theirs" }), word("edit-theirs"))),
    found.length ? el("ul", { class: "conflict-list" }, rows.map(({ node }) => node)) : el("p", { class: "note" }, word("edit-conflict-none")),
    el("div", { class: "actions" }, el("button", { type: "button", class: "button", id: "decide", on: { click: done } }, word("edit-conflict-go-on"))),
  );
}

function row({ key, id, mine, theirs }, titleField) {
  const name = givenName({ ...theirs?.properties, ...mine?.properties }, { title_field: titleField }) ?? id;
  const select = el("select", {}, el("option", { value: "mine" }, word(mine ? "edit-keep-mine" : "edit-keep-mine-deleted")), el("option", { value: "theirs" }, word(theirs ? "edit-keep-theirs" : "edit-keep-theirs-deleted")));
  return { key, select, node: el("li", {}, el("label", {}, el("b", {}, name), select)) };
}
