// Random edits of a tiling: borders stay shared to the bit, and undoing gives back every digit.

import assert from "node:assert/strict";
import { test } from "node:test";

const { Topology, keyOf } = await import(new URL("../../../app/web/static/js/edit/topology.js", import.meta.url));
const { edgesOf, geometryOf, linesOf } = await import(new URL("../../../app/web/static/js/edit/shapes.js", import.meta.url));

const { tracedPath } = await import(new URL("../../../app/web/static/js/edit/border-path.js", import.meta.url));
const { reshape } = await import(new URL("../../../app/web/static/js/edit/reshape.js", import.meta.url));

const SIDE = 4;

/** Return numbers in [0, 1) that are the same for a seed. */
function random(seed) {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}

/** Return SIDE x SIDE neighbours whose corners have all digits that a double holds. */
function tiling(next) {
  const corner = Array.from({ length: SIDE + 1 }, (_, i) => Array.from({ length: SIDE + 1 }, (_, j) => [123.4 + (i + 0.3 * next()) / 300, 41.78 + (j + 0.3 * next()) / 300]));
  const cells = Array.from({ length: SIDE * SIDE }, (_, n) => [Math.floor(n / SIDE), n % SIDE]);
  return cells.map(([i, j]) => ({ collection: "c", id: `${i}-${j}`, properties: {}, geometry: { type: "Polygon", coordinates: [[corner[i][j], corner[i + 1][j], corner[i + 1][j + 1], corner[i][j + 1], corner[i][j]]] } }));
}

const texts = (topology) => JSON.stringify([...topology.features.values()].map((each) => [each.key, geometryOf(each)]).sort());

/** Return how often each edge occurs, by the digits of its ends. */
function edgeCounts(topology) {
  const counts = new Map();
  for (const feature of topology.features.values()) {
    const { coordinates } = geometryOf(feature);
    for (const ring of coordinates) {
      for (let n = 1; n < ring.length; n += 1) {
        const edge = [ring[n - 1], ring[n]].map(String).sort().join(" ");
        counts.set(edge, (counts.get(edge) ?? 0) + 1);
      }
    }
  }
  return counts;
}

/** Assert that no edge has more than two sides, and that those with one enclose the whole once. */
function assertTiles(topology) {
  const counts = edgeCounts(topology);
  assert.ok([...counts.values()].every((count) => count <= 2));
  const degree = new Map();
  for (const [edge, count] of counts) {
    if (count === 1) for (const end of edge.split(" ")) degree.set(end, (degree.get(end) ?? 0) + 1);
  }
  assert.ok([...degree.values()].every((count) => count === 2), "the outer rim is one ring");
}

function randomEdit(topology, next) {
  const features = [...topology.features.values()];
  const line = linesOf(features[Math.floor(next() * features.length)])[0];
  const [a, b] = edgesOf(line)[Math.floor(next() * line.nodes.length)];
  const choice = next();
  if (choice < 0.5) return topology.move(a, { lng: a.lng, lat: a.lat }, { lng: a.lng + (next() - 0.5) / 5000, lat: a.lat + (next() - 0.5) / 5000 });
  if (choice < 0.85) return topology.insert(a, b, (a.lng + b.lng) / 2 + next() / 1e5, (a.lat + b.lat) / 2);
  return topology.remove(a);
}

test("borders stay shared through random edits, undo gives back every digit", () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const next = random(seed);
    const topology = new Topology();
    topology.load(tiling(next));
    const before = texts(topology);
    for (let n = 0; n < 25; n += 1) {
      randomEdit(topology, next);
      assertTiles(topology);
    }
    const after = texts(topology);
    while (topology.done.length) topology.undo();
    assert.equal(texts(topology), before);
    while (topology.undone.length) topology.redo();
    assert.equal(texts(topology), after);
  }
});

test("only what was touched is to be stored, and it is stored for both sides", () => {
  const features = tiling(random(7));
  const topology = new Topology();
  topology.load(features);
  const corner = linesOf(topology.features.get(keyOf("c", "1-1")))[0].nodes[0];
  topology.move(corner, { lng: corner.lng, lat: corner.lat }, { lng: corner.lng + 1e-5, lat: corner.lat });
  const [{ put, delete: gone }] = topology.changes(features);
  assert.deepEqual(put.map(({ id }) => id).sort(), ["0-0", "0-1", "1-0", "1-1"]);
  assert.deepEqual(gone, []);
  assert.ok(put.every((each) => !("properties" in each)));
});

