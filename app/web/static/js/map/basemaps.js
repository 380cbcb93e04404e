// Tiles of others under our layers, only those that the service offers; the datum follows them.

import { fromGcj02, toGcj02 } from "../shared/datum.js";
import { el } from "../shared/dom.js";
import { page } from "../shared/page.js";

const L = window.L;

/** The chosen basemap. Our layers are drawn again when its datum is another one. */
export class Basemaps {
  #map;
  #layers;
  #tiles = [];
  #chosen = "none";

  constructor(map, layers) {
    this.#map = map;
    this.#layers = layers;
  }

  get chosen() {
    return this.#chosen;
  }

  get datum() {
    return this.#spec(this.#chosen)?.datum ?? null;
  }

  has(id) {
    return id === "none" || this.#spec(id) !== undefined;
  }

  #spec(id) {
    return page.basemaps.find((candidate) => candidate.id === id);
  }

  /** Use a basemap; "none" is the plain ground. Keeps the same ground in view over a change of datum. */
  async use(id) {
    if (!this.has(id)) return;
    const [lon, lat] = this.place(this.#map.getCenter());
    const before = this.datum;
    this.#chosen = id;
    this.#tiles.forEach((tiles) => tiles.remove());
    this.#tiles = (this.#spec(id)?.layers ?? []).map((layer) =>
      L.tileLayer(layer.url, {
        attribution: layer.attribution, subdomains: layer.subdomains, maxZoom: 19, maxNativeZoom: layer.max_zoom,
        // Tile servers refuse pages that do not name themselves, and our own policy names none.
        referrerPolicy: "origin",
      }).addTo(this.#map),
    );
    this.#map.getContainer().classList.toggle("on-tiles", id !== "none");
    if (before === this.datum) return;
    this.#map.setView(this.latlng([lon, lat]), this.#map.getZoom(), { animate: false });
    await this.#layers.load(this.datum);
  }

  /** Return the place on the map of [lon, lat] in CGCS2000. */
  latlng(place) {
    const [lon, lat] = this.datum === "gcj02" ? toGcj02(place) : place;
    return L.latLng(lat, lon);
  }

  /** Return [lon, lat] in CGCS2000 of a place on the map. */
  place({ lng, lat }) {
    return this.datum === "gcj02" ? fromGcj02([lng, lat]) : [lng, lat];
  }
}

/** Return a choice of the offered basemaps as radio buttons. */
export function basemapChoice(basemaps, onChoose, noneTitle) {
  const offered = [{ id: "none", title: noneTitle }, ...page.basemaps];
  return offered.map(({ id, title }) =>
    el(
      "label",
      { class: "layer-row" },
      el("input", { type: "radio", name: "basemap", value: id, checked: id === basemaps.chosen, on: { change: () => onChoose(id) } }),
      el("span", { class: "layer-title" }, title),
    ),
  );
}
