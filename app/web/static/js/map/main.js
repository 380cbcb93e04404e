// The map page: puts the parts together and tells each what the others need to know.

import * as addressbar from "./address-bar.js";
import { address, ask, Refusal } from "../shared/api.js";
import { featuresAt, hitList, unplaced, withoutPlace } from "./features-at-click.js";
import { Basemaps } from "./basemaps.js";
import { el } from "../shared/dom.js";
import { featureView } from "./feature-view.js";
import { Labels } from "./labels.js";
import { addLayerPanel } from "./layer-panel.js";
import { Layers } from "./layers.js";
import { overviewView } from "./overview.js";
import { elementDrawn, elementOf, givenName, page, word } from "../shared/page.js";
import { Panel } from "./panel.js";
import { locate, placementView } from "../shared/answer.js";
import { placeInFile } from "./offline-locate.js";
import { profileView } from "./profile.js";
import { addReadout } from "../shared/pointer-coordinates.js";
import { Search } from "./search.js";
import { Selection } from "./selection.js";
import { addHatch, addPanes } from "./symbols.js";
import { addTileHover } from "./tile-hover.js";
import { addPrinting } from "./printing.js";
import { addDrawers } from "./layer-list-drawer.js";
import { locatedPlace } from "./search-place.js";
import { ownTurn } from "./turns.js";
import { remember as rememberLayers, remembered, usual } from "./usual-layers.js";
import { restoreOpacity, restoreOrder } from "../tools/opacity.js";
import { Tools } from "../tools/toolbar.js";

const L = window.L;
const map = window[page.map];
addPanes(map);
addHatch();

const layers = new Layers(map, (event, layer, feature) => {
  event.originalEvent.picked = { layer, feature };
});
const basemaps = new Basemaps(map, layers);
const selection = new Selection(map);
const panel = new Panel(home);
new Labels(map, layers);
const tools = new Tools({ map, basemaps, whole, showPlace, makeRoom: () => panel.makeRoom(isSheet()) });
let turn = 0;

/** Run `work` and show what it returns, unless the reader has asked for something else meanwhile. */
async function answer(title, work) {
  turn += 1;
  const mine = turn;
  panel.wait(title);
  try {
    const view = await work();
    if (mine === turn) panel.show(view.title, view.nodes);
    return mine === turn;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (mine === turn) panel.refuse(title, error.message);
    return false;
  }
}

function home() {
  turn += 1;
  selection.outline(null);
  selection.pin(null);
  addressbar.write({ sel: null, at: null });
  panel.show(word("layout-title"), overviewView(showElement), { home: true });
}

async function profileOf(id) {
  return ask(address(`${page.urls.plan}/${encodeURIComponent(id)}`, { f: "json", lang: page.lang, revision: page.revision_pinned }));
}

const isNarrow = () => window.matchMedia("(max-width: 760px)").matches;
/** Whether the panel is a sheet over the map: not where the window is wide but low. */
const isSheet = () => isNarrow() && !window.matchMedia("(min-width: 560px) and (max-height: 500px)").matches;

/** Space that the list of layers and the sheet take from the map, for bringing things into view. */
function padding() {
  if (isSheet()) return { paddingTopLeft: [12, 60], paddingBottomRight: [12, map.getSize().y * 0.5] };
  const listed = document.body.dataset.layers === "open" && !isNarrow();
  return { paddingTopLeft: [listed ? 300 : 30, 30], paddingBottomRight: [60, 50] };
}

/** Show all of what the page opens with. */
function whole() {
  const [west, south, east, north] = page.bbox;
  const room = document.body.dataset.presenting ? { paddingTopLeft: isNarrow() ? [12, 130] : [map.getSize().x * 0.3, 24], paddingBottomRight: [24, 24] } : padding();
  map.fitBounds([basemaps.latlng([west, south]), basemaps.latlng([east, north])], { ...room, animate: false });
}

function outlined(id) {
  const found = layers.find(id);
  selection.outline(found?.feature ?? null);
  return found;
}

/** Open an element's profile; bring it into view unless the reader is looking at it already. */
async function showElement(id, { fly = true } = {}) {
  if (!elementOf(id)) return;
  selection.pin(null);
  addressbar.write({ sel: id, at: null });
  const found = outlined(id);
  if (fly && found?.feature.geometry) selection.flyTo(found.feature, padding());
  const title = word(`type-${elementOf(id).type}`);
  await answer(title, async () => ({ title, nodes: profileView(await profileOf(id), showFeature, showElement) }));
  panel.focus();
}

