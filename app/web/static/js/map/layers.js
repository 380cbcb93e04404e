// The collections on the map: fetched by address, drawn, shown and hidden.

import { address, ask, features, Refusal } from "../shared/api.js";
import { el } from "../shared/dom.js";
import { elementDrawn, nameOf, page } from "../shared/page.js";
import { siteRadius, symbolise } from "./symbols.js";
import { TileLayer } from "./tile-layer.js";
import { ownTurn } from "./turns.js";

const L = window.L;
const POINTS = new Set(["Point", "MultiPoint"]);
const OVER_OWN = new Set(["own", "sites"]);

/** Collections drawn on the map. Fires `change` when what is shown has changed. */
export class Layers extends EventTarget {
  #map;
  #groups = new Map();
  #found = new Map();
  #datum = null;
  #onPick;

  /** `onPick(event, layer, feature)` is told of a click on a feature, before the map is. */
  constructor(map, onPick) {
    super();
    this.#map = map;
    this.#onPick = onPick;
    this.all = page.groups.flatMap((group) => group.layers);
    this.shown = new Set(this.all.filter((layer) => layer.visible).map((layer) => layer.id));
    this.failed = new Map();
    map.on("zoomend", () => this.#sizeDots());
  }

  /** The map that they are drawn on. */
  get map() {
    return this.#map;
  }

  /** The datum that layers are drawn in: null (CGCS2000) or "gcj02". */
  get datum() {
    return this.#datum;
  }

  /** Draw every layer to be shown in `datum`, asking the service for each anew. */
  async load(datum = null) {
    this.#datum = datum;
    this.#groups.forEach((group) => group.remove());
    this.#groups.clear();
    this.#found.clear();
    await Promise.all([...this.shown].map((id) => this.#draw(id)));
    await ownTurn();
    this.#changed();
    await ownTurn();
  }

  /** Show or hide one layer; it is fetched when first shown. */
  async show(id, visible) {
    this.shown[visible ? "add" : "delete"](id);
    if (!visible) this.#groups.get(id)?.remove();
    else if (this.#groups.has(id)) this.#groups.get(id).addTo(this.#map);
    else await this.#draw(id);
    this.#changed();
  }

  /** Return {layer, feature} of a loaded feature by its id, of one collection or of any, or null. */
  find(fid, collection = null) {
    for (const [id, list] of this.#found) {
      if (collection !== null && id !== collection) continue;
      const feature = list.find((candidate) => candidate.id === fid || candidate.element === fid);
      if (feature) return { layer: this.layer(id), feature };
    }
    return null;
  }

  /** Return the loaded features of a collection; empty until it was shown, and of one drawn from tiles. */
  features(id) {
    return this.#found.get(id) ?? [];
  }

  /** Return what is to be named of a collection: its features, or the places of names in its tiles. */
  named(id) {
    const group = this.#groups.get(id);
    return group instanceof TileLayer ? group.labels().map(labelFeature) : this.features(id);
  }

  /** Return {layer, feature} of the topmost feature that is drawn from tiles at a place, or null. */
  tiledAt(latlng) {
    for (const layer of this.all.filter(({ id, tiles }) => tiles && this.shown.has(id)).reverse()) {
      const found = this.#groups.get(layer.id)?.featureAt(latlng);
      if (found) return { layer, feature: { id: fidOf(layer, found), properties: found.properties, geometry: null } };
    }
    return null;
  }

  /** Return the features of a layer that are drawn from tiles at a place. */
  tiledHere(layer, latlng) {
    const group = this.#groups.get(layer.id);
    if (!(group instanceof TileLayer)) return [];
    return group.featuresAt(latlng).map((found) => ({ id: fidOf(layer, found), properties: found.properties, geometry: null }));
  }

  /** Return {layer, count} where small features of a layer are counted instead of drawn, or null. */
  countedAt(latlng) {
    for (const layer of this.all.filter(({ id, tiles }) => tiles && this.shown.has(id)).reverse()) {
      const count = this.#groups.get(layer.id)?.countAt(latlng) ?? 0;
      if (count) return { layer, count };
    }
    return null;
  }

  /** Return whether a layer is shown by counts, being too far away for its features. */
  isCounted(id) {
    const group = this.#groups.get(id);
    return this.shown.has(id) && group instanceof TileLayer && group.hasCells();
  }

  /** Return {layer, feature} of what a click hit, the feature as the service has it; or null. */
  async hit(latlng, picked) {
    const tiled = OVER_OWN.has(picked?.layer.group) ? null : this.tiledAt(latlng);
    return tiled ? { layer: tiled.layer, feature: await this.whole(tiled.layer, tiled.feature.id) } : picked;
  }

  /** Ask the service for one feature, in the datum that is shown. */
  whole(layer, fid) {
    return ask(address(`${layer.url}/${encodeURIComponent(fid)}`, { crs: this.#datum, revision: page.revision_pinned }));
  }

  layer(id) {
    return this.all.find((candidate) => candidate.id === id);
  }

  async #draw(id) {
    const layer = this.layer(id);
    if (layer.tiles) {
      this.#drawTiles(layer);
      return;
    }
    const datum = this.#datum;
    try {
      const list = await features(layer, datum);
      await ownTurn();
      for (const feature of list) feature.element = elementDrawn(id, feature.id);
      if (datum !== this.#datum) return;
      this.#found.set(id, list);
      const group = L.layerGroup(list.flatMap((feature) => this.#drawn(layer, feature, list)));
      this.#groups.set(id, group);
      if (this.shown.has(id)) group.addTo(this.#map);
      this.failed.delete(id);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.failed.set(id, error.message);
    }
  }

  #drawTiles(layer) {
    const group = new TileLayer(layer, this.#datum);
    this.#groups.set(layer.id, group);
    group.on("loading", () => this.failed.delete(layer.id));
    group.on("tileerror", ({ error }) => {
      if (error instanceof Refusal) this.failed.set(layer.id, error.message);
      else if (error.name !== "AbortError") throw error;
    });
    group.on("load", () => this.#changed());
    if (this.shown.has(layer.id)) group.addTo(this.#map);
  }

  #drawn(layer, feature, list) {
    const drawn = symbolise(layer, feature, list);
    for (const one of drawn) {
      one.on("add", () => mark(one, layer, feature));
      if (!one.options.interactive) continue;
      one.on("click", (event) => this.#onPick(event, layer, feature));
      if (POINTS.has(feature.geometry.type) || layer.group === "own") {
        one.bindTooltip(() => el("span", {}, nameOf(feature.properties, layer)), { direction: "top", offset: [0, -6] });
      }
    }
    return drawn;
  }

  #sizeDots() {
    const radius = siteRadius(this.#map.getZoom());
    this.#groups.get("sites")?.eachLayer((dot) => dot instanceof L.Circle || dot.setRadius?.(radius));
  }

  #changed() {
    this.#sizeDots();
    this.dispatchEvent(new Event("change"));
  }
}

/** Write on the drawn path which feature it is; a canvas has no such path. */
function mark(drawn, layer, feature) {
  const path = drawn.getElement?.();
  if (!path) return;
  path.dataset.collection = layer.id;
  path.dataset.feature = feature.id;
}

/** Return the fid of a feature of a tile: its number where all are numbers, else an attribute. */
const fidOf = (layer, { id, properties }) => String(layer.fid_key === null ? id : properties[layer.fid_key]);

const labelFeature = ({ id, properties, latlng }) => ({
  id, properties, geometry: { type: "Point", coordinates: [latlng.lng, latlng.lat] }, within: true,
});
