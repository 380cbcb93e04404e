// Names on the map: placed by rank, each where it touches no other, or not at all.

import { boxesAround, lead } from "../shared/callouts.js";
import { el } from "../shared/dom.js";
import { chinese, elementOf, givenName, nameOf, word } from "../shared/page.js";
import { linePlaces, linesOf, polygonAnchor } from "./label-anchors.js";

const L = window.L;

/** Which labels there are: from which zoom, in which order, and where on the feature. */
const RULES = {
  zones: { rank: 0, from: 10, build: zoneLabel },
  belts: { rank: 1, from: 11.5, build: elementLine("belt"), along: centreLine },
  axes: { rank: 2, from: 11.5, build: elementLine("axis") },
  basemap: { rank: 4, from: 10, build: baseLabel },
  subdistricts: { rank: 5, from: 12.75, build: (feature, _, layer) => variants("subdistrict", nameOf(feature.properties, layer)) },
  disputes: { rank: 6, from: 13.5, build: (feature) => variants("dispute", word("label-dispute")) },
  sites: { rank: 7, from: 14, build: (feature, _, layer) => variants("site", nameOf(feature.properties, layer)) },
};
const OWN_RULE = { rank: 8, from: 13, build: ownLabel };
const OVER_THE_MAP =
  ".layers-card, .readout, .north, .layers-button, .search, .panel, .leaflet-control-zoom, .leaflet-control-scale, .leaflet-control-attribution";
const MOST_LABELLED = 500;
const LABELLED = /^(Point|(Multi)?LineString|(Multi)?Polygon)$/;
const STREETS_FROM = 13;
const NEIGHBOURS_UNTIL = 14;
/** Numeral and two lines, in pixels; larger where it is presented. */
const mostHeight = () => (document.body.dataset.presenting ? 104 : 64);
/** How far a line to a name begins from the middle of the numeral. */
const numeralRadius = () => (document.body.dataset.presenting ? 18 : 11);

function variants(kind, ...texts) {
  return texts.map((text) => el("div", { class: `label label-${kind}` }, text));
}

/** What staff label a collection by: a property's value, in the words of its code, else the name. */
function ownLabel({ properties }, _, layer) {
  const { label = null, label_texts: texts = {} } = layer.symbology ?? {};
  const text = label === null ? givenName(properties, layer) : properties[label] ?? null;
  return text === null || text === "" || typeof text === "boolean" ? [] : variants("site", texts[String(text)] ?? String(text));
}

/** Numeral and name; numeral and short name; numeral alone. */
function zoneLabel(feature, _, layer) {
  const style = elementOf(feature.element);
  const name = nameOf(feature.properties, layer);
  if (!style) return variants("zone", name);
  return [name, style.short, null].map((text, index) =>
    el(
      "div",
      { class: `label label-zone ${["label-whole", "label-short", "label-numeral"][index]}`, style: { "--line": style.line } },
      el("b", {}, String(style.order)),
      text && el("span", {}, words(text)),
    ),
  );
}

const segmenter = new Intl.Segmenter(chinese ? "zh" : "en", { granularity: "word" });

/** A name that may be broken between its words only; Chinese writes no spaces to break at. */
function words(text) {
  if (!chinese) return text;
  return [...segmenter.segment(text)].flatMap(({ segment }, index) => (index ? [el("wbr"), segment] : [segment]));
}

function elementLine(kind) {
  return (feature, _, layer) => {
    const style = elementOf(feature.element);
    const texts = style ? [style.short] : [nameOf(feature.properties, layer)];
    return texts.map((text) => el("div", { class: `label label-${kind}`, style: { "--line": style?.line ?? "#333" } }, text));
  };
}

