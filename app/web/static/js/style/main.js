// Choosing how a collection is drawn: the kind, the property, colours; the map shows it at once.

import { ownPane } from "../map/symbols.js";
import { TileLayer } from "../map/tile-layer.js";
import { address, ask, Refusal } from "../shared/api.js";
import { el, fill } from "../shared/dom.js";
import { LocateMap } from "../shared/locate-map.js";
import { page, word } from "../shared/page.js";
import { csrf, send } from "../shared/staff-api.js";
import { classesOf, kindOf, symbologyOf, withLooks } from "./draft.js";
import { legendTable } from "./legend.js";

const L = window.L;
const byId = (id) => document.getElementById(id);
const form = byId("style");
const field = (name) => form.elements.namedItem(name);
const LOOKS = ["fill_opacity", "stroke", "stroke_width", "radius"];
const SHOWN_MS = 150;
let style = page.style ?? {};
let counts = null;
let turn = 0;

const map = new LocateMap(byId("map"));
map.map.createPane(ownPane(page.layer.id)).style.zIndex = "420";
const drawn = page.layer.extent ? new TileLayer({ ...page.layer, symbology: symbologyOf(style) }, null).addTo(map.map) : null;

/** Put what the style says into the controls. */
function showControls() {
  const kind = kindOf(style);
  const look = { ...page.usual, ...(classesOf(style)[0] ?? style) };
  field("kind").value = kind;
  showFitting();
  if (style.property) field("property").value = style.property;
  field("label").value = style.label === undefined || style.label === null ? "*" : style.label === "" ? "" : `=${style.label}`;
  for (const name of LOOKS) field(name).value = look[name] ?? page.usual[name];
  field("fill").value = look.fill ?? page.usual.fill;
  field("dash").value = (look.dash ?? []).join(" ");
}

/** Show the controls that belong to the chosen kind. */
function showFitting() {
  for (const node of form.querySelectorAll("[data-for]")) node.hidden = !node.dataset.for.split(" ").includes(field("kind").value);
}

/** Of a kind that is newly chosen, begin with a property that it can be made of. */
function fitProperty(kind) {
  const suited = page.suited[kind] ?? [];
  if (suited.length && !suited.includes(field("property").value)) [field("property").value] = suited;
}

const refused = (error) => fill(byId("told"), el("p", { class: "refusal", role: "alert" }, error.message));

/** Show the style as it now is: on the map, and as a legend that can be changed. */
function show() {
  drawn?.restyle(symbologyOf(style));
  const labelled = kindOf(style) === "single" ? [] : legendTable(() => style, counts, changed);
  fill(byId("legend"), labelled);
}

let waiting = 0;
function changed(next) {
  style = next;
  window.clearTimeout(waiting);
  waiting = window.setTimeout(() => drawn?.restyle(symbologyOf(style)), SHOWN_MS);
}

/** The style's member for labels, as the control has it: none for names, a property after "=", or nothing. */
function labelled() {
  const { value } = field("label");
  return value === "*" ? {} : { label: value.slice(1) };
}

/** Ask the service for classes of the property as the controls have it. */
async function classify() {
  turn += 1;
  const mine = turn;
  const isGraduated = field("kind").value === "graduated";
  const query = { property: field("property").value, method: isGraduated ? field("method").value : "categories", count: isGraduated ? field("count").value : null, palette: isGraduated ? field("ramp").value : field("set").value };
  try {
    const found = await ask(address(page.urls.classes, query));
    if (mine !== turn) return;
    counts = found;
    style = { ...found.style, ...labelled() };
    fill(byId("told"));
    showControls();
    show();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (mine === turn) refused(error);
  }
}

function single() {
  counts = null;
  style = { fill: field("fill").value, stroke: field("stroke").value, fill_opacity: Number(field("fill_opacity").value), stroke_width: Number(field("stroke_width").value), radius: Number(field("radius").value), ...labelled() };
  showControls();
  show();
}

const CLASSIFIED = new Set(["kind", "property", "set", "method", "count", "ramp"]);

function onInput({ target }) {
  const { name } = target;
  if (!name || !form.reportValidity()) return;
  if (CLASSIFIED.has(name)) {
    if (name === "kind") fitProperty(field("kind").value);
    showFitting();
    if (field("kind").value === "single") single();
    else classify();
  } else if (name === "label") {
    const { label: _, ...rest } = style;
    changed({ ...rest, ...labelled() });
  } else if (name === "dash") {
    changed(withLooks(style, { dash: target.value ? target.value.split(" ").map(Number) : null }));
  } else {
    changed(withLooks(style, { [name]: target.type === "color" ? target.value : Number(target.value) }));
  }
}

async function store(next) {
  try {
    await send(page.urls.collection, "PATCH", { style: next });
    fill(byId("told"), el("p", { class: "note" }, word("style-saved")));
    return true;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    refused(error);
    return false;
  }
}

form.addEventListener("change", onInput);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  store(style);
});
byId("usual").addEventListener("click", async () => {
  if (!(await store(null))) return;
  style = {};
  counts = null;
  showControls();
  show();
});
byId("save").disabled = csrf === null;
byId("usual").disabled = csrf === null;

showControls();
show();
if (page.layer.extent) {
  const [west, south, east, north] = page.layer.extent;
  map.map.fitBounds(L.latLngBounds([south, west], [north, east]).pad(0.05), { animate: false, maxZoom: 17 });
}
map.drawPlan().catch(refused).finally(() => {
  document.body.dataset.ready = "true";
});
