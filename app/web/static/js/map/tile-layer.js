// A collection of very many features, drawn from vector tiles on canvas.

import { ownPane, ownStyles } from "./symbols.js";
import { drawCells, drawFeatures, hit, hits } from "./tile-drawing.js";
import { TILE_SIZE, TileSource } from "./tile-source.js";

const L = window.L;
const MOST_NAMES = 400;
const FARTHEST_SHIFT = 0.01; // degrees, about a kilometre: more than any datum of ours

/**
 * Leaflet layer of a collection's tiles, moved as `datum` says.
 *
 * Tiles of a whole zoom are shown at fractional ones too. Each is drawn with as many pixels as it
 * then takes on the screen, so that lines are as wide and as sharp as those of other layers.
 */
export const TileLayer = L.GridLayer.extend({
  options: { tileSize: TILE_SIZE, zoomOffset: -1, updateWhenZooming: false },

  initialize(layer, datum) {
    const [west, south, east, north] = layer.extent;
    const bounds = L.latLngBounds([south, west], [north, east]);
    L.GridLayer.prototype.initialize.call(this, { pane: ownPane(layer.id), bounds: datum ? grown(bounds, FARTHEST_SHIFT) : bounds });
    this._bounds = bounds;
    this._count = layer.count;
    this._layer = layer;
    this._source = new TileSource(layer, datum);
    this._shown = new Map();
    this.on("tileunload", ({ coords }) => this._drop(coords));
  },

  getEvents() {
    return { ...L.GridLayer.prototype.getEvents.call(this), zoomend: this._redrawAll };
  },

  createTile(coords, done) {
    const canvas = L.DomUtil.create("canvas");
    const at = { z: coords.z + this.options.zoomOffset, x: coords.x, y: coords.y };
    const under = this._source.under(at);
    const tile = { canvas, at, zoom: coords.z, under, parts: [], drawing: 0 };
    this._shown.set(this._tileCoordsToKey(coords), tile);
    Promise.all(under.map((one) => this._source.take(one)))
      .then((parts) => {
        tile.parts = parts;
        return this._draw(tile);
      })
      .then(() => done(null, canvas), (error) => done(error, canvas));
    return canvas;
  },

  /** Return {id, properties} of the topmost feature at a place of the map, or null. */
  featureAt(latlng) {
    for (const [tile, x, y] of this._tilesAt(latlng)) {
      for (const part of tile.parts) {
        const [dx, dy] = offset(part, tile.at);
        const found = hit(part.features, x - dx, y - dy, this._scale(tile.zoom));
        if (found) return found;
      }
    }
    return null;
  },

  /** Return {id, properties} of each feature at a place of the map, the topmost first. */
  featuresAt(latlng) {
    const found = new Map();
    for (const [tile, x, y] of this._tilesAt(latlng)) {
      for (const part of tile.parts) {
        const [dx, dy] = offset(part, tile.at);
        for (const one of hits(part.features, x - dx, y - dy, this._scale(tile.zoom))) found.set(one.id, one);
      }
    }
    return [...found.values()];
  },

  /** Return how many small features are counted in the cell at a place of the map; 0 if none are. */
  countAt(latlng) {
    for (const [tile, x, y] of this._tilesAt(latlng)) {
      for (const part of tile.parts) {
        const [dx, dy] = offset(part, tile.at);
        const cell = hit(part.cells, x - dx, y - dy, this._scale(tile.zoom));
        if (cell) return cell.properties.count;
      }
    }
    return 0;
  },

  /** Return whether what is shown counts small features instead of drawing them. */
  hasCells() {
    return this._current().some((tile) => tile.parts.some(({ cells }) => cells.length));
  },

  /** Return {id, properties, latlng} of names' places in the view, one for a feature and not too many. */
  labels() {
    const view = this._map.getBounds();
    const found = new Map();
    for (const tile of this._current()) {
      for (const part of tile.parts) {
        for (const { id, properties, paths } of part.labels) {
          const [x, y] = [part.x * TILE_SIZE + paths[0][0], part.y * TILE_SIZE + paths[0][1]];
          const latlng = this._map.unproject([x, y], tile.zoom);
          if (view.contains(latlng)) found.set(id, { id, properties, latlng });
        }
      }
    }
    return [...found.values()].sort((a, b) => a.id - b.id).slice(0, MOST_NAMES);
  },

  _current() {
    return [...this._shown.values()].filter((tile) => tile.zoom === this._tileZoom);
  },

  *_tilesAt(latlng) {
    for (const tile of this._current()) {
      const { x, y } = this._map.project(latlng, tile.zoom).subtract([tile.at.x * TILE_SIZE, tile.at.y * TILE_SIZE]);
      if (x >= 0 && y >= 0 && x < TILE_SIZE && y < TILE_SIZE) yield [tile, x, y];
    }
  },

  /** Return how many pixels apart features are on the screen, as if spread evenly. */
  _spacing() {
    const zoom = this._map.getZoom();
    const { x, y } = this._map.project(this._bounds.getSouthEast(), zoom).subtract(this._map.project(this._bounds.getNorthWest(), zoom));
    return Math.sqrt((Math.max(x, 1) * Math.max(y, 1)) / this._count);
  },

  _scale(zoom) {
    return this._map.getZoomScale(this._map.getZoom(), zoom);
  },

  async _draw(tile) {
    tile.drawing += 1;
    const mine = tile.drawing;
    const scale = this._scale(tile.zoom);
    const side = Math.round(TILE_SIZE * scale * window.devicePixelRatio);
    const sheet = document.createElement("canvas");
    sheet.width = side;
    sheet.height = side;
    const context = sheet.getContext("2d");
    context.scale(side / TILE_SIZE, side / TILE_SIZE);
    const style = { styleOf: ownStyles(this._spacing(), this._layer), scale };
    for (const part of tile.parts) {
      context.save();
      context.translate(...offset(part, tile.at));
      if (tile.parts.length > 1) clipTo(context, part.corners);
      const isWanted = () => mine === tile.drawing;
      if (part.cells.length) await drawCells(context, part.cells, style.styleOf({}).area.fillColor, isWanted);
      const areAll = await drawFeatures(context, part.features, style, isWanted);
      context.restore();
      if (!areAll) return;
    }
    // Shown at once: a tile that is drawn again stays as it was until then.
    tile.canvas.width = side;
    tile.canvas.height = side;
    tile.canvas.getContext("2d").drawImage(sheet, 0, 0);
    tile.drawnScale = scale;
  },

  /** Draw all anew by a symbology (zones/map_page/leaflet_path_options.py), what is shown staying until then. */
  restyle(symbology) {
    this._layer = { ...this._layer, symbology };
    for (const tile of this._current()) if (tile.parts.length) this._draw(tile);
  },

  _redrawAll() {
    for (const tile of this._current()) {
      if (tile.parts.length && tile.drawnScale !== this._scale(tile.zoom)) this._draw(tile);
    }
  },

  _drop(coords) {
    const key = this._tileCoordsToKey(coords);
    const tile = this._shown.get(key);
    if (!tile) return;
    tile.drawing += 1;
    this._shown.delete(key);
    tile.under.forEach((one) => this._source.release(one));
  },
});

function grown(bounds, degrees) {
  const { lat: south, lng: west } = bounds.getSouthWest();
  const { lat: north, lng: east } = bounds.getNorthEast();
  return L.latLngBounds([south - degrees, west - degrees], [north + degrees, east + degrees]);
}

/**
 * Return where a part's own corner is, in pixels of the tile that is drawn from it.
 * @returns {[number, number]}
 */
function offset(part, at) {
  return [(part.x - at.x) * TILE_SIZE, (part.y - at.y) * TILE_SIZE];
}

/** Where several tiles meet within one, each has its own ground: what reaches over would be drawn twice. */
function clipTo(context, corners) {
  context.beginPath();
  corners.forEach(([x, y]) => context.lineTo(x, y));
  context.clip();
}
