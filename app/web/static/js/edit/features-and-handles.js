// The features on the map, and the handles of the nodes of the one that is chosen.

import { el } from "../shared/dom.js";
import { word } from "../shared/page.js";
import { edgesOf, linesOf } from "./shapes.js";

const L = window.L;
const MOST_HANDLES = 400;
const MOST_NAMES = 60; // more would hide what is edited
const STYLES = {
  own: { color: "#5d564b", weight: 1.5, fillColor: "#b9af9b", fillOpacity: 0.18 },
  linked: { color: "#8a8172", weight: 1, dashArray: "4 4", fill: false },
  changed: { color: "#d07a00", weight: 2, fillColor: "#f3c98b", fillOpacity: 0.3 },
  chosen: { color: "#1f5fa8", weight: 2.5, fillColor: "#7fa8d8", fillOpacity: 0.25 },
};

/** Shows a topology; `on.choose(key)`, `on.dragged(node, from)`, `on.insert(a, b, place)`, `on.remove(node)`, `on.nameOf(key)`. */
export class Canvas {
  constructor(map, topology, own, on) {
    this.map = map;
    this.topology = topology;
    this.own = own;
    this.on = on;
    this.chosen = new Set();
    this.layers = new Map();
    this.shapes = L.featureGroup().addTo(map);
    this.handles = L.layerGroup().addTo(map);
    this.marks = L.layerGroup().addTo(map);
    this.paused = false;
    this.onMove = () => {
      this.drawHandles();
      this.partNames();
    };
    map.on("moveend", this.onMove);
  }

  styleOf(feature) {
    if (this.chosen.has(feature.key)) return STYLES.chosen;
    if (this.topology.isChanged(feature)) return STYLES.changed;
    return feature.collection === this.own ? STYLES.own : STYLES.linked;
  }

  /** Draw everything as it is now. */
  draw() {
    for (const [key, layer] of this.layers) {
      if (!this.topology.features.has(key)) {
        layer.remove();
        this.layers.delete(key);
      }
    }
    const own = [...this.topology.features.values()].filter(({ collection }) => collection === this.own);
    this.areNamed = own.length <= MOST_NAMES;
    for (const feature of this.topology.features.values()) this.drawFeature(feature);
    this.drawHandles();
    this.partNames();
  }

  /** Of names that would lie over each other only the first is shown. */
  partNames() {
    if (!this.areNamed) return;
    const shown = [];
    for (const layer of this.layers.values()) {
      const name = layer.getTooltip()?.getElement();
      if (!name) continue;
      const box = name.getBoundingClientRect();
      const isFree = shown.every((each) => box.right < each.left || box.left > each.right || box.bottom < each.top || box.top > each.bottom);
      name.classList.toggle("feature-name-hidden", !isFree);
      if (isFree) shown.push(box);
    }
  }

  drawFeature(feature) {
    this.layers.get(feature.key)?.remove();
    const lines = linesOf(feature);
    if (!lines.length) return;
    const interactive = feature.collection === this.own;
    // The nodes are Leaflet's own places: a layer that is given them does not copy them.
    const layer = (lines[0].closed ? L.polygon : L.polyline)(feature.shape, { ...this.styleOf(feature), interactive, className: `feature-${this.chosen.has(feature.key) ? "chosen" : "plain"}` });
    layer.addTo(this.shapes);
    if (interactive) {
      layer.on("click", (event) => this.on.choose(feature.key, event));
      layer.bindTooltip(document.createTextNode(this.on.nameOf(feature.key)), { className: "feature-name", permanent: this.areNamed, direction: this.areNamed ? "center" : "auto", sticky: !this.areNamed });
    }
    else layer.bringToBack();
    this.layers.set(feature.key, layer);
  }

  choose(keys) {
    this.chosen = new Set(keys);
    this.draw();
  }