/** Open any feature by collection and id; it is asked of the service when not on the map. */
async function showFeature(collection, fid, { fly = true } = {}) {
  const element = elementDrawn(collection, fid);
  if (elementOf(element)) return showElement(element, { fly });
  selection.pin(null);
  addressbar.write({ sel: `${collection}/${fid}`, at: null });
  const layer = layers.layer(collection);
  if (!layer) return home();
  return answer(layer.title, async () => {
    if (!layers.shown.has(collection)) await layers.show(collection, true);
    const feature = layers.find(fid, collection)?.feature ?? (await layers.whole(layer, fid));
    selection.outline(feature);
    if (fly && feature.geometry) selection.flyTo(feature, padding());
    return featureView(layer, feature, showElement);
  });
}

/** Tell which zones hold a place; below it, what was hit or the zone that the place is in. */
async function showPlace(latlng, drawn = null) {
  const [lon, lat] = basemaps.place(latlng);
  selection.pin(latlng);
  selection.outline(drawn?.feature ?? null);
  addressbar.write({ at: `${lon.toFixed(6)},${lat.toFixed(6)}`, sel: null });
  const position = basemaps.datum ? [latlng.lng, latlng.lat] : [lon, lat];
  const title = word("which-zone");
  let placement;
  let picked;
  const shown = await answer(title, async () => {
    [placement, picked] = await Promise.all([page.offline ? placeInFile(layers, latlng, showElement) : locate(position, basemaps.datum), layers.hit(latlng, drawn)]);
    selection.outline(picked?.feature ?? null);
    if (ownWords(picked)) addressbar.write({ sel: `${picked.layer.id}/${picked.feature.id}` });
    const hits = featuresAt(map, layers, latlng);
    const nodes = placement.nodes ?? placementView(placement, showElement, (id) => showFeature("disputes", id));
    const counted = picked ? null : layers.countedAt(latlng);
    if (counted) nodes.unshift(el("p", { class: "note" }, word("counted-here", { title: counted.layer.title, count: counted.count }), " ", el("button", { type: "button", class: "text-button", on: { click: () => map.setView(latlng, map.getZoom() + 2) } }, word("counted-closer"))));
    if (ownWords(picked)) nodes.unshift(...namedView(picked));
    if (hits.length > 1) nodes.unshift(hitList(hits, picked, (hit) => showPlace(latlng, hit)));
    return { title, nodes };
  });
  const element = elementOf(picked?.feature.element ?? picked?.feature.id)?.id ?? placement?.primary ?? insideBelt(placement);
  if (shown && element && !ownWords(picked)) addProfile(element);
}

/** What is said of a feature that was hit, its name first. */
function namedView({ layer, feature }) {
  const name = givenName(feature.properties, layer);
  const { nodes } = featureView(layer, feature, showElement);
  return name === null ? nodes : [el("h3", { class: "feature-name" }, name), ...nodes];
}

/** Whether what was hit is no element of the plan, so that it is told of instead of one. */
const ownWords = (picked) => picked && !elementOf(picked.feature.id);

/** Put an element's profile below what the panel shows. */
async function addProfile(id) {
  const mine = turn;
  outlined(id);
  try {
    const profile = await profileOf(id);
    if (mine === turn) panel.add(profileView(profile, showFeature, showElement));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (mine === turn) panel.add([el("p", { class: "refusal", role: "alert" }, error.message)]);
  }
}

const insideBelt = (placement) => placement?.belts?.find(({ inside }) => inside)?.id;

/** Show the part of the map that an address names; return whether it names one. */
function showView(view) {
  const centre = addressbar.numbers(view, 3);
  if (centre) map.setView(basemaps.latlng([centre[1], centre[0]]), centre[2], { animate: false });
  return centre !== null;
}