test("a node that is joined to another belongs to all of both", () => {
  const topology = new Topology();
  const square = (x) => [[x, 0], [x + 1, 0], [x + 1, 1], [x, 1], [x, 0]];
  topology.load([0, 1.1].map((x, n) => ({ collection: "c", id: String(n), properties: {}, geometry: { type: "Polygon", coordinates: [square(x)] } })));
  topology.join(topology.nodeAt(1, 0), topology.nodeAt(1.1, 0));
  topology.join(topology.nodeAt(1, 1), topology.nodeAt(1.1, 1));
  assert.equal([...edgeCounts(topology).values()].filter((count) => count === 2).length, 1);
  assert.equal(topology.usersOf(topology.nodeAt(1.1, 1)).length, 2);
});

test("a ring keeps three nodes", () => {
  const topology = new Topology();
  topology.load([{ collection: "c", id: "t", properties: {}, geometry: { type: "Polygon", coordinates: [[[0, 0], [1, 0], [0, 1], [0, 0]]] } }]);
  const before = texts(topology);
  assert.equal(topology.remove(topology.nodeAt(1, 0)), false);
  assert.equal(texts(topology), before);
});

test("parts of a split share their new nodes with the neighbour across the border", () => {
  const topology = new Topology();
  const ring = (x) => [[x, 0], [x + 1, 0], [x + 1, 1], [x, 1], [x, 0]];
  topology.load([0, 1].map((x) => ({ collection: "c", id: String(x), properties: {}, geometry: { type: "Polygon", coordinates: [ring(x)] } })));
  const half = (low, high) => ({ type: "Polygon", coordinates: [[[0, low], [1, low], [1, high], [0, high], [0, low]]] });
  topology.replace({ put: [{ collection: "c", id: "0", geometry: half(0, 0.5) }, { collection: "c", geometry: half(0.5, 1), properties: { name: "new" } }] });
  assert.equal(topology.features.size, 3);
  assert.equal(topology.usersOf(topology.nodeAt(1, 0.5)).length, 3);
  assertTiles(topology);
  topology.undo();
  assert.equal(topology.features.size, 2);
});

test("nodes on an edge are found and made part of it without changing its place", () => {
  const topology = new Topology();
  const left = { type: "Polygon", coordinates: [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]] };
  const right = { type: "Polygon", coordinates: [[[1, 0], [2, 0], [2, 1], [1, 1], [1, 0.25], [1, 0]]] };
  topology.load([["a", left], ["b", right]].map(([id, geometry]) => ({ collection: "c", id, properties: {}, geometry })));
  assert.deepEqual(topology.junctions().map(({ key }) => key), ["c/a"]);
  topology.attachJunctions();
  assert.deepEqual(topology.junctions(), []);
  assert.equal(topology.usersOf(topology.nodeAt(1, 0.25)).length, 2);
});

test("holes, parts and lines share nodes like rings", () => {
  const topology = new Topology();
  const hole = [[0.2, 0.2], [0.8, 0.2], [0.8, 0.8], [0.2, 0.8], [0.2, 0.2]];
  topology.load([
    { collection: "c", id: "a", properties: {}, geometry: { type: "MultiPolygon", coordinates: [[[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]], hole]] } },
    { collection: "c", id: "b", properties: {}, geometry: { type: "Polygon", coordinates: [hole] } },
    { collection: "lines", id: "l", properties: {}, geometry: { type: "LineString", coordinates: [[0.2, 0.2], [0.8, 0.2]] } },
  ]);
  const node = topology.nodeAt(0.2, 0.2);
  assert.equal(topology.usersOf(node).length, 3);
  topology.insert(node, topology.nodeAt(0.8, 0.2), 0.5, 0.1);
  assert.equal(topology.usersOf(topology.nodeAt(0.5, 0.1)).length, 3);
  assert.deepEqual(geometryOf(topology.features.get("lines/l")).coordinates, [[0.2, 0.2], [0.5, 0.1], [0.8, 0.2]]);
});

test("edges that cross are told while editing", () => {
  const topology = new Topology();
  topology.load(tiling(random(3)));
  assert.deepEqual(topology.crossings(), []);
  const feature = topology.features.get(keyOf("c", "1-1"));
  const [corner] = linesOf(feature)[0].nodes;
  topology.move(corner, { lng: corner.lng, lat: corner.lat }, { lng: corner.lng + 0.01, lat: corner.lat + 0.0001 });
  assert.ok(topology.crossings().length > 0);
});

