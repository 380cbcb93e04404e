// GeoJSON geometry <-> nested lists of nodes, where equal places are one node. Nothing here rounds.

const DEPTH = { Point: 0, MultiPoint: 1, LineString: 1, MultiLineString: 2, Polygon: 2, MultiPolygon: 3 };
const isArea = (type) => type === "Polygon" || type === "MultiPolygon";

/** Return the nested nodes of a geometry; `nodeAt(lng, lat)` gives the one node of a place. */
export function shapeOf(geometry, nodeAt) {
  if (!geometry) return null;
  const read = (coordinates, depth) => {
    if (depth === 0) return nodeAt(coordinates[0], coordinates[1]);
    const places = coordinates.map((each) => read(each, depth - 1));
    const closed = depth === 1 && isArea(geometry.type) && places.length > 1 && places[0] === places.at(-1);
    return closed ? places.slice(0, -1) : places;
  };
  return read(geometry.coordinates, DEPTH[geometry.type]);
}

/** Return the geometry of a feature; a ring ends with the digits that it begins with. */
export function geometryOf({ type, shape }) {
  if (!shape) return null;
  const written = (part, depth) => {
    if (depth === 0) return [part.lng, part.lat];
    const places = part.map((each) => written(each, depth - 1));
    return depth === 1 && isArea(type) ? [...places, [...places[0]]] : places;
  };
  return { type, coordinates: written(shape, DEPTH[type]) };
}

/** Return the rings and lines of a feature, each a list of nodes that may be changed in place. */
export function linesOf({ type, shape }) {
  if (!shape || DEPTH[type] === 0 || type === "MultiPoint") return [];
  return flattened(shape, DEPTH[type] - 1).map((nodes) => ({ nodes, closed: isArea(type) }));
}

function flattened(shape, levels) {
  return levels === 0 ? [shape] : shape.flatMap((part) => flattened(part, levels - 1));
}

/** Return a copy of nested lists with the same nodes in them. */
export const copied = (shape) => (Array.isArray(shape) ? shape.map(copied) : shape);

/** Return the edges [a, b] of a line, the closing one of a ring last. */
export function edgesOf({ nodes, closed }) {
  const edges = nodes.slice(1).map((node, index) => [nodes[index], node]);
  return closed && nodes.length > 2 ? [...edges, [nodes.at(-1), nodes[0]]] : edges;
}

/** Return how many nodes a line must keep. */
export const leastNodes = ({ closed }) => (closed ? 3 : 2);
