// The map beside an import: where the data lie, what is wrong, what changes.

import { changesLayer, changesLegend, showChange } from "../shared/changes.js";
import { el, fill } from "../shared/dom.js";
import { LocateMap } from "../shared/locate-map.js";
import { word } from "../shared/page.js";

const L = window.L;
const CANDIDATE_COLOURS = ["#1d5468", "#a63026", "#7a5195", "#c07a00", "#2f7d4f"];
const AT_ONCE = { maxZoom: 16, animate: false }; // Leaflet ignores whatever is asked of it while it moves
const SINGLE_FROM = 15; // zoom
const NEAR = 5; // in sizes of the first candidate's frame: farther ones would make all of it a dot
const SEVERITY_COLOURS = { error: "#b3261e", warning: "#d07a00", note: "#1d5468" };

export class ImportMap {
  constructor(node, legend) {
    this.base = new LocateMap(node);
    this.map = this.base.map;
    this.legend = legend;
    this.shown = L.featureGroup().addTo(this.map);
    this.changes = null;
    this.plan = null;
    this.view = null;
  }

  async drawPlan() {
    this.plan ??= this.base.drawPlan();
    try {
      await this.plan;
    } catch (error) {
      this.plan = null;
      throw error;
    }
  }

  clear() {
    this.shown.clearLayers();
    this.changes = null;
    this.view = null;
    fill(this.legend);
  }

  /** Show where each candidate puts the data; return the colours in their order. */
  candidates(candidates) {
    const placed = candidates.map((each, index) => [each, CANDIDATE_COLOURS[index % CANDIDATE_COLOURS.length]]).filter(([each]) => each.located);
    for (const [{ located: [west, south, east, north], points, label }, color] of placed) {
      const frame = L.rectangle([[south, west], [north, east]], { color, weight: 2, fillOpacity: 0.06, dashArray: "6 4" });
      frame.bindTooltip(el("span", {}, label)).addTo(this.shown);
      for (const [lon, lat] of points) L.circleMarker([lat, lon], { radius: 3, color, weight: 1, fillOpacity: 0.6, interactive: false }).addTo(this.shown);
    }
    this.view = beside(placed.map(([{ located: [west, south, east, north] }]) => L.latLngBounds([south, west], [north, east])));
    fill(this.legend, placed.map(([{ label }, color]) => el("span", {}, el("i", { style: { background: color } }), label)));
    return CANDIDATE_COLOURS;
  }

  /** Frame where the data lie. */
  extent([west, south, east, north]) {
    L.rectangle([[south, west], [north, east]], { color: CANDIDATE_COLOURS[0], weight: 2, fillOpacity: 0.06, dashArray: "6 4", interactive: false }).addTo(this.shown);
  }

  /** Bring one candidate's place into view. */
  look({ located }) {
    if (!located) return;
    const [west, south, east, north] = located;
    this.map.fitBounds(L.latLngBounds([south, west], [north, east]).pad(0.4), AT_ONCE);
  }

  problems(problems) {
    for (const { lon, lat, severity, message } of problems.filter((each) => each.lon !== null)) {
      const color = SEVERITY_COLOURS[severity];
      L.circleMarker([lat, lon], { radius: 7, color, weight: 3, fillColor: "#fff", fillOpacity: 0.9 }).bindTooltip(el("span", {}, message)).addTo(this.shown);
    }
    if (problems.length) fill(this.legend, Object.entries(SEVERITY_COLOURS).map(([severity, color]) => el("span", {}, el("i", { style: { background: color } }), word(`staff-severity-${severity}`))));
  }

  place(lon, lat) {
    this.map.setView([lat, lon], 17);
  }

  difference(drawn) {
    this.changes = changesLayer(drawn).addTo(this.shown);
    fill(this.legend, changesLegend());
  }

  /** Lay a picture of all changes over the map; where there is none, those drawn one by one remain. */
  async picture(url) {
    const answer = await fetch(url);
    if (!answer.ok) return;
    const [west, south, east, north] = answer.headers.get("Content-Bbox").split(",").map(Number);
    const source = URL.createObjectURL(await answer.blob());
    L.imageOverlay(source, [[south, west], [north, east]], { alt: "", opacity: 0.9 }).addTo(this.shown).bringToBack();
    // Seen from afar, those drawn one by one would look like more than the others.
    this.map.on("zoomend", () => this.showSingle());
    this.showSingle();
  }

  showSingle() {
    if (!this.changes) return;
    if (this.map.getZoom() < SINGLE_FROM) this.shown.removeLayer(this.changes);
    else this.shown.addLayer(this.changes);
  }

  showChange(id) {
    if (!this.changes) return;
    this.shown.addLayer(this.changes);
    showChange(this.map, this.changes, id);
  }

  /** Bring what is shown into view, of candidates those beside the first; the district when there is nothing. */
  fit() {
    const bounds = this.view ?? this.shown.getBounds();
    this.map.fitBounds(bounds.isValid() ? bounds.pad(0.2) : this.base.whole, AT_ONCE);
  }
}

/** Return the first of some frames with those near it; null if there is none. */
function beside([first, ...others]) {
  if (!first) return null;
  const near = first.pad(NEAR);
  return others.filter((each) => near.intersects(each)).reduce((all, each) => all.extend(each), L.latLngBounds(first.getSouthWest(), first.getNorthEast()));
}