test("changes that were told can be made again", () => {
  const features = tiling(random(11));
  const [one, other] = [new Topology(), new Topology()];
  [one, other].forEach((each) => each.load(features));
  const next = random(5);
  for (let n = 0; n < 10; n += 1) randomEdit(one, next);
  one.replace({ remove: ["c/3-3"] });
  other.apply(JSON.parse(JSON.stringify(one.changes(features))));
  assert.equal(texts(other), texts(one));
});

/** Return two neighbours whose common border has the nodes (1, 0), (1, 0.5) and (1, 1), and a line along it. */
function neighbours() {
  const topology = new Topology();
  const rings = { w: [[0, 0], [1, 0], [1, 0.5], [1, 1], [0, 1], [0, 0]], e: [[1, 1], [1, 0.5], [1, 0], [2, 0], [2, 1], [1, 1]] };
  topology.load(Object.entries(rings).map(([id, ring]) => ({ collection: "c", id, properties: {}, geometry: { type: "Polygon", coordinates: [ring] } })));
  topology.load([{ collection: "l", id: "b", properties: {}, geometry: { type: "LineString", coordinates: [[1, 0], [1, 0.5], [1, 1]] } }]);
  return topology;
}

test("a border is followed the shortest way, across features, and not along one edge", () => {
  const topology = neighbours();
  const [low, middle, high, far] = [[1, 0], [1, 0.5], [1, 1], [2, 1]].map((place) => topology.nodeAt(...place));
  assert.deepEqual(tracedPath(topology.features, { node: low }, { node: high }), [middle]);
  assert.deepEqual(tracedPath(topology.features, { node: middle }, { node: far }), [high]);
  const onEdge = { a: low, b: middle, place: { lng: 1, lat: 0.2 } };
  assert.deepEqual(tracedPath(topology.features, onEdge, { node: high }), [middle]);
  assert.deepEqual(tracedPath(topology.features, onEdge, { node: middle }), []);
  const alone = neighbours();
  alone.load([{ collection: "c", id: "x", properties: {}, geometry: { type: "Polygon", coordinates: [[[5, 5], [6, 5], [6, 6], [5, 5]]] } }]);
  assert.deepEqual(tracedPath(alone.features, { node: alone.nodeAt(1, 0) }, { node: alone.nodeAt(5, 5) }), []);
});

test("a stretch that is drawn anew is the same line for all that had it, whichever way they run", () => {
  const topology = neighbours();
  const before = texts(topology);
  const ends = [{ node: topology.nodeAt(1, 1) }, { node: topology.nodeAt(1, 0) }];
  const path = [{ lng: 1.2, lat: 0.7 }, { lng: 1.1, lat: 0.3 }];
  assert.equal(reshape(topology, "c/w", path, ends), null);
  const line = [[1, 0], [1.1, 0.3], [1.2, 0.7], [1, 1]];
  assert.deepEqual(geometryOf(topology.features.get("l/b")).coordinates, line);
  for (const [lng, lat] of line) assert.equal(topology.usersOf(topology.nodeAt(lng, lat)).length, 3);
  assert.equal([...edgeCounts(topology).values()].filter((count) => count > 1).length, 3);
  topology.undo();
  assert.equal(texts(topology), before);
});

test("a stretch between places on edges begins and ends there, also for the neighbour", () => {
  const topology = neighbours();
  const [low, middle] = [topology.nodeAt(1, 0), topology.nodeAt(1, 0.5)]; // one edge, with both ends on it
  const ends = [0.1, 0.4].map((lat) => ({ a: low, b: middle, place: { lng: 1, lat } }));
  assert.equal(reshape(topology, "c/e", [{ lng: 0.9, lat: 0.2 }], ends), null);
  const [ring] = geometryOf(topology.features.get("c/w")).coordinates;
  assert.deepEqual(ring.slice(1, 6), [[1, 0], [1, 0.1], [0.9, 0.2], [1, 0.4], [1, 0.5]]);
});

/** Return a square in the west whose east side has two neighbours: their common border ends on it at (1, 0.5). */
function junction() {
  const topology = new Topology();
  const rings = {
    w: [[0, 0], [1, 0], [1, 0.5], [1, 1], [0, 1], [0, 0]],
    s: [[1, 0], [2, 0], [2, 0.6], [1.4, 0.5], [1, 0.5], [1, 0]],
    n: [[1, 0.5], [1.4, 0.5], [2, 0.6], [2, 1], [1, 1], [1, 0.5]],
  };
  topology.load(Object.entries(rings).map(([id, ring]) => ({ collection: "c", id, properties: {}, geometry: { type: "Polygon", coordinates: [ring] } })));
  return topology;
}

