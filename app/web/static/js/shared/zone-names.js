// The zones' names on a small map: in the zone, else in smaller letters, else beside it with a line to it.

import { boxesAround, lead } from "./callouts.js";
import { el } from "./dom.js";

const L = window.L;
const OVER_THE_MAP = ".leaflet-control";
const DOT_PX = 8;
const LETTERS = ["", " is-small"];
const STEPS = [0, 14, -14, 26, -26]; // pixels above and below a zone's middle

/** Keeps the names of zones in place as the map moves. */
export class ZoneNames {
  #map;
  #pane;
  #zones;

  /** `zones` are {id, layer, order, short, line}: what is drawn of each, its numeral, name and colour. */
  constructor(map, zones) {
    this.#map = map;
    this.#pane = map.createPane("zone-names");
    this.#pane.style.zIndex = "620"; // above markers, below what is told on a click
    this.#pane.style.pointerEvents = "none";
    this.#zones = zones;
    map.on("zoomend moveend resize", () => this.draw());
    this.draw();
  }

  /** Place every name anew; none lies upon the middle of another zone, where that is named or has its dot. */
  draw() {
    const map = this.#map;
    const corner = map.containerPointToLayerPoint([0, 0]);
    const view = L.bounds(corner, corner.add(map.getSize()));
    const zones = this.#zones
      .map((zone) => ({ ...zone, point: middleIn(map, zone.layer, view) }))
      .filter(({ point }) => point !== null);
    const centre = zones.reduce((sum, { point }) => sum.add(point), L.point(0, 0)).divideBy(zones.length || 1);
    const middles = new Map(zones.map(({ id, point }) => [id, around(point, DOT_PX, DOT_PX)]));
    const names = this.#covered(corner);
    this.#pane.replaceChildren();
    for (const zone of zones) {
      const others = [...middles].filter(([id]) => id !== zone.id).map(([, box]) => box);
      const box = this.#within(zone, view, [...others, ...names]) ?? this.#beside(zone, centre, view, [...middles.values(), ...names]);
      if (box) names.push(box);
    }
  }

  #covered(corner) {
    const container = this.#map.getContainer();
    const frame = container.getBoundingClientRect();
    return [...container.querySelectorAll(OVER_THE_MAP)].map((node) => node.getBoundingClientRect()).map((box) => {
      const from = corner.add([box.left - frame.left, box.top - frame.top]);
      return L.bounds(from, from.add([box.width, box.height]));
    });
  }

  /** Write numeral and name in the zone, where no other touches them and the zone is wide enough for most of it. */
  #within({ layer, order, short, point }, view, taken) {
    const across = this.#map.latLngToLayerPoint(layer.getBounds().getNorthEast()).x - this.#map.latLngToLayerPoint(layer.getBounds().getSouthWest()).x;
    for (const letters of LETTERS) {
      const label = el("span", { class: `zone-label${letters}` }, el("b", {}, String(order)), ` ${short}`);
      this.#pane.append(label);
      const [width, height] = [label.offsetWidth, label.offsetHeight];
      for (const step of width <= across * 1.1 ? STEPS : []) {
        const box = around(point.add([0, step]), width, height);
        if (view.contains(box) && !taken.some((other) => other.overlaps(box))) return moved(label, box);
      }
      label.remove();
    }
    return null;
  }

  /** Write numeral and name beside the zone, with a line to a dot in it. */
  #beside({ order, short, line: colour, point }, centre, view, taken) {
    const label = el("span", { class: "zone-label is-small" }, `${order} ${short}`);
    this.#pane.append(label);
    for (const box of boxesAround(point, centre, [label.offsetWidth, label.offsetHeight])) {
      if (!view.contains(box) || taken.some((other) => other.overlaps(box))) continue;
      const leader = el("i", { class: "leader", style: { "--line": colour } });
      const dot = el("i", { class: "zone-dot", style: { "--line": colour } });
      this.#pane.prepend(leader, dot);
      moved(dot, around(point, DOT_PX, DOT_PX));
      lead(leader, point, box, DOT_PX / 2);
      return moved(label, box);
    }
    label.remove();
    return null;
  }
}

const around = (point, width, height) => L.bounds(point.subtract([width / 2, height / 2]), point.add([width / 2, height / 2]));

function moved(label, box) {
  label.style.transform = `translate(${box.min.x.toFixed(1)}px, ${box.min.y.toFixed(1)}px)`;
  return box;
}

/** Return the middle of a zone, or of what is seen of it where that is out of view; null if nothing is. */
function middleIn(map, layer, view) {
  const whole = map.latLngToLayerPoint(layer.getCenter());
  if (view.contains(whole)) return whole;
  const latlngs = layer.getLatLngs();
  const outlines = Array.isArray(latlngs[0][0]) ? latlngs.map(([outline]) => outline) : [latlngs[0]];
  const seen = outlines.map((outline) => L.PolyUtil.clipPolygon(outline.map((latlng) => map.latLngToLayerPoint(latlng)), view)).filter((points) => points.length > 2);
  const [largest] = seen.map(centroid).sort((one, other) => other.area - one.area);
  return largest?.area > 0 ? largest.point : null;
}

/** Return area and centre of mass of a ring of points. */
function centroid(points) {
  const sums = points.reduce(([area, x, y], one, at) => {
    const other = points[(at + 1) % points.length];
    const cross = one.x * other.y - other.x * one.y;
    return [area + cross, x + (one.x + other.x) * cross, y + (one.y + other.y) * cross];
  }, [0, 0, 0]);
  const [doubled, x, y] = sums;
  return { area: Math.abs(doubled) / 2, point: L.point(x / (3 * doubled || 1), y / (3 * doubled || 1)) };
}
