// How each kind of feature is drawn: one or more Leaflet layers of a feature.

import { svg } from "../shared/dom.js";
import { elementOf, page } from "../shared/page.js";
import { circleOf } from "./uncertainty-circles.js";

const L = window.L;

/** The look of that name, which sheets and map images have as well (zones/drawing/plan_layer_style.py). */
const look = (name, more = {}) => ({ ...page.looks[name], ...more });

/** Give the map its panes, lowest first. Every pane has its own renderer, so order does not hang on loading. */
export function addPanes(map) {
  page.panes.forEach((name, index) => {
    const pane = map.createPane(name);
    pane.style.zIndex = String(300 + index * 10);
  });
  map.getPane("labels").classList.add("labels");
  for (const { id, group } of page.groups.flatMap(({ layers }) => layers)) if (group === "own") map.createPane(ownPane(id), map.getPane("own"));
}

/** The pane of a staff collection, within that of all of them: it can be moved among the others, and let show through. */
export const ownPane = (id) => `own-${id}`;

/** Put the hatch for disputed areas into the document once. */
export function addHatch() {
  const line = svg("path", { d: "M-2,2 l4,-4 M0,8 l8,-8 M6,10 l4,-4", stroke: "#9c1f16", "stroke-width": 1.5 });
  const pattern = svg("pattern", { id: "hatch", width: 8, height: 8, patternUnits: "userSpaceOnUse" }, line);
  document.body.append(svg("svg", { width: 0, height: 0, class: "defs", "aria-hidden": "true" }, svg("defs", {}, pattern)));
}

const whole = (feature, options) => L.geoJSON(feature, { ...options, style: options }).getLayers();
const line = (feature, options) => whole(feature, { fill: false, lineCap: "round", lineJoin: "round", ...options });
const still = { interactive: false };

function zone(feature) {
  const known = elementOf(feature.element);
  return [
    ...whole(feature, { pane: "zones", ...look("zone", known && { fillColor: known.colour }), className: "zone-fill" }),
    ...line(feature, { pane: "zone-lines", ...look("zone-line", known && { color: known.line }), ...still }),
  ];
}

/** Each part of an axis by itself: what the text names but no map shows is dashed. */
function axis(feature) {
  const known = elementOf(feature.element);
  const lines = feature.geometry.type === "LineString" ? [feature.geometry.coordinates] : feature.geometry.coordinates;
  const parts = feature.properties.parts ?? [];
  return lines.flatMap((coordinates, index) => {
    const basis = parts[index]?.basis ?? "traced";
    const latlngs = L.GeoJSON.coordsToLatLngs(coordinates);
    const drawn = look(`axis-${basis}` in page.looks ? `axis-${basis}` : "axis-traced", known && { color: known.colour });
    return [
      L.polyline(latlngs, { pane: "axes", ...look("axis-casing"), lineCap: drawn.lineCap ?? "round" }),
      L.polyline(latlngs, { pane: "axes", ...drawn, className: `axis-${basis}` }),
    ];
  });
}

function belt(feature) {
  const known = elementOf(feature.element);
  return whole(feature, { pane: "belts", ...look("belt", known && { color: known.colour, fillColor: known.colour }), ...still });
}

const beltLine = (feature) =>
  line(feature, { pane: "belt-lines", ...look(feature.properties.role === "centre" ? "belt-centre" : "belt-line"), ...still });

const subdistrict = (feature) =>
  line(feature, { pane: "subdistricts", ...look("subdistrict"), ...still });

const dispute = (feature) =>
  whole(feature, { pane: "disputes", ...look("dispute"), className: "dispute" });

/** Return the accuracy class of a stated accuracy in metres; the last when none is stated. */
export function accuracyClass(metres) {
  const classes = page.accuracy_classes;
  const known = metres !== null && metres !== undefined;
  return classes.find((one) => one.up_to_m === null || (known && metres <= one.up_to_m));
}

function border(feature) {
  const { colour, dash, width } = accuracyClass(feature.properties.accuracy_m);
  return [
    ...line(feature, { pane: "borders", color: "#fff", weight: width + 2.4, opacity: 0.8 }),
    ...line(feature, { pane: "borders", color: colour, weight: width, dashArray: dash || null, lineCap: "butt" }),
  ];
}

/** Dots shrink when the whole district is in view, or they would hide it. */
export function siteRadius(zoom) {
  return zoom < 12.25 ? 3.4 : 4.8;
}

function site(feature) {
  const status = `site-${feature.properties.site_status}`;
  const dot = look(status in page.looks ? status : "site-existing");
  const radius = circleOf(feature);
  if (radius === null) {
    return L.geoJSON(feature, { pointToLayer: (_, latlng) => L.circleMarker(latlng, { pane: "sites", ...dot }) }).getLayers();
  }
  // Known only to within a circle: dashed, and clear inside, so that nobody takes it for a point.
  const [lng, lat] = feature.geometry.coordinates;
  const isPlain = dot.fillColor === page.looks["site-existing"].fillColor;
  const circle = look("site-circle", isPlain ? {} : { fillColor: dot.fillColor });
  return [L.circle([lat, lng], { pane: "sites", ...circle, radius, className: "site-circle" })];
}

function district(feature) {
  return [
    ...whole(feature, { pane: "district", ...look("district"), className: "district-fill", ...still }),
    ...line(feature, { pane: "district-line", ...look("district-line"), ...still }),
  ];
}

/** Neighbours are cut off at a (slightly turned) box; the cut is no border, so it gets no line. */
const CUT_DEGREES = 0.0025;

