// How far each group of layers lets show through what is below it; kept in the page's address.

import * as addressbar from "../map/address-bar.js";
import { el } from "../shared/dom.js";
import { word } from "../shared/page.js";

const PANES = {
  zones: ["zones", "zone-lines"], axes: ["axes"], belts: ["belts", "belt-lines"], subdistricts: ["subdistricts"],
  sites: ["sites"], evidence: ["disputes", "borders"], own: ["own"], base: ["ground", "neighbours", "district", "water", "streets", "district-line"],
};
const WHOLE = 100;
const chosen = new Map();

function apply(map, group, percent) {
  for (const name of PANES[group]) map.getPane(name).style.opacity = String(percent / WHOLE);
  if (percent === WHOLE) chosen.delete(group);
  else chosen.set(group, percent);
}

/** Set what an address says, as "zones:40,base:20"; what it does not name is whole. */
export function restoreOpacity(map, text) {
  const told = new Map((text ?? "").split(",").map((part) => part.split(":")).map(([group, percent]) => [group, Number(percent)]));
  for (const group of Object.keys(PANES)) {
    const percent = told.get(group);
    const usable = Number.isFinite(percent) && percent >= 0 && percent <= WHOLE;
    apply(map, group, usable ? percent : WHOLE);
    const slider = document.getElementById(`opacity-${group}`);
    if (slider) slider.value = String(usable ? percent : WHOLE);
  }
}

/** Return what folds out to a slider for each group. */
export function opacityGroup(map, groups) {
  const rows = groups.filter(({ id }) => PANES[id]).map((one) => opacityRow(map, one));
  return el("details", { class: "group opacity" }, el("summary", {}, word("opacity")), rows);
}

function opacityRow(map, { id, title }) {
  const change = (event) => {
    apply(map, id, Number(event.target.value));
    addressbar.write({ op: [...chosen].map(([group, percent]) => `${group}:${percent}`).join(",") });
  };
  return el("label", { class: "opacity-row" }, el("span", {}, title),
    el("input", { id: `opacity-${id}`, type: "range", min: 0, max: WHOLE, step: 5, value: WHOLE, "aria-label": word("opacity-of", { title }), on: { input: change } }));
}