for (const [what, path, end, gone] of [
  ["is cut back to where the line crosses it", [[1.2, 0.1], [1.2, 0.9]], [1.2, 0.5], null],
  ["loses its vertices beyond the line", [[1.6, 0.1], [1.6, 0.9]], [1.6, 0.5 + 0.2 / 6], [1.4, 0.5]],
  ["goes straight on to a line that recedes", [[0.7, 0.1], [0.7, 0.9]], [0.7, 0.5], null],
  ["ends at a vertex of the line", [[1.2, 0.1], [1.2, 0.5], [1.1, 0.9]], [1.2, 0.5], null],
  ["is met at a vertex of its own", [[1.4, 0.5]], [1.4, 0.5], null],
  ["stays where the line goes through its end", [[0.9, 0.3], [1, 0.5], [1.1, 0.7]], [1, 0.5], null],
]) {
  test(`a border that ends on a stretch drawn anew ${what}`, () => {
    const topology = junction();
    const before = texts(topology);
    const ends = [[1, 0], [1, 1]].map((place) => ({ node: topology.nodeAt(...place) }));
    assert.equal(reshape(topology, "c/w", path.map(([lng, lat]) => ({ lng, lat })), ends), null);
    assertTiles(topology);
    const shared = [...topology.features.values()].map((each) => linesOf(each)[0].nodes).reduce((all, nodes) => all.filter((node) => nodes.includes(node)));
    assert.equal(shared.length, 1, "the three meet at one node");
    assert.ok(Math.hypot(shared[0].lng - end[0], shared[0].lat - end[1]) < 1e-12);
    if (gone) assert.ok(!texts(topology).includes(JSON.stringify(gone)));
    topology.undo();
    assert.equal(texts(topology), before);
    topology.redo();
    assertTiles(topology);
  });
}

test("a neighbour's corner on an edge without a vertex there follows too", () => {
  const topology = new Topology();
  const rings = { w: [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]], s: [[1, 0], [2, 0], [2, 0.5], [1, 0.5], [1, 0]], n: [[1, 0.5], [2, 0.5], [2, 1], [1, 1], [1, 0.5]] };
  topology.load(Object.entries(rings).map(([id, ring]) => ({ collection: "c", id, properties: {}, geometry: { type: "Polygon", coordinates: [ring] } })));
  const ends = [[1, 0], [1, 1]].map((place) => ({ node: topology.nodeAt(...place) }));
  assert.equal(reshape(topology, "c/w", [{ lng: 1.3, lat: 0.1 }, { lng: 1.3, lat: 0.9 }], ends), null);
  assertTiles(topology);
  assert.equal(topology.usersOf(topology.nodeAt(1.3, 0.5)).length, 3);
});

test("of a neighbour that has a part of the stretch the rest stays as it was", () => {
  const topology = new Topology();
  const rings = { w: [[0, 0], [1, 0], [1, 0.6], [1, 1], [0, 1], [0, 0]], e: [[1, 0], [2, 0], [2, 0.6], [1, 0.6], [1, 0]] };
  topology.load(Object.entries(rings).map(([id, ring]) => ({ collection: "c", id, properties: {}, geometry: { type: "Polygon", coordinates: [ring] } })));
  const ends = [[1, 0], [1, 1]].map((place) => ({ node: topology.nodeAt(...place) }));
  assert.equal(reshape(topology, "c/w", [{ lng: 0.8, lat: 0.1 }, { lng: 0.8, lat: 0.9 }], ends), null);
  assertTiles(topology);
  assert.deepEqual(geometryOf(topology.features.get("c/e")).coordinates[0].slice(2, 5), [[1, 0], [2, 0], [2, 0.6]]);
});

test("nothing is drawn anew where borders would end on the line in another order", () => {
  const topology = junction();
  topology.load([{ collection: "c", id: "l", properties: {}, geometry: { type: "LineString", coordinates: [[1, 0.5], [1, 1]] } }]);
  const before = texts(topology);
  const ends = [[1, 0], [1, 1]].map((place) => ({ node: topology.nodeAt(...place) }));
  assert.equal(reshape(topology, "c/w", [], [ends[0], ends[0]]), "edit-reshape-ends");
  const round = [{ lng: 1.7, lat: -0.5 }, { lng: 3, lat: 0.5 }, { lng: 1.7, lat: 1.5 }]; // all round both
  assert.equal(reshape(topology, "c/w", round, ends), "edit-reshape-third");
  assert.equal(texts(topology), before);
  assert.equal(topology.done.length, 0);
});
