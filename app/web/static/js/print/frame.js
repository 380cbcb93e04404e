// The frame of the sheet on the small map: where it lies, and moved by its middle.

import { word } from "../shared/page.js";

const L = window.L;

/** Shows the frame; `onMove(scale)` is told when somebody has moved it. */
export class SheetFrame {
  #map;
  #outline;
  #handle;
  #scale = null;

  constructor(map, onMove) {
    this.#map = map;
    this.#outline = L.rectangle([[0, 0], [0, 0]], { color: "#c1121f", weight: 2, fillOpacity: 0.06, interactive: false });
    const icon = L.divIcon({ className: "frame-handle", iconSize: [18, 18] });
    this.#handle = L.marker([0, 0], { draggable: true, icon, keyboard: true, title: word("printing-map"), alt: word("printing-map") });
    this.#handle.on("drag", () => this.#follow());
    this.#handle.on("dragend", () => onMove(this.#scale));
  }

  /** The middle as [lon, lat], null before anything is shown. */
  get middle() {
    if (this.#scale === null) return null;
    const { lng, lat } = this.#handle.getLatLng();
    return [lng, lat];
  }

  /** Show a frame of west, south, east, north. */
  show([west, south, east, north], scale) {
    const bounds = L.latLngBounds([south, west], [north, east]);
    this.#outline.setBounds(bounds);
    this.#handle.setLatLng(bounds.getCenter());
    if (this.#scale === null) {
      this.#outline.addTo(this.#map);
      this.#handle.addTo(this.#map);
    }
    this.#scale = scale;
    if (!this.#map.getBounds().contains(bounds)) this.#map.fitBounds(bounds, { padding: [14, 14] });
  }

  #follow() {
    const { lat, lng } = this.#handle.getLatLng();
    const bounds = this.#outline.getBounds();
    const high = (bounds.getNorth() - bounds.getSouth()) / 2;
    const wide = (bounds.getEast() - bounds.getWest()) / 2;
    this.#outline.setBounds([[lat - high, lng - wide], [lat + high, lng + wide]]);
  }
}