function neighbour(feature, list) {
  const around = L.geoJSON(list.filter(({ properties }) => properties.kind === "neighbour")).getBounds();
  const both = (a, b, side) => Math.abs(a - side) < CUT_DEGREES && Math.abs(b - side) < CUT_DEGREES;
  const cut = (a, b) =>
    both(a.lng, b.lng, around.getWest()) || both(a.lng, b.lng, around.getEast()) ||
    both(a.lat, b.lat, around.getSouth()) || both(a.lat, b.lat, around.getNorth());
  const polygons = feature.geometry.type === "Polygon" ? [feature.geometry.coordinates] : feature.geometry.coordinates;
  const edges = polygons.flat().flatMap((ring) => {
    const points = L.GeoJSON.coordsToLatLngs(ring);
    const runs = [[points[0]]];
    for (let i = 1; i < points.length; i += 1) {
      if (cut(points[i - 1], points[i])) runs.push([points[i]]);
      else runs.at(-1).push(points[i]);
    }
    return runs.filter((run) => run.length > 1);
  });
  return [
    ...whole(feature, { pane: "neighbours", ...look("neighbour"), className: "ground-fill", ...still }),
    L.polyline(edges, { pane: "neighbours", ...look("neighbour-line"), ...still }),
  ];
}

const BASE = {
  neighbour,
  water: (feature) => whole(feature, { pane: "water", ...look("water"), className: "water-fill", ...still }),
  street: (feature) => [
    ...line(feature, { pane: "streets", ...look("street-casing"), ...still }),
    ...line(feature, { pane: "streets", ...look("street"), ...still }),
  ],
};

const OWN = look("own");
const OWN_DOT = look("own-dot");
const inColour = (colour) => ({ color: colour, fillColor: colour });
const dotOf = (options) => ({ ...OWN_DOT, fillColor: options.fillColor ?? options.color, radius: options.radius ?? OWN_DOT.radius });

/** Return the colour of a staff collection: its own, or the usual one. */
export const ownColour = (layer) => layer.colour ?? OWN.color;
const MANY = 1500;
const canvases = new Map();

/** Return the options that a staff collection's symbology gives a feature with these properties. */
function ownOptions(properties, layer) {
  return classOf(properties, layer)?.look ?? layer.symbology?.look ?? { ...OWN, ...inColour(ownColour(layer)) };
}

/** Return the class of its layer's symbology that a feature is in, as zones/drawing/staff_layer_style.py has it. */
function classOf(properties, { symbology }) {
  const value = properties[symbology?.property];
  if (!symbology || value === null || value === undefined) return undefined;
  if (symbology.kind === "categories") return symbology.classes.find(({ values }) => values.includes(String(value)));
  const isFigure = typeof value === "number" || typeof value === "bigint";
  return isFigure ? symbology.classes.find(({ below }) => below === null || Number(value) < below) : undefined;
}

/** A staff collection's feature; many of them share one canvas, which stays quick. */
function own(feature, { length: count }, layer) {
  const pane = ownPane(layer.id);
  if (count > MANY && !canvases.has(pane)) canvases.set(pane, L.canvas({ pane, padding: 0.2 }));
  const shared = { pane, ...(count > MANY ? { renderer: canvases.get(pane) } : {}) };
  const options = { ...ownOptions(feature.properties, layer), ...shared };
  const dot = { ...dotOf(options), ...shared };
  const style = feature.geometry.type.endsWith("Point") ? dot : options;
  const radius = circleOf(feature);
  if (radius !== null) return L.geoJSON(feature, { pointToLayer: (_, latlng) => L.circle(latlng, { ...options, dashArray: "5 4", radius }) }).getLayers();
  return L.geoJSON(feature, { ...options, style, pointToLayer: (_, latlng) => L.circleMarker(latlng, dot) }).getLayers();
}

/**
 * Return how a feature of a staff collection with these properties is drawn from tiles, as a function,
 * when features are about `spacing` pixels apart: strokes and dots are the finer the more of them
 * there are, or they would hide the ground.
 */
export function ownStyles(spacing, layer) {
  const known = new Map();
  const usual = { ...OWN, ...inColour(ownColour(layer)) };
  return (properties) => {
    const options = layer.symbology ? ownOptions(properties, layer) : usual;
    if (!known.has(options)) known.set(options, refined(spacing, options));
    return known.get(options);
  };
}

function refined(spacing, options) {
  const weight = options.stroke === false ? 0 : options.weight;
  const dot = dotOf(options);
  const radius = Math.min(dot.radius, Math.max(1.5, spacing / 3));
  const fillOpacity = options.fill === false ? 0 : options.fillOpacity;
  return {
    area: { ...options, fillOpacity, weight: Math.min(weight, spacing / 10) },
    line: { ...options, weight: Math.min(weight, Math.max(0.5, spacing / 10)), fillOpacity: 0 },
    dot: { ...dot, radius, weight: Math.min(dot.weight, radius / 3) },
  };
}

const BY_COLLECTION = {
  zones: zone, axes: axis, belts: belt, belt_lines: beltLine, subdistricts: subdistrict, sites: site,
  disputes: dispute, borders: border, district,
  basemap: (feature, list) => (BASE[feature.properties.kind] ?? BASE.street)(feature, list),
};

/** Return the Leaflet layers that show a feature, one of `list`, of a layer; none without geometry. */
export function symbolise(layer, feature, list) {
  if (!feature.geometry || page.not_drawn.includes(`${layer.id}/${feature.id}`)) return [];
  return (BY_COLLECTION[layer.id] ?? own)(feature, list, layer);
}
