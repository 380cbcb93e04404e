// Draws a layer as esri-leaflet does, asks it some questions, and leaves what came of it in window.result.
window.faults = [];
addEventListener("error", (event) => window.faults.push(String(event.message)));

const asked = new URLSearchParams(location.search);
const url = asked.get("url");
const where = asked.get("where") ?? "1=1";
const map = L.map("map", { preferCanvas: false }).setView([41.76, 123.41], 12);
const layer = L.esri.featureLayer({ url, fields: ["*"] });
layer.on("requesterror", (event) => event.code === 499 || window.faults.push(event.message));
// As Esri's own examples sign in: a token for the key, asked for when a layer wants one.
layer.on("authenticationrequired", (event) => {
  const service = new URL("/arcgis/tokens/generateToken", url).href;
  const who = { username: "anybody", password: asked.get("password"), client: "referer", referer: location.origin };
  L.esri.post(service, { ...who, expiration: 60 }, (error, answer) => {
    if (error) window.faults.push(error.message);
    else event.authenticate(answer.token);
  });
});

const run = (query, method) =>
  new Promise((resolve) =>
    query[method]((error, answer, raw) => resolve(error ? { error: String(error.message) } : { answer, raw })),
  );

const signed = (task) => (layer.service.options.token ? task.token(layer.service.options.token) : task);

layer.on("load", async () => {
  const names = [];
  layer.eachFeature((drawn) => names.push(drawn.feature.properties.id));
  if (!names.length) return; // refused before signing in; it loads once more then
  const all = await run(layer.query().where(where), "run");
  const count = await run(layer.query().where("1=1"), "count");
  const within = await run(layer.query().intersects(L.latLng(41.81, 123.41)), "ids");
  const bounds = await run(layer.query().where("1=1"), "bounds");
  const metadata = await new Promise((resolve) => layer.metadata((error, answer) => resolve(answer)));
  const pictures = url.replace(/FeatureServer.*/, "MapServer");
  const identify = signed(L.esri.identifyFeatures({ url: pictures }));
  const clicked = await run(identify.on(map).at([41.81, 123.41]).layers("all:0").tolerance(1), "run");
  const find = signed(L.esri.find({ url: pictures }));
  const texts = await run(find.layers("0").text(asked.get("text") ?? "混"), "run");
  window.result = {
    clicked: clicked.answer?.features.map((feature) => feature.properties.OBJECTID),
    texts: texts.answer?.features.map((feature) => feature.properties.OBJECTID),
    names,
    all: all.answer.features.map((feature) => feature.properties.id),
    count: count.answer,
    within: within.answer,
    bounds: bounds.answer.toBBoxString(),
    title: metadata.name,
  };
  document.body.dataset.ready = "1";
});
layer.addTo(map);