  drawHandles() {
    this.handles.clearLayers();
    if (this.paused) return;
    const view = this.map.getBounds().pad(0.02);
    const features = [...this.chosen].map((key) => this.topology.features.get(key)).filter(Boolean);
    const lines = features.flatMap(linesOf);
    const nodes = [...new Set(lines.flatMap((line) => line.nodes))].filter((node) => view.contains(node));
    const tooMany = nodes.length > MOST_HANDLES;
    if (!tooMany) {
      nodes.forEach((node) => this.handle(node).addTo(this.handles));
      if (nodes.length < MOST_HANDLES / 2) this.middles(lines, view).forEach((each) => each.addTo(this.handles));
    }
    this.on.handles(nodes.length, tooMany);
  }

  /** Take the handles away while something is drawn, whose clicks they would catch. */
  pause(paused) {
    this.paused = paused;
    this.drawHandles();
  }

  handle(node) {
    const users = this.topology.usersOf(node).length;
    const icon = L.divIcon({ className: `vertex${users > 1 ? " vertex-shared" : ""}`, iconSize: [14, 14] });
    const marker = L.marker(node, { icon, draggable: true, keyboard: true, title: word(users > 1 ? "edit-shared-by" : "edit-vertex", { count: users }) });
    const from = { lng: node.lng, lat: node.lat };
    marker.on("drag", () => {
      const { lng, lat } = marker.getLatLng();
      this.topology.place(node, lng, lat);
      this.redraw(node);
    });
    marker.on("dragend", () => this.on.dragged(node, from));
    marker.on("contextmenu", () => this.on.remove(node));
    marker.on("keydown", ({ originalEvent }) => this.byKey(originalEvent, node, from));
    return marker;
  }

  /** Arrow keys move a node by a pixel, Delete takes it away. */
  byKey(event, node, from) {
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (event.key === "Delete") this.on.remove(node);
    if (!steps[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    const at = this.map.latLngToLayerPoint(node).add(steps[event.key]);
    const { lng, lat } = this.map.layerPointToLatLng(at);
    this.topology.place(node, lng, lat);
    this.on.dragged(node, from);
  }

  middles(lines, view) {
    const seen = new Set();
    return lines.flatMap(edgesOf).map(([a, b]) => {
      const place = L.latLng((a.lat + b.lat) / 2, (a.lng + b.lng) / 2);
      const key = `${place.lng},${place.lat}`;
      const apart = this.map.latLngToLayerPoint(a).distanceTo(this.map.latLngToLayerPoint(b));
      if (seen.has(key) || apart < 44 || !view.contains(place)) return null;
      seen.add(key);
      const icon = L.divIcon({ className: "vertex vertex-middle", iconSize: [10, 10] });
      const marker = L.marker(place, { icon, draggable: true, keyboard: false, title: word("edit-insert-here") });
      marker.on("click", () => this.on.insert(a, b, place));
      marker.on("dragend", () => this.on.insert(a, b, marker.getLatLng()));
      return marker;
    }).filter(Boolean);
  }

  redraw(node) {
    for (const { key } of this.topology.usersOf(node)) this.layers.get(key)?.redraw();
  }

  /** Mark places where something is wrong: {lon, lat, text}. */
  mark(places) {
    this.marks.clearLayers();
    for (const { lon, lat, text } of places) {
      if (lon === null || lon === undefined) continue;
      L.circleMarker([lat, lon], { radius: 11, color: "#a63026", weight: 3, fill: false, interactive: false }).bindTooltip(el("span", {}, text)).addTo(this.marks);
    }
  }

  /** Take everything off the map. */
  close() {
    [this.shapes, this.handles, this.marks].forEach((layer) => layer.remove());
    this.map.off("moveend", this.onMove);
  }

  show({ lon, lat }) {
    this.map.setView([lat, lon], Math.max(this.map.getZoom(), 16));
  }

  fit(keys) {
    const layers = keys.map((key) => this.layers.get(key)).filter(Boolean);
    if (layers.length) this.map.fitBounds(L.featureGroup(layers).getBounds(), { padding: [40, 40], maxZoom: 18 });
  }
}
