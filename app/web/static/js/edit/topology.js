// Features whose equal places are one node: whoever moves it moves it for all that share it.
//
// Every step can be undone. What was not touched keeps its numbers to the last bit, since a node is
// made of the numbers that came, and they are written out again as they are.

import { attachable, crossingsOf } from "./geometry-search.js";
import { copied, edgesOf, geometryOf, leastNodes, linesOf, shapeOf } from "./shapes.js";

const placeKey = (lng, lat) => `${lng},${lat}`;
export const keyOf = (collection, id) => `${collection}/${id}`;

export class Topology {
  /** `makeNode(lng, lat)` makes the object that stands for a place, with members `lng` and `lat`. */
  constructor(makeNode = (lng, lat) => ({ lng, lat })) {
    this.makeNode = makeNode;
    this.features = new Map();
    this.nodes = new Map();
    this.done = [];
    this.undone = [];
    this.made = 0;
    this.onChange = () => {};
    this.users = null;
  }

  /** Take features {collection, id, geometry, properties} as they are stored; known ones stay. */
  load(features) {
    for (const { collection, id, geometry, properties } of features) {
      const key = keyOf(collection, id);
      if (this.features.has(key)) continue;
      const stored = { geometry, properties };
      this.features.set(key, { key, collection, id, properties, stored, type: geometry?.type, shape: this.shape(geometry) });
    }
    this.users = null;
  }

  shape(geometry) {
    return shapeOf(geometry, (lng, lat) => this.nodeAt(lng, lat));
  }

  /** Return the one node at a place. */
  nodeAt(lng, lat) {
    const key = placeKey(lng, lat);
    if (!this.nodes.has(key)) this.nodes.set(key, this.makeNode(lng, lat));
    return this.nodes.get(key);
  }

  /** Return the features that a node belongs to. */
  usersOf(node) {
    if (!this.users) {
      this.users = new Map();
      for (const feature of this.features.values()) {
        for (const { nodes } of linesOf(feature)) {
          for (const each of nodes) {
            if (!this.users.has(each)) this.users.set(each, new Set());
            this.users.get(each).add(feature.key);
          }
        }
      }
    }
    return [...(this.users.get(node) ?? [])].map((key) => this.features.get(key));
  }

  /** Return the features that have an edge between two nodes, whichever way it runs. */
  alongEdge(a, b) {
    const has = ([from, to]) => (from === a && to === b) || (from === b && to === a);
    return this.usersOf(a).filter((feature) => linesOf(feature).some((line) => edgesOf(line).some(has)));
  }

  // Steps --------------------------------------------------------------------------------------

  /** Do `work`, which changes only these features and nodes, as one step that can be undone. */
  step(keys, nodes, work) {
    const before = this.state(keys, nodes);
    if (work() === false) {
      this.restore(before);
      return false;
    }
    this.done.push({ before, after: this.state(keys, nodes) });
    this.undone = [];
    this.changed();
    return true;
  }

  state(keys, nodes) {
    const copyOf = (feature) => feature && { ...feature, shape: copied(feature.shape) };
    return { features: keys.map((key) => [key, copyOf(this.features.get(key))]), places: nodes.map((node) => [node, node.lng, node.lat]) };
  }

  restore({ features, places }) {
    for (const [key, feature] of features) {
      if (feature) this.features.set(key, { ...feature, shape: copied(feature.shape) });
      else this.features.delete(key);
    }
    for (const [node, lng, lat] of places) this.place(node, lng, lat);
    this.users = null;
  }

  changed() {
    this.users = null;
    this.onChange();
  }

  undo() {
    const step = this.done.pop();
    if (!step) return;
    this.undone.push(step);
    this.restore(step.before);
    this.changed();
  }

  redo() {
    const step = this.undone.pop();
    if (!step) return;
    this.done.push(step);
    this.restore(step.after);
    this.changed();
  }

  // Nodes --------------------------------------------------------------------------------------

  /** Put a node at a place, without a step: while it is dragged. */
  place(node, lng, lat) {
    const key = placeKey(node.lng, node.lat);
    if (this.nodes.get(key) === node) this.nodes.delete(key);
    node.lng = lng;
    node.lat = lat;
    const now = placeKey(lng, lat);
    if (!this.nodes.has(now)) this.nodes.set(now, node);
  }

  /** Move a node that was dragged from a place to where it is now. */
  move(node, from, to = { lng: node.lng, lat: node.lat }) {
    this.place(node, from.lng, from.lat);
    return this.step([], [node], () => this.place(node, to.lng, to.lat));
  }

  /** Let a node become another one, so that both share what the other has; false if a ring vanished. */
  join(node, target, from = node) {
    this.place(node, from.lng, from.lat);
    const keys = this.usersOf(node).map(({ key }) => key);
    return this.step(keys, [], () => this.inLines(keys, (nodes) => nodes.map((each) => (each === node ? target : each))));
  }

  /** Put a new node on an edge, for all features that have it. Return the node. */
  insert(a, b, lng, lat) {
    const keys = this.alongEdge(a, b).map(({ key }) => key);
    const node = this.nodeAt(lng, lat);
    this.step(keys, [], () => keys.forEach((key) => linesOf(this.features.get(key)).forEach((line) => splice(line, a, b, node))));
    return node;
  }

  /** Whether borders meet at a node: without it they would no longer be one border. */
  isJunction(node) {
    const beside = new Set(this.usersOf(node).flatMap(linesOf).flatMap(edgesOf).filter((edge) => edge.includes(node)).flat());
    return beside.size > 3;
  }

