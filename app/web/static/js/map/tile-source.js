// Vector tiles of one collection: fetched, decoded, and moved to where the map shows them.

import { VectorTile } from "@mapbox/vector-tile";
import { PbfReader } from "pbf";
import { address, refusal } from "../shared/api.js";
import { fromGcj02, toGcj02 } from "../shared/datum.js";
import { page } from "../shared/page.js";
import { inTurns } from "./turns.js";

const L = window.L;

/** Pixels along a tile's side; of 512, features reach 8 beyond its edges (64 of 4096 units). */
export const TILE_SIZE = 512;
const REACH = 8;
export const POINT = 1;
export const LINE = 2;

// Places counted in pixels from the grid's north-west corner. Leaflet's zooms are of 256 pixels a tile.
const toPixels = (lng, lat, z) => L.CRS.EPSG3857.latLngToPoint(L.latLng(lat, lng), z + 1);
const fromPixels = (x, y, z) => L.CRS.EPSG3857.pointToLatLng(L.point(x, y), z + 1);

/** Return how a point of tile {z, x, y}, in its pixels, is moved by a datum; null if it is not. */
function mover({ z, x, y }, datum) {
  if (datum !== "gcj02") return null;
  const [left, top] = [x * TILE_SIZE, y * TILE_SIZE];
  return (px, py) => {
    const { lng, lat } = fromPixels(left + px, top + py, z);
    const moved = toPixels(...toGcj02([lng, lat]), z);
    return [moved.x - left, moved.y - top];
  };
}

function decodedPath(points, scale, move) {
  const path = new Float32Array(points.length * 2);
  points.forEach((point, index) => {
    const [x, y] = [point.x * scale, point.y * scale];
    const [movedX, movedY] = move ? move(x, y) : [x, y];
    path[2 * index] = movedX;
    path[2 * index + 1] = movedY;
  });
  return path;
}

/** Return {id, type, properties, paths, vertices, box} of each feature of a layer, in its order. */
async function decodedLayer(layer, move, isWanted) {
  const features = [];
  const decode = (index) => {
    const feature = layer.feature(index);
    const paths = feature.loadGeometry().map((points) => decodedPath(points, TILE_SIZE / feature.extent, move));
    const vertices = paths.reduce((sum, path) => sum + path.length / 2, 0);
    features.push({ id: feature.id, type: feature.type, properties: feature.properties, paths, vertices, box: boxOf(paths) });
    return vertices;
  };
  await inTurns(Array.from({ length: layer?.length ?? 0 }, (_, index) => index), decode, { isWanted });
  return features;
}

function boxOf(paths) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const path of paths) {
    for (let i = 0; i < path.length; i += 2) {
      box[0] = Math.min(box[0], path[i]);
      box[1] = Math.min(box[1], path[i + 1]);
      box[2] = Math.max(box[2], path[i]);
      box[3] = Math.max(box[3], path[i + 1]);
    }
  }
  return box;
}

/** Return the corners of the tile where the map shows them, from the north-west clockwise. */
function cornersOf(move) {
  const corners = [[0, 0], [TILE_SIZE, 0], [TILE_SIZE, TILE_SIZE], [0, TILE_SIZE]];
  return move ? corners.map(([x, y]) => move(x, y)) : corners;
}

/** The tiles of a collection that are in use, each fetched once. */
export class TileSource {
  #layer;
  #datum;
  #entries = new Map();

  constructor(layer, datum) {
    this.#layer = layer;
    this.#datum = datum;
  }

  /** Return the addresses of the tiles that the map's own tile at {z, x, y} is drawn from. */
  under({ z, x, y }) {
    if (this.#datum !== "gcj02") return [{ z, x, y }];
    const corners = [[0, 0], [1, 0], [1, 1], [0, 1]];
    const places = corners.map(([right, down]) => {
      // What lies beyond an edge may reach over it with the half of a stroke.
      const [px, py] = [(x + right) * TILE_SIZE + (right || -1) * REACH, (y + down) * TILE_SIZE + (down || -1) * REACH];
      const { lng, lat } = fromPixels(px, py, z);
      return toPixels(...fromGcj02([lng, lat]), z).divideBy(TILE_SIZE);
    });
    const range = (values) => {
      const [first, last] = [Math.floor(Math.min(...values)), Math.floor(Math.max(...values))];
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    };
    const columns = range(places.map((place) => place.x));
    return range(places.map((place) => place.y)).flatMap((row) => columns.map((column) => ({ z, x: column, y: row })));
  }

  /**
   * Return a promise of a tile's {z, x, y, cells, features, labels, corners}, in pixels from the tile's
   * own north-west corner. Every `take` needs its `release`.
   */
  take(at) {
    const key = `${at.z}/${at.y}/${at.x}`;
    if (!this.#entries.has(key)) {
      const stop = new AbortController();
      this.#entries.set(key, { users: 0, stop, tile: this.#fetch(at, key, stop.signal) });
    }
    const entry = this.#entries.get(key);
    entry.users += 1;
    return entry.tile;
  }

  /** Say that a taken tile is no longer shown; the last to say so ends it. */
  release(at) {
    const key = `${at.z}/${at.y}/${at.x}`;
    const entry = this.#entries.get(key);
    if (!entry) return;
    entry.users -= 1;
    if (entry.users > 0) return;
    entry.stop.abort();
    this.#entries.delete(key);
  }

  async #fetch(at, key, signal) {
    const move = mover(at, this.#datum);
    const corners = cornersOf(move);
    const response = await fetch(address(`${this.#layer.tiles}/${key}`, { revision: page.revision_pinned }), { signal });
    if (response.status === 204) return { ...at, cells: [], features: [], labels: [], corners };
    if (!response.ok) throw await refusal(response);
    const { layers } = new VectorTile(new PbfReader(new Uint8Array(await response.arrayBuffer())));
    const { id } = this.#layer;
    const decoded = (name) => decodedLayer(layers[name], move, () => !signal.aborted);
    return { ...at, corners, cells: await decoded(`${id}_cells`), features: await decoded(id), labels: await decoded(`${id}_labels`) };
  }
}
