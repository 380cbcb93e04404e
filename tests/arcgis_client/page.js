// Loads a layer and asks it some questions; leaves what came of it in window.result.
import config from "@arcgis/core/config.js";
import FeatureLayer from "@arcgis/core/layers/FeatureLayer.js";

config.assetsPath = "/node_modules/@arcgis/core/assets";
window.faults = [];

async function answers(url) {
  const layer = new FeatureLayer({ url, outFields: ["*"] });
  await layer.load();
  const query = layer.createQuery();
  query.where = "1=1";
  const found = await layer.queryFeatures(query);
  const extent = await layer.queryExtent();
  return {
    fields: layer.fields.map((field) => [field.name, field.type, field.alias]),
    count: await layer.queryFeatureCount(),
    names: found.features.map((feature) => feature.attributes.id),
    wkid: found.spatialReference.wkid,
    first: found.features[0].geometry.extent.toJSON(),
    extent: extent.extent.toJSON(),
  };
}

try {
  window.result = await answers(new URLSearchParams(location.search).get("url"));
} catch (error) {
  window.faults.push(`${error} ${JSON.stringify(error.details ?? "").slice(0, 300)}`);
}
document.body.dataset.ready = "1";