/** Return {layer, feature} of what a link says was chosen at its place; null if it says nothing. */
async function pickedBefore(sel) {
  const [collection, fid] = (sel ?? "").split(/\/(.*)/);
  const layer = layers.layer(collection);
  if (!layer || !fid) return null;
  try {
    if (!layers.shown.has(collection)) await layers.show(collection, true);
    return { layer, feature: layers.find(fid, collection)?.feature ?? (await layers.whole(layer, fid)) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return null;
  }
}

function showUnplaced(id) {
  turn += 1;
  selection.outline(null);
  selection.pin(null);
  const layer = layers.layer(id);
  panel.show(word("without-place", { title: layer.title, count: unplaced(layers, id).length }), withoutPlace(layer, unplaced(layers, id), showFeature));
  panel.focus();
}

/** Show a hit of the search: a feature, or coordinates. */
async function showHit(hit) {
  if (hit.collection) return showFeature(hit.collection, hit.id);
  return answer(word("which-zone"), async () => {
    const latlng = basemaps.latlng(await locatedPlace(hit));
    map.setView(latlng, Math.max(map.getZoom(), 14), { animate: false });
    await showPlace(latlng);
  });
}

function restore({ view, sel, at, op, ord }) {
  restoreOpacity(map, op);
  restoreOrder(map, ord);
  const centre = showView(view);
  const place = addressbar.numbers(at, 2);
  if (place) pickedBefore(sel).then((picked) => showPlace(basemaps.latlng(place), picked));
  else if (sel?.includes("/")) showFeature(...sel.split(/\/(.*)/).slice(0, 2), { fly: !centre });
  else if (sel && elementOf(sel)) showElement(sel, { fly: !centre });
  else home();
}

function remember() {
  const [lon, lat] = basemaps.place(map.getCenter());
  addressbar.write({ view: `${lat.toFixed(5)},${lon.toFixed(5)},${map.getZoom()}` });
}

const handlers = {
  show: (id) => {
    // On a narrow screen the list covers the map that the choice is to be seen on.
    if (isNarrow()) document.getElementById("layers-close").click();
    showElement(id);
  },
  unplaced: (id) => {
    if (isNarrow()) document.getElementById("layers-close").click();
    showUnplaced(id);
  },
  layer: async (id, visible) => {
    await layers.show(id, visible);
    addressbar.write({ on: [...layers.shown].join(",") });
    rememberLayers(layers.all, layers.shown);
  },
  usual: async () => {
    const shown = new Set(usual(layers.all));
    for (const { id } of layers.all) if (shown.has(id) !== layers.shown.has(id)) await layers.show(id, shown.has(id));
    addressbar.write({ on: null });
    rememberLayers(layers.all, layers.shown);
  },
  basemap: async (id) => {
    selection.outline(null);
    selection.pin(null);
    tools.end();
    await basemaps.use(id);
    addressbar.write({ base: id === "none" ? null : id });
  },
};

async function start() {
  await ownTurn(); // evaluating the modules was one
  addDrawers(map);
  addPrinting(map);
  whole();
  const requested = addressbar.read();
  if (requested.on !== undefined) {
    layers.shown = new Set(requested.on.split(",").filter((id) => layers.layer(id)));
  } else if (!Object.keys(requested).length) {
    const chosen = remembered(layers.all);
    if (chosen) layers.shown = new Set(chosen);
    if (chosen) addressbar.write({ on: chosen.join(",") }); // so that what is shared is what is seen
  }
  addLayerPanel(document.getElementById("layer-list"), layers, basemaps, handlers);
  addReadout(map, document.getElementById("readout"), (latlng) => basemaps.place(latlng));
  addTileHover(map, layers);
  new Search(showHit);
  map.on("click", (event) => tools.click(event.latlng) || showPlace(event.latlng, event.originalEvent.picked));
  map.getContainer().addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === map.getContainer()) tools.click(map.getCenter()) || showPlace(map.getCenter());
  });
  document.addEventListener("keydown", (event) => {
    const isElsewhere = event.target.closest?.("dialog, input, select, textarea, .panel");
    if (event.key === "Escape" && !isElsewhere && !tools.end()) home();
  });
  await ownTurn();
  const moved = basemaps.use(requested.base ?? page.basemap);
  showView(requested.view); // before anything is asked for that only the whole district's view would need
  await (basemaps.datum ? moved : layers.load());
  restore(requested);
  map.on("moveend", remember);
  addressbar.onChange(restore);
  document.body.dataset.ready = "true";
}

start();