function baseLabel(feature, zoom, layer) {
  const { kind } = feature.properties;
  if (kind === "street" && zoom < STREETS_FROM) return [];
  if (kind === "neighbour" && zoom > NEIGHBOURS_UNTIL) return [];
  return variants(kind, nameOf(feature.properties, layer).replace(/\s*[（(].*$/, ""));
}

/** The belt's name runs along its centre line, which is a feature of another collection. */
function centreLine(feature, layers) {
  return layers.features("belt_lines").find(({ properties }) => properties.belt === feature.id && properties.role === "centre");
}

/** Keeps the labels of the shown layers in place as the map moves. */
export class Labels {
  #map;
  #layers;
  #pane;
  #anchors = new WeakMap();

  constructor(map, layers) {
    this.#map = map;
    this.#layers = layers;
    this.#pane = map.getPane("labels");
    map.on("zoomstart", () => this.#pane.classList.add("moving"));
    map.on("resize", () => sizes.clear());
    document.fonts?.ready.then(() => sizes.clear());
    map.on("moveend resize", () => this.draw());
    layers.addEventListener("change", () => this.draw());
  }

  /** Place every label anew. */
  draw() {
    const map = this.#map;
    const size = map.getSize();
    const corner = map.containerPointToLayerPoint([0, 0]);
    const view = L.bounds(corner, corner.add(size)).pad(-0.01);
    const taken = this.#covered(corner);
    this.#pane.replaceChildren();
    const wanted = this.#wanted();
    const numbered = wanted.filter(({ rule }) => rule === RULES.zones).map((each) => ({ ...each, label: this.#place(each, view, taken) }));
    this.#nameBeside(numbered, view, taken);
    for (const each of wanted) if (each.rule !== RULES.zones) this.#place(each, view, taken);
    this.#pane.classList.remove("moving");
  }

  /** Name the zones that have room for their numeral alone beside them, a line between the two. */
  #nameBeside(numbered, view, taken) {
    const points = numbered.filter(({ label }) => label).map(({ feature }) => this.#map.latLngToLayerPoint(this.#anchor(feature).latlng));
    const centre = points.reduce((sum, point) => sum.add(point), L.point(0, 0)).divideBy(points.length || 1);
    for (const { feature, label: numeral } of numbered) {
      if (!numeral?.classList.contains("label-numeral")) continue;
      const point = numeral.middle;
      const style = elementOf(feature.element);
      const label = el("div", { class: "label label-zone label-beside", style: { "--line": style.line } }, style.short);
      this.#pane.append(label);
      const box = firstFree(boxesAround(point, centre, sizeOf(label)), view, taken);
      if (!box) {
        label.remove();
        continue;
      }
      const leader = el("i", { class: "leader", style: { "--line": style.line } });
      this.#pane.prepend(leader);
      lead(leader, point, box, numeralRadius());
      label.style.transform = `translate(${box.min.x}px, ${box.min.y}px)`;
      taken.push(box);
    }
  }

  /** Return the boxes of what lies over the map, where a label could not be read. */
  #covered(corner) {
    const frame = this.#map.getContainer().getBoundingClientRect();
    return [...document.querySelectorAll(OVER_THE_MAP)]
      .map((node) => node.getBoundingClientRect())
      .filter(({ width }) => width > 0)
      .map((box) => {
        const topLeft = corner.add([box.left - frame.left, box.top - frame.top]);
        return L.bounds(topLeft, topLeft.add([box.width, box.height]));
      });
  }

  #wanted() {
    const zoom = this.#map.getZoom();
    return this.#layers.all
      .map((layer) => ({ layer, rule: RULES[layer.id] ?? (layer.group === "own" ? OWN_RULE : null) }))
      .filter(({ layer, rule }) => rule && this.#layers.shown.has(layer.id) && zoom >= rule.from)
      .sort((a, b) => a.rule.rank - b.rule.rank)
      .flatMap(({ layer, rule }) => this.#named(layer.id).map((feature) => ({ feature, rule, layer })));
  }

  /** Features that may have a label; a layer of thousands has none, placing them would take seconds. */
  #named(id) {
    const list = this.#layers.named(id).filter(({ geometry }) => geometry && LABELLED.test(geometry.type));
    return list.length <= MOST_LABELLED ? list : [];
  }

  /** Try every text at every place; the first that fits stays and is returned. */
  #place({ feature, layer, rule }, view, taken) {
    const places = this.#places(feature, rule, view);
    if (places.length === 0) return null;
    for (const label of rule.build(feature, this.#map.getZoom(), layer)) {
      this.#pane.append(label);
      const room = this.#roomFor(label, feature);
      for (const place of room ? places : []) {
        const box = put(label, place);
        if (view.contains(box) && !taken.some((other) => other.overlaps(box))) {
          taken.push(box);
          label.middle = place.point;
          return label;
        }
      }
      label.remove();
    }
    return null;
  }

  /** A zone's name is only used where the polygon is wide enough for most of it. */
  #roomFor(label, feature) {
    const roominess = label.classList.contains("label-whole") ? 1.15 : label.classList.contains("label-short") ? 2.3 : null;
    if (roominess === null) return true;
    const { latlng, reach } = this.#anchor(feature);
    const top = this.#map.latLngToLayerPoint([latlng.lat + reach, latlng.lng]);
    const across = 2 * this.#map.latLngToLayerPoint(latlng).distanceTo(top);
    const [width, height] = sizeOf(label);
    return width <= across * roominess && height <= mostHeight();
  }

  #anchor(feature) {
    if (!this.#anchors.has(feature)) this.#anchors.set(feature, polygonAnchor(feature.geometry));
    return this.#anchors.get(feature);
  }

  #places(feature, rule, view) {
    const along = rule.along ? rule.along(feature, this.#layers) : feature;
    const geometry = (along ?? feature).geometry;
    if (geometry.type.endsWith("LineString")) return linePlaces(this.#map, linesOf(geometry), view);
    if (geometry.type.endsWith("Polygon")) {
      const point = this.#map.latLngToLayerPoint(this.#anchor(along ?? feature).latlng);
      return [{ point, angle: 0 }, { point: point.add([0, 16]), angle: 0 }, { point: point.add([0, -18]), angle: 0 }, { point: point.add([0, 34]), angle: 0 }];
    }
    const [lon, lat] = geometry.coordinates;
    const point = this.#map.latLngToLayerPoint([lat, lon]);
    if (feature.within) return [{ point, angle: 0 }]; // the place in a polygon that tiles name it at
    return [[10, 0, "start"], [-10, 0, "end"], [0, -14, "middle"], [0, 14, "middle"]].map(([x, y, side]) => ({ point: point.add([x, y]), angle: 0, side }));
  }
}

/** Return the first of some boxes that is in view and touches no other; null if there is none. */
function firstFree(boxes, view, taken) {
  for (const box of boxes) if (view.contains(box) && !taken.some((other) => other.overlaps(box))) return box;
  return null;
}

const STEEP = 58;
const MOST_SIZES = 5000;
const sizes = new Map();

/** Return [width, height] of a label on the map. Measuring lays the page out anew: each look is measured once. */
function sizeOf(label) {
  const look = `${document.body.dataset.presenting}|${label.className}|${label.textContent}`; // larger where it is presented
  if (!sizes.has(look)) {
    if (sizes.size >= MOST_SIZES) sizes.clear();
    sizes.set(look, [label.offsetWidth, label.offsetHeight]);
  }
  return sizes.get(look);
}

/** Put a label at a place and return the box it takes. Steep Chinese names are written downwards. */
function put(label, { point, angle, side = "middle" }) {
  const downwards = chinese && Math.abs(angle) > STEEP;
  label.classList.toggle("downwards", downwards);
  const [width, height] = sizeOf(label);
  const left = { start: 0, middle: width / 2, end: width }[side];
  const turn = downwards ? angle - 90 * Math.sign(angle) : angle;
  label.style.transform = `translate(${point.x - left}px, ${point.y - height / 2}px) rotate(${turn.toFixed(1)}deg)`;
  const radians = (Math.abs(turn) * Math.PI) / 180;
  const half = L.point(
    (width * Math.cos(radians) + height * Math.sin(radians)) / 2 + 2,
    (width * Math.sin(radians) + height * Math.cos(radians)) / 2 + 1,
  );
  const middle = L.point(point.x - left + width / 2, point.y);
  return L.bounds(middle.subtract(half), middle.add(half));
}
