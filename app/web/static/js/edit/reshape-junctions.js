// Where borders that end on a stretch end once it is drawn anew: T-junctions follow the new line.

import { apart, neighbours } from "./border-path.js";
import { nearestOn } from "./geometry-search.js";
import { linesOf } from "./shapes.js";

const AT_VERTEX = 1e-12; // degrees

/**
 * Put the places where borders end on the stretch `old` onto the line `drawn`, both lists of nodes
 * with the same ends. Return both with these places in them, as nodes that both have; null if they
 * would not lie on the line in their order.
 *
 * A border that the line crosses ends there: what of it lay beyond goes. One that the line does not
 * reach goes straight on to it, else to the nearest place.
 */
export function followedJunctions(topology, old, drawn) {
  const beside = neighbours(topology.features);
  const lines = [...topology.features.values()].flatMap(linesOf);
  const junctions = old.slice(1, -1).filter((node) => isJunction(lines, beside, old, node));
  const places = junctions.map((node) => placeOn(drawn, node, bordersAt(beside, old, node)));
  const isInOrder = places.every(({ along }, n) => along > (places[n - 1]?.along ?? 0) && along < drawn.length - 1);
  const gone = new Set(places.flatMap(({ beyond }) => beyond));
  if (!isInOrder || drawn.some((node) => gone.has(node))) return null;

  const moved = new Map(junctions.map((node, n) => [node, drawn[places[n].along] ?? node]));
  for (const line of lines) rewrite(line, (nodes) => nodes.filter((node) => !gone.has(node)).map((node) => moved.get(node) ?? node));
  junctions.forEach((node, n) => moved.get(node) === node && topology.place(node, places[n].lng, places[n].lat));
  return { old: old.map((node) => moved.get(node) ?? node), made: withJunctions(drawn, junctions, places) };
}

/** Change a line's nodes, without one twice in a row. */
function rewrite({ nodes, closed }, rule) {
  const now = rule(nodes).filter((node, index, all) => node !== all[index - 1]);
  if (closed && now.at(-1) === now[0]) now.pop();
  nodes.splice(0, nodes.length, ...now);
}

function withJunctions(drawn, junctions, places) {
  const after = (index) => junctions.filter((_, n) => places[n].along > index && places[n].along < index + 1);
  return drawn.flatMap((node, index) => [node, ...after(index)]);
}

/** Whether a border leaves a stretch at a node of it, or a line ends there. */
function isJunction(lines, beside, old, node) {
  const at = old.indexOf(node);
  const leaves = [...beside.get(node)].some((other) => other !== old[at - 1] && other !== old[at + 1]);
  return leaves || lines.some(({ nodes, closed }) => !closed && (nodes[0] === node || nodes.at(-1) === node));
}

/** Return the borders that leave a stretch at a node, each as its nodes from there to its next junction. */
function bordersAt(beside, old, first) {
  const seconds = [...beside.get(first)].filter((node) => !old.includes(node));
  return seconds.map((second) => {
    const border = [first, second];
    for (;;) {
      const onward = [...beside.get(border.at(-1))].filter((node) => node !== border.at(-2));
      if (onward.length !== 1 || border.includes(onward[0])) return border;
      border.push(onward[0]);
    }
  });
}

/**
 * Return {lng, lat, along, beyond}: a junction's place on a line, which vertex of it that is or after
 * which share of an edge it comes, and the nodes of its border that lay beyond it.
 */
function placeOn(drawn, node, borders) {
  if (drawn.includes(node)) return { ...node, along: drawn.indexOf(node), beyond: [] };
  const only = borders.length === 1 ? borders[0] : null;
  return (only && (cutBack(drawn, only) ?? goneOn(drawn, only))) ?? nearest(drawn, node);
}

/** Return where a border meets the line, nearest to the end that it has now. */
function cutBack(drawn, border) {
  for (let n = 1; n < border.length; n += 1) {
    const found = meeting(drawn, border[n - 1], border[n]);
    if (found) return { ...found, beyond: border.slice(1, n) };
  }
  return null;
}

/** Return where a border meets the line if it goes straight on, not farther than the line is long. */
function goneOn(drawn, [end, before]) {
  const reach = drawn.slice(1).reduce((sum, node, index) => sum + apart(drawn[index], node), 0);
  const share = reach / apart(before, end);
  const far = { lng: end.lng + (end.lng - before.lng) * share, lat: end.lat + (end.lat - before.lat) * share };
  return meeting(drawn, end, far);
}

/** Return where the edge from one place to another first meets a line between its ends. */
function meeting(drawn, from, to) {
  const found = drawn.slice(1).flatMap((_, index) => {
    const place = crossing(drawn[index], drawn[index + 1], from, to);
    return place ? [onLine(drawn, index, place)] : [];
  });
  const within = found.filter(({ along }) => along > 0 && along < drawn.length - 1);
  return within.sort((one, other) => apart(from, one) - apart(from, other))[0] ?? null;
}

function nearest(drawn, node) {
  const found = drawn.slice(1).map((b, index) => onLine(drawn, index, nearestOn(node, drawn[index], b)));
  return found.sort((one, other) => apart(node, one) - apart(node, other))[0];
}

/** Return the place where two edges meet, their ends included. */
function crossing(a, b, c, d) {
  const [ux, uy, vx, vy] = [b.lng - a.lng, b.lat - a.lat, d.lng - c.lng, d.lat - c.lat];
  const turn = ux * vy - uy * vx;
  if (turn === 0) return null;
  const [wx, wy] = [c.lng - a.lng, c.lat - a.lat];
  const shares = [(wx * vy - wy * vx) / turn, (wx * uy - wy * ux) / turn];
  return shares.every((share) => share >= 0 && share <= 1) ? { lng: a.lng + shares[0] * ux, lat: a.lat + shares[0] * uy } : null;
}

function onLine(drawn, index, { lng, lat }) {
  const [a, b] = [drawn[index], drawn[index + 1]];
  const [before, after] = [apart(a, { lng, lat }), apart(b, { lng, lat })];
  const along = before < AT_VERTEX ? index : after < AT_VERTEX ? index + 1 : index + before / (before + after);
  return { lng, lat, along, beyond: [] };
}
