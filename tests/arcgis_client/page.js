// Loads a layer and asks it some questions; leaves what came of it in window.result.
import config from "@arcgis/core/config.js";
import FeatureLayer from "@arcgis/core/layers/FeatureLayer.js";

config.assetsPath = "/node_modules/@arcgis/core/assets";
window.faults = [];

// As its dialogue of sign-in does, which wants more packages than a page without a bundler can load.
async function signIn(url, password) {
  const info = await (await fetch(new URL("/arcgis/rest/info?f=json", url))).json();
  const who = new URLSearchParams({ username: "anybody", password, f: "json" });
  const answer = await fetch(info.authInfo.tokenServicesUrl, { method: "POST", body: who });
  const { token } = await answer.json();
  const before = ({ requestOptions }) => {
    requestOptions.query = { ...requestOptions.query, token };
  };
  config.request.interceptors.push({ urls: new URL("/arcgis/rest/services", url).href, before });
}

async function answers(url, where) {
  const layer = new FeatureLayer({ url, outFields: ["*"] });
  await layer.load();
  const query = layer.createQuery();
  query.where = where;
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
  const asked = new URLSearchParams(location.search);
  if (asked.has("password")) await signIn(asked.get("url"), asked.get("password"));
  window.result = await answers(asked.get("url"), asked.get("where") ?? "1=1");
} catch (error) {
  window.faults.push(`${error} ${JSON.stringify(error.details ?? "").slice(0, 300)}`);
}
document.body.dataset.ready = "1";
