// Nodes on edges, and edges that cross, found by a grid of cells.

import { edgesOf, linesOf } from "./shapes.js";

const CELL = 0.002; // degrees, some 200 m
const ON_EDGE = 1e-9; // degrees, a tenth of a millimetre
const MOST_CELLS = 4096;
const MOST_CROSSINGS = 100;

/** Yield {node, a, b, key} for nodes that lie on an edge a-b of a feature without being part of it. */
export function* attachable(features, nodes) {
  if (!nodes.length) return;
  const grid = new Map();
  for (const node of nodes) add(grid, cellOf(node.lng, node.lat), node);
  for (const feature of features.values()) {
    for (const line of linesOf(feature)) {
      const own = new Set(line.nodes);
      for (const [a, b] of edgesOf(line)) yield* onEdge(grid, own, a, b, feature.key);
    }
  }
}

function* onEdge(grid, own, a, b, key) {
  const found = [...near(grid, a, b)].filter((node) => !own.has(node) && distance(node, a, b) < ON_EDGE);
  found.sort((one, other) => square(one, a) - square(other, a));
  let from = a;
  for (const node of found) {
    yield { node, a: from, b, key };
    from = node;
  }
}

/** Return {place: [lng, lat], keys} where edges of changed features cross others, or themselves. */
export function crossingsOf(features, isChanged) {
  const edges = [...features.values()].filter(({ type }) => type === "Polygon" || type === "MultiPolygon").flatMap((feature) => linesOf(feature).flatMap((line) => edgesOf(line).map(([a, b]) => ({ a, b, feature }))));
  const changed = new Set([...features.values()].filter(isChanged));
  const grid = new Map();
  edges.forEach((edge) => cellsOf(edge.a, edge.b).forEach((cell) => add(grid, cell, edge)));
  const found = new Map();
  for (const edge of edges.filter(({ feature }) => changed.has(feature))) {
    for (const other of new Set(cellsOf(edge.a, edge.b).flatMap((cell) => grid.get(cell) ?? []))) {
      if (other.feature.collection !== edge.feature.collection || found.size >= MOST_CROSSINGS) continue;
      const place = crossing(edge, other);
      if (place) found.set(String(place), { place, keys: [...new Set([edge.feature.key, other.feature.key])] });
    }
  }
  return [...found.values()];
}

function crossing({ a, b }, { a: c, b: d }) {
  if (a === c || a === d || b === c || b === d) return null;
  const [ux, uy, vx, vy] = [b.lng - a.lng, b.lat - a.lat, d.lng - c.lng, d.lat - c.lat];
  const turn = ux * vy - uy * vx;
  if (turn === 0) return null;
  const [wx, wy] = [c.lng - a.lng, c.lat - a.lat];
  const [s, t] = [(wx * vy - wy * vx) / turn, (wx * uy - wy * ux) / turn];
  const inside = (share) => share > 1e-9 && share < 1 - 1e-9;
  return inside(s) && inside(t) ? [a.lng + s * ux, a.lat + s * uy] : null;
}

/** Return the place on an edge that is nearest to a point, as {lng, lat}. */
export function nearestOn(point, a, b) {
  const [x, y] = [b.lng - a.lng, b.lat - a.lat];
  const length = x * x + y * y;
  const share = length === 0 ? 0 : Math.min(1, Math.max(0, ((point.lng - a.lng) * x + (point.lat - a.lat) * y) / length));
  return { lng: a.lng + share * x, lat: a.lat + share * y };
}

const square = (one, other) => (one.lng - other.lng) ** 2 + (one.lat - other.lat) ** 2;
const distance = (node, a, b) => Math.sqrt(square(node, nearestOn(node, a, b)));
const cellOf = (lng, lat) => `${Math.floor(lng / CELL)},${Math.floor(lat / CELL)}`;

function add(grid, cell, what) {
  if (!grid.has(cell)) grid.set(cell, []);
  grid.get(cell).push(what);
}

function* near(grid, a, b) {
  for (const cell of new Set(cellsOf(a, b))) yield* grid.get(cell) ?? [];
}

/** Return the cells of the box around an edge, and those beside it that its tolerance reaches. */
function cellsOf(a, b) {
  const columns = range(a.lng, b.lng);
  const rows = range(a.lat, b.lat);
  if (columns.length * rows.length > MOST_CELLS) return [];
  return columns.flatMap((column) => rows.map((row) => `${column},${row}`));
}

function range(one, other) {
  const first = Math.floor((Math.min(one, other) - ON_EDGE) / CELL);
  const last = Math.floor((Math.max(one, other) + ON_EDGE) / CELL);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
