// How each kind of feature is drawn: one or more Leaflet layers of a feature.

import { svg } from "../shared/dom.js";
import { elementOf, page } from "../shared/page.js";
import { circleOf } from "./circles.js";

const L = window.L;

/** Stacking of what is drawn, lowest first. Water lies over the zones' fills, or it would not look like water. */
const PANES = [
  "ground", "neighbours", "district", "zones", "water", "subdistricts", "belts", "streets", "disputes",
  "zone-lines", "belt-lines", "district-line", "borders", "selection", "axes", "own", "sites", "labels",
];

/** Give the map its panes. Every pane has its own renderer, so order does not hang on loading. */
export function addPanes(map) {
  PANES.forEach((name, index) => {
    const pane = map.createPane(name);
    pane.style.zIndex = String(300 + index * 10);
  });
  map.getPane("labels").classList.add("labels");
}

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
  const { colour, line: edge } = elementOf(feature.element) ?? { colour: "#999999", line: "#555555" };
  return [
    ...whole(feature, { pane: "zones", stroke: false, fillColor: colour, fillOpacity: page.fill_opacity, className: "zone-fill" }),
    ...line(feature, { pane: "zone-lines", color: edge, weight: 1.8, ...still }),
  ];
}

/** Each part of an axis by itself: what the text names but no map shows is dashed. */
function axis(feature) {
  const { colour } = elementOf(feature.element) ?? { colour: "#882255" };
  const lines = feature.geometry.type === "LineString" ? [feature.geometry.coordinates] : feature.geometry.coordinates;
  const parts = feature.properties.parts ?? [];
  return lines.flatMap((coordinates, index) => {
    const basis = parts[index]?.basis ?? "traced";
    const latlngs = L.GeoJSON.coordsToLatLngs(coordinates);
    const common = { pane: "axes", lineCap: basis === "traced" ? "round" : "butt" };
    const dashArray = { traced: null, inferred: "14 5", schematic: "5 7" }[basis] ?? null;
    return [
      L.polyline(latlngs, { ...common, color: "#fff", weight: 8.5, opacity: 0.9 }),
      L.polyline(latlngs, { ...common, color: colour, weight: 5, dashArray, className: `axis-${basis}` }),
    ];
  });
}

function belt(feature) {
  const { colour } = elementOf(feature.element) ?? { colour: "#117766" };
  return whole(feature, {
    pane: "belts", color: colour, weight: 2, dashArray: "9 5", fillColor: colour, fillOpacity: 0.1, ...still,
  });
}

const BELT_LINES = { centre: { weight: 2.2, dashArray: "12 4 2 4" }, default: { weight: 1.4, opacity: 0.85 } };

function beltLine(feature) {
  const style = BELT_LINES[feature.properties.role] ?? BELT_LINES.default;
  return line(feature, { pane: "belt-lines", color: "#0f6455", ...style, ...still });
}

const subdistrict = (feature) =>
  line(feature, { pane: "subdistricts", color: "#4c463c", weight: 1.1, opacity: 0.75, dashArray: "1 4", ...still });

const dispute = (feature) =>
  whole(feature, { pane: "disputes", color: "#9c1f16", weight: 1.2, fillColor: "url(#hatch)", fillOpacity: 0.55, className: "dispute" });

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

const SITE_FILLS = { existing: "#ffffff", upgrade: "#e3b23c", planned: "#b3261e" };

/** Dots shrink when the whole district is in view, or they would hide it. */
export function siteRadius(zoom) {
  return zoom < 12.25 ? 3.4 : 4.8;
}

/** A place known only to within a circle: dashed, and clear inside, so that nobody takes it for a point. */
const SITE_CIRCLE = { pane: "sites", color: "#2a2622", weight: 1.4, dashArray: "5 4", opacity: 0.85, fillOpacity: 0.04, className: "site-circle" };

