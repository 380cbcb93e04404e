// The page on which an area is drawn or pasted: it is sent to be measured, and kept nowhere.

import { address } from "../shared/api.js";
import { el, fill } from "../shared/dom.js";
import { LocateMap } from "../shared/locate-map.js";
import { page, word } from "../shared/page.js";
import { RingDrawing } from "../shared/ring-drawing.js";
import { refusalView } from "./refusal.js";
import { reportView } from "./report.js";
import { asInLink, pointsOf, writeRing } from "./ring-in-link.js";

const L = window.L;
const byId = (id) => document.getElementById(id);
const AREA = { color: "#a63026", weight: 2.5, fillColor: "#a63026", fillOpacity: 0.12, interactive: false };

let turn = 0;
let view;
let drawing;
let shown;

/** Send an area and show the answer; whatever was asked for since then is shown instead. */
async function tell(text, type, options = {}) {
  turn += 1;
  const mine = turn;
  fill(byId("answer"), el("p", { class: "note" }, word("sketch-reading")));
  const answer = await sent(text, type, options);
  if (mine !== turn) return;
  if (type === "text/plain") shown.clearLayers();
  if (answer.ok) return show(answer.parsed, type === "text/plain");
  const choose = (chosen) => tell(text, type, { ...options, ...chosen });
  fill(byId("answer"), refusalView(answer.parsed, { choose, show: showPlace }));
  bringIntoView();
}

async function sent(text, type, options) {
  const headers = { Accept: "application/geo+json, application/json;q=0.9", "Accept-Language": page.lang, "Content-Type": type };
  try {
    const response = await fetch(address(page.urls.attribution, { ...options, lang: page.lang }), { method: "POST", headers, body: text });
    return { ok: response.ok, parsed: await response.json() };
  } catch {
    return { ok: false, parsed: null };
  }
}

function show(collection, pasted) {
  const { features, notes } = collection;
  if (pasted) {
    drawing.clear();
    shown.clearLayers();
    L.geoJSON(features, { style: AREA }).addTo(shown);
    view.map.fitBounds(shown.getLayers()[0].getBounds(), { padding: [30, 30], maxZoom: 17 });
    writeRing(null);
  }
  const remarks = notes.map(({ message, hint }) => el("p", { class: "note" }, message, hint ? ` ${hint}` : ""));
  const read = pasted ? el("p", { class: "fine" }, word("sketch-read-as", { system: collection.read_as.name })) : null;
  const many = features.length > 1;
  fill(byId("answer"), read, remarks, features.map((feature, index) => reportView(feature, index + 1, { many, onDownload: () => download(collection) })));
  showSites(features);
  bringIntoView();
  document.body.dataset.told = "true";
}

function showSites(features) {
  view.clear();
  for (const site of features.flatMap(({ properties }) => properties.sites)) {
    if (site.lon === null) continue;
    view.dot([site.lat, site.lon], { radius: 5, weight: 2, color: "#ffffff", fillColor: site.certain ? "#1f8a4c" : "#d07a00", fillOpacity: 1 });
  }
}

function showPlace({ lon, lat }) {
  view.pin([lon, lat]);
}

function download(collection) {
  const url = URL.createObjectURL(new Blob([JSON.stringify(collection)], { type: "application/geo+json" }));
  const link = el("a", { href: url, download: "area.geojson" });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

/** On one column the answer is below the map. */
function bringIntoView() {
  if (window.matchMedia("(max-width: 1000px)").matches) byId("answer").scrollIntoView({ block: "start", behavior: "smooth" });
}

function showState() {
  byId("draw").setAttribute("aria-pressed", String(drawing.active));
  byId("undo").disabled = !drawing.active || !drawing.points.length;
  byId("finish").disabled = !drawing.mayFinish;
  byId("clear").disabled = !drawing.points.length && !shown.getLayers().length;
  byId("map-note").textContent = word(drawing.active ? "sketch-how-active" : drawing.points.length ? "sketch-how-complete" : "sketch-how");
}

function measure() {
  shown.clearLayers();
  writeRing(drawing.points);
  tell(JSON.stringify({ type: "Polygon", coordinates: [drawing.coordinates().map(asInLink)] }), "application/geo+json");
}

function clear() {
  turn += 1;
  shown.clearLayers();
  view.clear();
  drawing.clear();
  writeRing(null);
  fill(byId("answer"));
}

function addTools() {
  byId("draw").addEventListener("click", () => {
    clear();
    drawing.start();
  });
  byId("undo").addEventListener("click", () => drawing.undo());
  byId("finish").addEventListener("click", () => drawing.finish());
  byId("clear").addEventListener("click", clear);
  byId("map").addEventListener("keydown", (event) => {
    if (!drawing.active || event.target !== byId("map")) return;
    if (event.key === "Enter") drawing.add({ latlng: view.map.getCenter() });
    if (event.key === "Escape") clear();
    if (event.key === "Backspace") drawing.undo();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "z" || !(event.ctrlKey || event.metaKey) || !drawing.active || event.target.matches("input, textarea, select")) return;
    drawing.undo();
    event.preventDefault();
  });
  byId("paste").addEventListener("submit", (event) => {
    event.preventDefault();
    tell(byId("text").value, "text/plain", byId("crs").value ? { crs: byId("crs").value } : {});
  });
  byId("read").disabled = false;
}

async function start() {
  view = new LocateMap(byId("map"));
  shown = L.layerGroup().addTo(view.map);
  drawing = new RingDrawing(view.map, { onChange: () => showState(), onFinish: measure });
  addTools();
  showState();
  const ring = pointsOf(window.location.hash);
  if (ring) {
    drawing.show(ring);
    view.map.fitBounds(L.latLngBounds(ring), { padding: [30, 30], maxZoom: 17 });
    measure();
  }
  await view.drawPlan();
  document.body.dataset.ready = "true";
}

start();
