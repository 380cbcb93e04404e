// The way along borders from one place to another.

import { edgesOf, linesOf } from "./shapes.js";

/**
 * Return the nodes between two places on borders ({node} or {a, b, place}) on the shortest way over
 * edges of features; none where both are on one edge or no border leads from one to the other.
 */
export function tracedPath(features, from, to) {
  const [starts, ends] = [from, to].map(endsOf);
  if (isOneEdge(from, to)) return [];
  const beside = neighbours(features);
  const found = new Map(starts.map((node) => [node, { length: apart(node, placeOf(from)), before: null }]));
  const open = new Map(found);
  let best = null;
  while (open.size) {
    const node = nearest(open);
    const { length } = open.get(node);
    open.delete(node);
    if (best && length >= best.length) break;
    if (ends.includes(node)) {
      const whole = length + apart(node, placeOf(to));
      if (!best || whole < best.length) best = { node, length: whole };
    }
    for (const next of beside.get(node) ?? []) {
      const longer = length + apart(node, next);
      if (longer >= (found.get(next)?.length ?? Infinity)) continue;
      found.set(next, { length: longer, before: node });
      open.set(next, found.get(next));
    }
  }
  return best ? inner(found, best.node, from, to) : [];
}

const placeOf = (snap) => snap.node ?? snap.place;
const endsOf = ({ node, a, b }) => (node ? [node] : [a, b]);

/** Whether the straight line between two places runs along one edge. */
function isOneEdge(from, to) {
  const [one, other] = [from, to].map(endsOf);
  const isWithin = (few, edge) => edge.length === 2 && few.every((node) => edge.includes(node));
  return isWithin(one, other) || isWithin(other, one);
}

function inner(found, last, from, to) {
  const path = [];
  for (let node = last; node; node = found.get(node).before) path.unshift(node);
  return path.filter((node) => node !== from.node && node !== to.node);
}

/** Return which nodes are beside each on the lines of features. */
export function neighbours(features) {
  const beside = new Map();
  const add = (one, other) => {
    if (!beside.has(one)) beside.set(one, new Set());
    beside.get(one).add(other);
  };
  for (const [a, b] of [...features.values()].flatMap(linesOf).flatMap(edgesOf)) {
    add(a, b);
    add(b, a);
  }
  return beside;
}

/** The way is looked for in a ball around its start: few nodes are open at once. */
function nearest(open) {
  let [best, least] = [null, Infinity];
  for (const [node, { length }] of open) if (length < least) [best, least] = [node, length];
  return best;
}

/** Return how far two places are apart, in degrees of latitude: good to compare by. */
export function apart(one, other) {
  return Math.hypot((one.lng - other.lng) * Math.cos((one.lat * Math.PI) / 180), one.lat - other.lat);
}
