// How far each group of layers, and each collection of staff, lets show through what is below it, and
// which of the latter lies on top; kept in the page's address.

import * as addressbar from "../map/address-bar.js";
import { ownPane } from "../map/symbols.js";
import { el, fill } from "../shared/dom.js";
import { page, word } from "../shared/page.js";

const PANES = {
  zones: ["zones", "zone-lines"], axes: ["axes"], belts: ["belts", "belt-lines"], subdistricts: ["subdistricts"],
  sites: ["sites"], evidence: ["disputes", "borders"], own: ["own"], base: ["ground", "neighbours", "district", "water", "streets", "district-line"],
};
const WHOLE = 100;
const chosen = new Map();
const own = () => page.groups.find(({ id }) => id === "own")?.layers ?? [];
let order = own().map(({ id }) => id); // the lowest first

/** The panes of a group, or of one collection of staff. */
const panesOf = (id) => PANES[id] ?? [ownPane(id)];

function apply(map, id, percent) {
  for (const name of panesOf(id)) map.getPane(name).style.opacity = String(percent / WHOLE);
  if (percent === WHOLE) chosen.delete(id);
  else chosen.set(id, percent);
}

/** Set what an address says, as "zones:40,base:20"; what it does not name is whole. */
export function restoreOpacity(map, text) {
  const percents = new Map((text ?? "").split(",").map((part) => part.split(":")).map(([id, percent]) => [id, Number(percent)]));
  for (const id of [...Object.keys(PANES), ...own().map((layer) => layer.id)]) {
    const percent = percents.get(id);
    const usable = Number.isFinite(percent) && percent >= 0 && percent <= WHOLE;
    apply(map, id, usable ? percent : WHOLE);
    const slider = document.getElementById(`opacity-${id}`);
    if (slider) slider.value = String(usable ? percent : WHOLE);
  }
}

/** Lay the collections of staff over each other as an address says, the lowest first; the rest lie below. */
export function restoreOrder(map, text) {
  const requested = (text ?? "").split(",").filter((id) => order.includes(id));
  order = [...own().map(({ id }) => id).filter((id) => !requested.includes(id)), ...requested];
  order.forEach((id, index) => { map.getPane(ownPane(id)).style.zIndex = String(index + 1); });
}

/** Return what folds out to a slider for each group, and a row for each collection of staff, the topmost first. */
export function opacityGroup(map, groups) {
  const rows = groups.filter(({ id }) => PANES[id]).map((one) => opacityRow(map, one));
  const list = el("div", { class: "own-order" });
  showOrder(map, list);
  return el("details", { class: "group opacity" }, el("summary", {}, word("opacity")), rows, own().length > 1 ? list : null);
}

function showOrder(map, list) {
  const layers = [...order].reverse().map((id) => own().find((layer) => layer.id === id));
  const move = (id, by) => {
    const at = order.indexOf(id);
    const next = order.filter((each) => each !== id);
    next.splice(at + by, 0, id);
    restoreOrder(map, next.join(","));
    addressbar.write({ ord: order.join(",") });
    showOrder(map, list);
    (list.querySelector(`[data-move="${by}"][data-id="${CSS.escape(id)}"]:not(:disabled)`) ?? list.querySelector(`[data-id="${CSS.escape(id)}"]:not(:disabled)`))?.focus();
  };
  const button = (layer, by, sign, disabled) => el("button", { type: "button", class: "tool-button", disabled, "data-move": by, "data-id": layer.id, "aria-label": word(by > 0 ? "layer-up" : "layer-down", { title: layer.title }), on: { click: () => move(layer.id, by) } }, sign);
  fill(list, el("p", { class: "fine" }, word("layer-order")), layers.map((layer, index) => el("div", { class: "order-row" }, opacityRow(map, layer),
    button(layer, 1, "↑", index === 0), button(layer, -1, "↓", index === layers.length - 1))));
}

function opacityRow(map, { id, title }) {
  const change = (event) => {
    apply(map, id, Number(event.target.value));
    addressbar.write({ op: [...chosen].map(([group, percent]) => `${group}:${percent}`).join(",") });
  };
  return el("label", { class: "opacity-row" }, el("span", {}, title),
    el("input", { id: `opacity-${id}`, type: "range", min: 0, max: WHOLE, step: 5, value: chosen.get(id) ?? WHOLE, "aria-label": word("opacity-of", { title }), on: { input: change } }));
}
