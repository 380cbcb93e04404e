// What a dragged node is to become part of: another node near by, or an edge.

import { nearestOn } from "./geometry-search.js";
import { edgesOf, linesOf } from "./shapes.js";

const NODE_PX = 12;
const EDGE_PX = 8;

/** Return {node} or {a, b, place} near a dragged node on the map, null where there is nothing. */
export function snapTo(map, topology, dragged) {
  const at = map.latLngToLayerPoint(dragged);
  const apart = (place) => at.distanceTo(map.latLngToLayerPoint([place.lat, place.lng]));
  const view = map.getBounds();
  const lines = [...topology.features.values()].flatMap(linesOf);
  const nodes = new Set(lines.flatMap((line) => line.nodes));
  nodes.delete(dragged);
  const node = best([...nodes].filter((each) => view.contains(each)), apart, NODE_PX);
  if (node) return { node };
  const edges = lines.flatMap(edgesOf).filter((edge) => !edge.includes(dragged)).map(([a, b]) => ({ a, b, place: nearestOn(dragged, a, b) }));
  return best(edges, ({ place }) => apart(place), EDGE_PX);
}

function best(candidates, apart, within) {
  let found = null;
  let least = within;
  for (const each of candidates) {
    const distance = apart(each);
    if (distance < least) [found, least] = [each, distance];
  }
  return found;
}
