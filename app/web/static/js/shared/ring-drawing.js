// A ring or a line drawn on a map by clicks or taps; its vertices can be dragged and taken away.

import { word } from "./page.js";

const L = window.L;
const LEAST = { ring: 3, line: 2 };
const STYLE = { color: "#a63026", weight: 2.5, fillColor: "#a63026", fillOpacity: 0.12, interactive: false };

/**
 * Draws one ring or line. `onChange` is called after every change, `onFinish` when it is complete
 * and again when a vertex of the complete one has moved. `along(last, clicked)` returns the places
 * that a click adds; undoing takes all of them back.
 */
export class RingDrawing {
  constructor(map, { kind = "ring", onChange = () => {}, onFinish = () => {}, along = (_, clicked) => [clicked] } = {}) {
    this.map = map;
    this.kind = kind;
    this.onChange = onChange;
    this.onFinish = onFinish;
    this.along = along;
    this.points = [];
    this.counts = [];
    this.active = false;
    this.layer = L.layerGroup().addTo(map);
    this.add = this.add.bind(this);
  }

  get complete() {
    return !this.active && this.points.length >= LEAST[this.kind];
  }

  get mayFinish() {
    return this.active && this.points.length >= LEAST[this.kind];
  }

  start() {
    this.points = [];
    this.counts = [];
    this.active = true;
    this.map.doubleClickZoom.disable();
    this.map.getContainer().parentElement.classList.add("is-drawing");
    this.map.on("click", this.add);
    this.draw();
  }

  /** Show a ring that is complete already. */
  show(points) {
    this.stop();
    this.points = points.map((place) => L.latLng(place));
    this.draw();
  }

  stop() {
    this.active = false;
    this.map.off("click", this.add);
    this.map.doubleClickZoom.enable();
    this.map.getContainer().parentElement.classList.remove("is-drawing");
  }

  add({ latlng }) {
    const last = this.points.at(-1);
    if (last?.equals(latlng)) return;
    const added = this.along(last, latlng);
    this.points.push(...added);
    this.counts.push(added.length);
    this.draw();
  }

  undo() {
    this.points.splice(this.points.length - (this.counts.pop() ?? 1));
    this.draw();
  }

  finish() {
    if (!this.mayFinish) return;
    if (this.kind === "ring") this.points.push(...this.along(this.points.at(-1), this.points[0]).slice(0, -1));
    this.stop();
    this.draw();
    this.onFinish();
  }

  clear() {
    this.stop();
    this.points = [];
    this.draw();
  }

  draw() {
    this.layer.clearLayers();
    const closed = this.kind === "ring" && this.points.length > 2;
    this.shape = (closed ? L.polygon : L.polyline)(this.points, STYLE).addTo(this.layer);
    this.points.forEach((place, index) => this.handle(place, index).addTo(this.layer));
    this.onChange();
  }

  handle(place, index) {
    const first = index === 0 && this.active;
    const icon = L.divIcon({ className: `vertex${first ? " vertex-first" : ""}`, iconSize: [14, 14] });
    const title = first && this.mayFinish ? word("close-here") : "";
    const marker = L.marker(place, { icon, draggable: true, keyboard: false, title });
    marker.on("drag", () => {
      this.points[index] = marker.getLatLng();
      this.shape.setLatLngs(this.points);
    });
    marker.on("dragend", () => {
      this.draw();
      if (this.complete) this.onFinish();
    });
    marker.on("click", () => { if (first) this.finish(); });
    marker.on("contextmenu", () => this.remove(index));
    return marker;
  }

  remove(index) {
    if (!this.active && this.points.length <= LEAST[this.kind]) return;
    this.points.splice(index, 1);
    this.counts = this.points.map(() => 1);
    this.draw();
    if (this.complete) this.onFinish();
  }

  /** Return the coordinates [lon, lat] with every digit; a ring ends where it begins. */
  coordinates() {
    const places = this.points.map(({ lng, lat }) => [lng, lat]);
    return this.kind === "ring" ? [...places, places[0]] : places;
  }
}
