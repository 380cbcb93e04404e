// Draws the layer ?layer= of the service ?url= by ?kind=wms or wmts, in ?extent= of ?projection=.

const ol = window.ol;
const asked = new URLSearchParams(window.location.search);
const [url, kind, layer, projection] = ["url", "kind", "layer", "projection"].map((name) => asked.get(name));
const extent = asked.get("extent").split(",").map(Number);
window.faults = [];

// OpenLayers knows no CGCS2000. It must be told that north comes first, and how long a degree is on the ellipsoid: else
// it takes that of a sphere, and puts tiles beside their places.
const cgcs2000 = {
  code: "EPSG:4490", units: "degrees", metersPerUnit: (Math.PI * 6378137) / 180, axisOrientation: "neu",
  global: true, extent: [-180, -90, 180, 90],
};
ol.proj.addProjection(new ol.proj.Projection(cgcs2000));

async function read(query, format) {
  const answer = await fetch(`${url}/${kind}?service=${kind.toUpperCase()}&request=GetCapabilities${query}`);
  return format.read(await answer.text());
}

/** Names and titles of a layer and all below it. */
function namedLayers({ Name, Title, Layer = [] }) {
  return [...(Name ? [[Name, Title]] : []), ...Layer.flatMap(namedLayers)];
}

async function wms() {
  const { Capability } = await read("&version=1.3.0", new ol.format.WMSCapabilities());
  window.listed = namedLayers(Capability.Layer);
  const params = { LAYERS: layer, STYLES: "unlabelled", VERSION: asked.get("version") };
  const options = { url: `${url}/wms`, params, ratio: 1, projection, crossOrigin: "anonymous" };
  window.info = new ol.source.ImageWMS(options);
  return new ol.layer.Image({ source: window.info });
}

async function wmts() {
  const capabilities = await read("", new ol.format.WMTSCapabilities());
  window.listed = capabilities.Contents.Layer.map(({ Identifier, Title }) => [Identifier, Title]);
  const wanted = { layer, projection, style: "unlabelled", requestEncoding: asked.get("encoding") };
  const options = ol.source.WMTS.optionsFromCapabilities(capabilities, wanted);
  return new ol.layer.Tile({ source: new ol.source.WMTS({ ...options, crossOrigin: "anonymous", transition: 0 }) });
}

const drawn = await (kind === "wms" ? wms() : wmts());
drawn.getSource().on(["imageloaderror", "tileloaderror"], () => window.faults.push("not loaded"));
const resolution = (extent[2] - extent[0]) / 256;
const view = new ol.View({ projection, center: ol.extent.getCenter(extent), resolution, constrainResolution: false });
const map = new ol.Map({ target: "map", layers: [drawn], view, controls: [], pixelRatio: 1 });
map.once("rendercomplete", async () => {
  window.picture = document.querySelector("#map canvas").toDataURL("image/png");
  if (window.info) {
    const address = window.info.getFeatureInfoUrl(view.getCenter(), resolution, projection, { INFO_FORMAT: "application/json" });
    window.told = (await (await fetch(address)).json()).features.map(({ id }) => String(id));
  }
  document.body.dataset.ready = "true";
});
