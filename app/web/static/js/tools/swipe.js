// Swipe: left of a bar the zones as the plan bounds them, right of it another account of them.

import { address, ask, features, Refusal } from "../shared/api.js";
import { el, fill } from "../shared/dom.js";
import { elementOf, page, word } from "../shared/page.js";
import { toolBox } from "./toolbar.js";

const L = window.L;
const LEFT = ["zones", "zone-lines"];
const FAR = 1e5; // pixels: beyond every screen
const ADMINISTRATION = "administration";

/** What can be held against the zones: the subdistricts that the plan gives them, and their former versions. */
async function choices() {
  const { revisions } = await ask(address(`${page.urls.zones}/revisions`, { f: "json", limit: 100, lang: page.lang }));
  const former = revisions.slice(1).map(({ revision, at }, index) => ({
    id: String(revision),
    title: word("swipe-version", { number: revisions.length - 1 - index, date: new Date(at).toLocaleDateString(page.lang === "zh" ? "zh-CN" : "en-GB") }),
  }));
  return [{ id: ADMINISTRATION, title: word("swipe-administration") }, ...former];
}

/** Return what is drawn on the right: each feature in the colour of the zone that it belongs to. */
async function drawn(id, datum) {
  const isAdministration = id === ADMINISTRATION;
  const url = isAdministration ? page.urls.subdistricts : `${page.urls.zones}/items`;
  const list = isAdministration ? await features({ url }, datum) : (await ask(address(url, { revision: id, crs: datum, limit: 1000 }))).features;
  const style = ({ id: fid, properties }) => {
    const known = elementOf(isAdministration ? properties.zone : fid);
    return { fillColor: known?.colour ?? "#999999", fillOpacity: page.fill_opacity, color: known?.line ?? "#555555", weight: 1.8, dashArray: isAdministration ? "6 3" : null };
  };
  return L.geoJSON(list, { pane: "swipe", interactive: false, style });
}

/** Begin; return what ends the tool. */
export async function swipe({ map, basemaps, end }) {
  const pane = map.getPane("swipe") ?? map.createPane("swipe");
  pane.style.zIndex = String(Number(map.getPane("zones").style.zIndex) + 1);
  const layer = L.layerGroup().addTo(map);
  const bar = el("div", { class: "swipe-bar", "aria-hidden": "true" });
  document.querySelector(".map-frame").append(bar);
  const at = el("input", { type: "range", min: 0, max: 100, value: 50, "aria-label": word("swipe-at"), on: { input: part } });
  const what = el("select", { "aria-label": word("swipe-right"), on: { change: show } });
  const status = el("div", { role: "status" });
  const close = el("button", { type: "button", class: "tool-button", on: { click: end } }, word("tool-close"));
  const box = toolBox(word("tool-swipe"), el("div", { class: "swipe-sides" }, el("span", {}, word("swipe-left")), what), el("div", { class: "swipe-at" }, at), status, el("div", { class: "tool-actions" }, close));
  let turn = 0;

  function part() {
    const { x: width } = map.getSize();
    const x = (width * Number(at.value)) / 100;
    const { x: parted } = map.containerPointToLayerPoint([x, 0]);
    for (const name of LEFT) map.getPane(name).style.clipPath = `polygon(${-FAR}px ${-FAR}px, ${parted}px ${-FAR}px, ${parted}px ${FAR}px, ${-FAR}px ${FAR}px)`;
    pane.style.clipPath = `polygon(${parted}px ${-FAR}px, ${FAR}px ${-FAR}px, ${FAR}px ${FAR}px, ${parted}px ${FAR}px)`;
    bar.style.left = `${x}px`;
  }

  async function show() {
    turn += 1;
    const mine = turn;
    try {
      const found = await drawn(what.value, basemaps.datum);
      if (mine !== turn) return;
      layer.clearLayers();
      found.addTo(layer);
      fill(status);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (mine === turn) fill(status, el("p", { class: "refusal" }, error.message));
    }
  }

  map.on("move zoomend viewreset resize", part);
  part();
  try {
    fill(what, (await choices()).map(({ id, title }) => el("option", { value: id }, title)));
    await show();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    fill(status, el("p", { class: "refusal" }, error.message));
  }
  return {
    end() {
      turn += 1;
      map.off("move zoomend viewreset resize", part);
      for (const name of [...LEFT, "swipe"]) map.getPane(name).style.clipPath = "";
      layer.remove();
      bar.remove();
      box.remove();
    },
  };
}
