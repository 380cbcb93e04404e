// A stretch of a border drawn anew: whoever has the stretch gets the new line, so that it stays one.

import { apart } from "./border-path.js";
import { followedJunctions } from "./reshape-junctions.js";
import { leastNodes, linesOf } from "./shapes.js";

/**
 * Put a line in the place of the stretch of a feature's outline between two places on it, as one
 * step. Of a ring's two stretches the shorter one goes. Borders that end on the stretch end on the
 * new line.
 *
 * `path` are the places {lng, lat} of the line between its ends, `ends` what these are on the
 * outline: {node}, or {a, b, place} on an edge. Return null, or the code of the words that say why
 * nothing was done.
 */
export function reshape(topology, key, path, ends) {
  let refused = null;
  topology.step([...topology.features.keys()], [...topology.nodes.values()], () => {
    const [first, last] = ends.map(({ node, place }) => node ?? topology.nodeAt(place.lng, place.lat));
    topology.attach([first, last, ...topology.junctions().filter((each) => each.key === key).map(({ node }) => node)]);
    const old = first === last ? null : stretch(topology.features.get(key), first, last);
    refused = old ? replaceStretch(topology, old, path) : "edit-reshape-ends";
    return refused === null;
  });
  return refused;
}

/** Return the nodes of a feature's outline from one to another, the shorter way round a ring. */
function stretch(feature, first, last) {
  const line = linesOf(feature).find(({ nodes }) => nodes.includes(first) && nodes.includes(last));
  if (!line) return null;
  const from = line.nodes.indexOf(first);
  const turned = line.closed ? [...line.nodes.slice(from), ...line.nodes.slice(0, from)] : line.nodes;
  const [start, end] = [turned.indexOf(first), turned.indexOf(last)];
  if (!line.closed) return start < end ? turned.slice(start, end + 1) : turned.slice(end, start + 1).reverse();
  const ways = [turned.slice(0, end + 1), [first, ...turned.slice(end).reverse()]];
  return lengthOf(ways[0]) <= lengthOf(ways[1]) ? ways[0] : ways[1];
}

const lengthOf = (nodes) => nodes.slice(1).reduce((sum, node, index) => sum + apart(nodes[index], node), 0);

/** Give all that have the stretch the new line, piece by piece between the borders that end on it. */
function replaceStretch(topology, outline, path) {
  const drawn = [outline[0], ...path.map(({ lng, lat }) => topology.nodeAt(lng, lat)), outline.at(-1)];
  const found = followedJunctions(topology, outline, drawn);
  if (!found) return "edit-reshape-third";
  const { old, made } = found;
  const lines = [...topology.features.values()].flatMap(linesOf);
  const common = old.filter((node) => made.includes(node));
  for (let n = 1; n < common.length; n += 1) {
    const [run, now] = [old, made].map((nodes) => nodes.slice(nodes.indexOf(common[n - 1]), nodes.indexOf(common[n]) + 1));
    for (const line of lines) replaceRun(line, run, now) || replaceRun(line, [...run].reverse(), [...now].reverse());
  }
  if (lines.some((line) => new Set(line.nodes).size < leastNodes(line))) return "edit-reshape-ends";
  topology.users = null;
  topology.attach(made);
  return null;
}

function replaceRun(line, run, made) {
  const { nodes, closed } = line;
  const start = nodes.indexOf(run[0]);
  const isThere = start >= 0 && run.every((node, index) => node === nodes[closed ? (start + index) % nodes.length : start + index]);
  if (!isThere) return false;
  const runsOver = start + run.length > nodes.length;
  const turned = runsOver ? [...nodes.slice(start), ...nodes.slice(0, start)] : nodes;
  const at = runsOver ? 0 : start;
  nodes.splice(0, nodes.length, ...turned.slice(0, at), ...made, ...turned.slice(at + run.length));
  return true;
}