  /** Take a node away from all features that have it; false at a junction, and where a ring would be left with too few. */
  remove(node) {
    if (this.isJunction(node)) return false;
    const keys = this.usersOf(node).map(({ key }) => key);
    return this.step(keys, [], () => this.inLines(keys, (nodes) => nodes.filter((each) => each !== node)));
  }

  /** Change every line of some features by `rule`; false if one is left with too few nodes. */
  inLines(keys, rule) {
    for (const key of keys) {
      for (const line of linesOf(this.features.get(key))) {
        const remaining = withoutRepeats(rule(line.nodes), line.closed);
        if (remaining.length < leastNodes(line)) return false;
        line.nodes.splice(0, line.nodes.length, ...remaining);
      }
    }
    return true;
  }

  // Features -----------------------------------------------------------------------------------

  /** Replace, add and remove features in one step, and let others share the nodes that are new. */
  replace({ put = [], remove = [] }) {
    const named = put.map((each) => ({ ...each, key: each.id === undefined ? this.newKey(each.collection) : keyOf(each.collection, each.id) }));
    const known = new Set(this.nodes.values());
    const neighbours = [...this.features.keys()];
    this.step([...new Set([...named.map(({ key }) => key), ...remove, ...neighbours])], [], () => {
      remove.forEach((key) => this.features.delete(key));
      for (const { key, collection, geometry, properties } of named) {
        const before = this.features.get(key);
        const shape = geometry === undefined ? before.shape : this.shape(geometry);
        const type = geometry === undefined ? before.type : geometry?.type;
        this.features.set(key, { key, collection, id: key.slice(collection.length + 1), stored: before?.stored ?? null, type, shape, properties: properties ?? before?.properties ?? {} });
      }
      this.users = null;
      this.attach([...this.nodes.values()].filter((node) => !known.has(node)));
    });
    return named.map(({ key }) => key);
  }

  newKey(collection) {
    this.made += 1;
    return keyOf(collection, `+${this.made}`);
  }

  setProperties(key, properties) {
    return this.step([key], [], () => {
      this.features.set(key, { ...this.features.get(key), properties });
    });
  }

  /** Make nodes part of the edges that they lie on. */
  attach(nodes) {
    for (const { node, a, b, key } of attachable(this.features, nodes)) {
      linesOf(this.features.get(key)).forEach((line) => splice(line, a, b, node));
    }
  }

  /** Return the nodes that lie on an edge of a feature which does not have them: {node, a, b, key}. */
  junctions() {
    return [...attachable(this.features, [...new Set([...this.features.values()].flatMap((each) => linesOf(each).flatMap(({ nodes }) => nodes)))])];
  }

  /** Make all such nodes part of these edges, as one step; no shape changes by it. */
  attachJunctions() {
    const found = this.junctions();
    const keys = [...new Set(found.map(({ key }) => key))];
    return this.step(keys, [], () => this.attach([...new Set(found.map(({ node }) => node))]));
  }

  /** Return the places where edges of changed features cross others of their collection. */
  crossings() {
    return crossingsOf(this.features, (feature) => this.isChanged(feature));
  }

  // What is to be stored -----------------------------------------------------------------------

  isChanged(feature) {
    return !feature.stored || this.hasOtherShape(feature) || this.hasOtherProperties(feature);
  }

  hasOtherShape(feature) {
    return JSON.stringify(geometryOf(feature)) !== JSON.stringify(feature.stored?.geometry ?? null);
  }

  hasOtherProperties(feature) {
    return feature.properties !== feature.stored?.properties;
  }

  /** Return {collection, put, delete} of each collection with changes; `known` are all that came. */
  changes(known) {
    const byCollection = new Map();
    const of = (collection) => {
      if (!byCollection.has(collection)) byCollection.set(collection, { collection, put: [], delete: [] });
      return byCollection.get(collection);
    };
    for (const feature of this.features.values()) {
      if (this.isChanged(feature)) of(feature.collection).put.push(this.document(feature));
    }
    for (const { collection, id } of known) {
      if (!this.features.has(keyOf(collection, id))) of(collection).delete.push(id);
    }
    return [...byCollection.values()];
  }

  document(feature) {
    const change = { type: "Feature" };
    if (feature.stored) change.id = feature.id;
    if (!feature.stored || this.hasOtherShape(feature)) change.geometry = geometryOf(feature);
    if (!feature.stored || this.hasOtherProperties(feature)) change.properties = feature.properties;
    return change;
  }

  /** Make changes that were told by `changes` again, as one step. */
  apply(changes) {
    const put = changes.flatMap(({ collection, put: documents }) => documents.map((each) => ({ collection, ...each })));
    const remove = changes.flatMap(({ collection, delete: ids }) => ids.map((id) => keyOf(collection, id))).filter((key) => this.features.has(key));
    const there = put.filter(({ collection, id, geometry }) => geometry !== undefined || this.features.has(keyOf(collection, id)));
    if (there.length || remove.length) this.replace({ put: there, remove });
  }
}

/** Put a node between two neighbours of a line, whichever way it runs. */
function splice({ nodes, closed }, a, b, node) {
  if (nodes.includes(node)) return;
  const count = closed ? nodes.length : nodes.length - 1;
  for (let index = 0; index < count; index += 1) {
    const ends = [nodes[index], nodes[(index + 1) % nodes.length]];
    if ((ends[0] === a && ends[1] === b) || (ends[0] === b && ends[1] === a)) {
      nodes.splice(index + 1, 0, node);
      return;
    }
  }
}

function withoutRepeats(nodes, closed) {
  return nodes.filter((node, index) => node !== nodes[index - 1] && !(closed && index === nodes.length - 1 && index > 0 && node === nodes[0]));
}
