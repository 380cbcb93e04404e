// Draws one collection: from its TileJSON (?tilejson=), from GeoJSON (?geojson=) or from pictures (?raster=),
// at ?at=lon,lat,zoom.

import * as maplibre from "./node_modules/maplibre-gl/dist/maplibre-gl.mjs";

const asked = new URLSearchParams(window.location.search);
const [lon, lat, zoom] = asked.get("at").split(",").map(Number);
const tiled = asked.has("tilejson");
const raster = asked.get("raster");
const pictures = { type: "raster", tiles: [raster], tileSize: 256 };
const features = tiled ? { type: "vector", url: asked.get("tilejson") } : { type: "geojson", data: asked.get("geojson"), buffer: 128, tolerance: 0.1 };
const from = { source: "features", ...(tiled ? { "source-layer": asked.get("collection") } : {}) };

const layers = raster
  ? [{ id: "fill", type: "raster", source: "features", paint: { "raster-fade-duration": 0, "raster-resampling": "nearest" } }]
  : [
      { id: "fill", type: "fill", ...from, paint: { "fill-color": "#5b3a8c", "fill-opacity": 0.6, "fill-antialias": false } },
      { id: "line", type: "line", ...from, paint: { "line-color": "#5b3a8c", "line-width": 2 } },
    ];

const map = new maplibre.Map({
  container: "map",
  center: [lon, lat],
  zoom,
  fadeDuration: 0,
  canvasContextAttributes: { preserveDrawingBuffer: true },
  style: {
    version: 8,
    sources: { features: raster ? pictures : features },
    layers: [{ id: "ground", type: "background", paint: { "background-color": "#ffffff" } }, ...layers],
  },
});
window.faults = [];
map.on("error", ({ error }) => window.faults.push(String(error)));
map.once("idle", () => {
  const drawn = raster ? [] : map.queryRenderedFeatures({ layers: ["fill"] });
  window.drawn = [...new Map(drawn.map(({ id, properties }) => [id ?? properties.zid, properties])).values()];
  document.body.dataset.ready = "true";
});