function site(feature) {
  const fillColor = SITE_FILLS[feature.properties.site_status] ?? "#ffffff";
  const radius = circleOf(feature);
  if (radius !== null) {
    const [lng, lat] = feature.geometry.coordinates;
    return [L.circle([lat, lng], { ...SITE_CIRCLE, radius, fillColor: fillColor === "#ffffff" ? "#8d8371" : fillColor })];
  }
  const options = { pane: "sites", radius: 4.8, color: "#2a2622", weight: 1.5, fillColor, fillOpacity: 1 };
  return L.geoJSON(feature, { pointToLayer: (_, latlng) => L.circleMarker(latlng, options) }).getLayers();
}

const DISTRICT_LINE = { color: "#3b352c", weight: 2.4, dashArray: "14 4 2 4", opacity: 0.9, ...still };

function district(feature) {
  return [
    ...whole(feature, { pane: "district", stroke: false, fillColor: page.paper, fillOpacity: 1, className: "district-fill", ...still }),
    ...line(feature, { pane: "district-line", ...DISTRICT_LINE }),
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
    ...whole(feature, { pane: "neighbours", stroke: false, fillColor: "#ece6d9", fillOpacity: 1, className: "ground-fill", ...still }),
    L.polyline(edges, { pane: "neighbours", color: "#b9ae98", weight: 1, ...still }),
  ];
}

const BASE = {
  neighbour,
  water: (feature) => whole(feature, { pane: "water", color: "#6fa6c0", weight: 0.8, fillColor: "#b4d7e6", fillOpacity: 0.86, className: "water-fill", ...still }),
  street: (feature) => [
    ...line(feature, { pane: "streets", color: "#8d8371", weight: 3.6, opacity: 0.55, ...still }),
    ...line(feature, { pane: "streets", color: "#fffdf8", weight: 2.2, ...still }),
  ],
};

const OWN_COLOUR = "#5b3a8c";
const OWN = { weight: 2, fillOpacity: 0.18 };
const OWN_DOT = { radius: 5.5, color: "#fff", weight: 1.5, fillOpacity: 0.95 };
const inColour = (colour) => ({ color: colour, fillColor: colour });

/** Return the colour of a staff collection: its own, or the usual one. */
export const ownColour = (layer) => layer.colour ?? OWN_COLOUR;
const MANY = 1500;
let canvas = null;

/** A staff collection's feature; many of them share one canvas, which stays quick. */
function own(feature, { length: count }, layer) {
  if (count > MANY) canvas ??= L.canvas({ pane: "own", padding: 0.2 });
  const shared = { pane: "own", ...(count > MANY ? { renderer: canvas } : {}) };
  const colours = inColour(ownColour(layer));
  const options = { ...OWN, ...colours, ...shared };
  const dot = { ...colours, ...OWN_DOT, ...shared };
  const style = feature.geometry.type.endsWith("Point") ? dot : options;
  const radius = circleOf(feature);
  if (radius !== null) return L.geoJSON(feature, { pointToLayer: (_, latlng) => L.circle(latlng, { ...options, dashArray: "5 4", radius }) }).getLayers();
  return L.geoJSON(feature, { ...options, style, pointToLayer: (_, latlng) => L.circleMarker(latlng, dot) }).getLayers();
}

/**
 * How features of a staff collection are drawn from tiles, when they are about `spacing` pixels
 * apart: strokes and dots are the finer the more of them there are, or they would hide the ground.
 */
export function ownStyle(spacing, colour) {
  const colours = inColour(colour);
  const radius = Math.min(5, Math.max(1.5, spacing / 3));
  return {
    area: { ...OWN, ...colours, weight: Math.min(OWN.weight, spacing / 10) },
    line: { ...OWN, ...colours, weight: Math.min(OWN.weight, Math.max(0.5, spacing / 10)), fillOpacity: 0 },
    dot: { ...colours, ...OWN_DOT, radius, weight: Math.min(OWN_DOT.weight, radius / 3) },
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
