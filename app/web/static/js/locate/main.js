// The page "Which zone is this?": one point that is typed, or a table that is dropped.

import { address, ask, Refusal } from "../shared/api.js";
import { el, fill } from "../shared/dom.js";
import { LocateMap } from "../shared/locate-map.js";
import { addFileForm } from "./file-form.js";
import { page, word } from "../shared/page.js";
import { placementView } from "../shared/answer.js";
import { parsePlace } from "./place-text.js";

const byId = (id) => document.getElementById(id);
const inThisLanguage = (path) => {
  const url = new URL(path, window.location.origin);
  if (new URLSearchParams(window.location.search).has("lang")) url.searchParams.set("lang", page.lang);
  return url;
};
const showElement = (id) => window.location.assign(inThisLanguage(`${page.urls.plan}/${encodeURIComponent(id)}`));
const showArea = (id) => {
  const url = inThisLanguage(page.urls.map);
  url.hash = `sel=disputes/${encodeURIComponent(id)}`;
  window.location.assign(url);
};

const PAIRS = [["lon", "lat"], ["x", "y"]];
let turn = 0;

/** Ask where a place is and show the answer; the address of the page then tells the same. */
async function tell(map, { x, y }, crs) {
  turn += 1;
  const mine = turn;
  const names = crs.startsWith("EPSG:") && !["EPSG:4490", "EPSG:4326"].includes(crs) ? PAIRS[1] : PAIRS[0];
  const query = { [names[0]]: x, [names[1]]: y, crs };
  const here = address(window.location.pathname, query);
  const lang = new URLSearchParams(window.location.search).get("lang");
  if (lang) here.searchParams.set("lang", lang);
  window.history.replaceState(null, "", here);
  try {
    const answer = await ask(address(page.urls.locate, { ...query, f: "json", lang: page.lang }));
    if (mine !== turn) return;
    fill(byId("answer"), placementView(answer, showElement, showArea));
    fill(byId("map-note"));
    map.pin([answer.point.lon, answer.point.lat]);
    bringIntoView(byId("answer"));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (mine === turn) refuse(error.message);
  }
}

/** On one column the form fills the screen, and a phone's keyboard half of it: the answer comes up. */
function bringIntoView(answer) {
  if (!window.matchMedia("(max-width: 1000px)").matches) return;
  document.activeElement?.blur();
  answer.scrollIntoView({ block: "start" });
}

function refuse(reason) {
  fill(byId("answer"), el("p", { class: "refusal", role: "alert" }, reason));
}

function addPointForm(map) {
  byId("one").addEventListener("submit", (event) => {
    event.preventDefault();
    const place = parsePlace(byId("place").value);
    if (place) tell(map, place, byId("one-crs").value);
    else refuse(word("points-place-unread"));
  });
  byId("ask").disabled = false;
}

/** Fill the form from the page's address, if it tells a point. */
function restore(map) {
  const query = new URLSearchParams(window.location.search);
  const pair = PAIRS.find((names) => names.every((name) => query.has(name)));
  if (!pair) return;
  const [x, y] = pair.map((name) => query.get(name));
  const known = [...byId("one-crs").options].map(({ value }) => value);
  const crs = query.get("crs") ?? "CRS84";
  byId("place").value = `${x}, ${y}`;
  if (known.includes(crs)) byId("one-crs").value = crs;
  tell(map, { x, y }, crs);
}

async function start() {
  const map = new LocateMap(byId("map"));
  addPointForm(map);
  addFileForm(map);
  restore(map);
  await map.drawPlan();
  document.body.dataset.ready = "true";
}

start();
