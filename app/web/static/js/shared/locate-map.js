// The map beside the answers: zones, axes, and the points that were asked for.

import { ask, features } from "./api.js";
import { elementOf, page, word } from "./page.js";
import { ZoneNames } from "./zone-names.js";

const L = window.L;
const NOWHERE = { colour: "#ffffff", line: "#5d564b" };

/** Shows zones, and points upon them. */
export class LocateMap {
  constructor(node) {
    this.map = L.map(node, { preferCanvas: true, zoomSnap: 0.25, attributionControl: false, zoomControl: false });
    L.control.zoom({ zoomInTitle: word("zoom-in"), zoomOutTitle: word("zoom-out") }).addTo(this.map);
    const [west, south, east, north] = page.bbox;
    this.whole = L.latLngBounds([south, west], [north, east]);
    this.map.fitBounds(this.whole, { padding: [12, 12] });
    // Drawn when the zones are there or before: always upon them.
    this.map.createPane("points").style.zIndex = 450;
    this.canvas = L.canvas({ pane: "points" });
    this.points = L.layerGroup().addTo(this.map);
  }

  /** Draw the zones with their names, and the axes. */
  async drawPlan() {
    const [zones, axes] = await Promise.all([page.urls.zones, page.urls.axes].map((url) => features({ url }, null)));
    const drawn = L.geoJSON(zones, { style: areaStyle, interactive: false }).addTo(this.map);
    L.geoJSON(axes, { style: lineStyle, interactive: false }).addTo(this.map);
    const named = drawn.getLayers().map((layer) => ({ layer, ...elementOf(layer.feature.id) }));
    this.names = new ZoneNames(this.map, named.filter(({ id }) => id));
  }

  clear() {
    this.points.clearLayers();
  }

  dot(place, style) {
    L.circleMarker(place, { ...style, renderer: this.canvas, pane: "points", interactive: false }).addTo(this.points);
  }

  /** Show one place and bring it into view with what is around it. */
  pin([lon, lat]) {
    this.clear();
    const place = L.latLng(lat, lon);
    this.dot(place, { radius: 17, weight: 2, color: "#a63026", fill: false });
    this.dot(place, { radius: 6, weight: 2, color: "#ffffff", fillColor: "#a63026", fillOpacity: 1 });
    if (this.whole.pad(0.5).contains(place)) this.map.setView(place, Math.max(this.map.getZoom(), 13.5));
    else this.map.fitBounds(L.latLngBounds([place]).extend(this.whole), { padding: [30, 30] });
  }

  /** Show answered points, each in the colour of its zone. */
  scatter(answers) {
    this.clear();
    for (const { point, primary } of answers) {
      const style = elementOf(primary) ?? NOWHERE;
      this.dot([point.lat, point.lon], { radius: 4, weight: 1, color: style.line, fillColor: style.colour, fillOpacity: 0.95 });
    }
    this.map.fitBounds(this.whole, { padding: [12, 12] });
  }
}

function areaStyle({ id }) {
  const style = elementOf(id) ?? NOWHERE;
  return { color: style.line, weight: 1.5, fillColor: style.colour, fillOpacity: page.fill_opacity * 0.7 };
}

function lineStyle({ id }) {
  return { color: (elementOf(id) ?? NOWHERE).line, weight: 3, opacity: 0.75 };
}

/** Return where points lie, asked for all at once: up to 10,000 pairs [x, y] in one system. */
export async function answersTo(points, crs) {
  const url = new URL(page.urls.locate, window.location.origin);
  url.searchParams.set("crs", crs);
  const parsed = await ask(url, { body: { points } });
  return parsed.results.filter((result) => result.point);
}
