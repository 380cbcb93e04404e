// Drawing along borders that are there: between two clicks on them the way over their nodes is filled in.

import { tracedPath } from "./border-path.js";
import { snapTo } from "./snapping.js";

const L = window.L;

/** What clicks add to a drawing while borders are followed; one object for each drawing. */
export class Tracing {
  constructor(map, topology, isOn) {
    this.map = map;
    this.topology = topology;
    this.isOn = isOn;
    this.snaps = new Map();
  }

  /** Whether a place of the drawing is a node or on an edge already. */
  has(place) {
    return this.snaps.has(place);
  }

  /** Return the places from one of the drawing, left out, to where somebody has clicked. */
  along(from, clicked) {
    if (!this.isOn()) return [clicked];
    const snap = this.snaps.get(clicked) ?? snapTo(this.map, this.topology, clicked);
    if (!snap) return [clicked];
    const before = this.snaps.get(from);
    const path = before ? tracedPath(this.topology.features, before, snap) : [];
    return [...path.map((node) => this.placed({ node })), this.placed(snap)];
  }

  placed(snap) {
    const { lat, lng } = snap.node ?? snap.place;
    const place = L.latLng(lat, lng);
    this.snaps.set(place, snap);
    return place;
  }
}
