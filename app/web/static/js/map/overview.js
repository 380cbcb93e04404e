// What the panel shows first: the layout in nine cards, planned beside measured.

import { address, ask, Refusal } from "../shared/api.js";
import { el, fill } from "../shared/dom.js";
import { figure, page, word } from "../shared/page.js";

/** Return the planned and the measured figure of an element as two pieces of text. */
export function planAndMeasure(row) {
  const byArea = row.planned_area_km2 !== null && row.planned_area_km2 !== undefined;
  const unit = word(byArea ? "unit-km2" : "unit-km");
  const planned = byArea ? row.planned_area_km2 : row.planned_length_km;
  const measured = byArea ? row.area_m2 / 1e6 : row.length_m / 1e3;
  return { planned: `${figure(planned, 2)} ${unit}`, measured: `${figure(measured, 2)} ${unit}` };
}

function card(element, show) {
  return el(
    "li",
    { style: { "--colour": element.colour, "--line": element.line } },
    el(
      "button",
      { type: "button", class: `card card-${element.type}`, "data-element": element.id, on: { click: () => show(element.id) } },
      el("b", { class: "numeral", "aria-hidden": "true" }, String(element.order)),
      el("span", { class: "card-name" }, element.name),
      el("span", { class: "card-figures", "data-figures": element.id }),
    ),
  );
}

function cards(type, title, show) {
  const some = page.elements.filter((element) => element.type === type);
  return [el("h3", {}, title), el("ul", { class: "cards" }, some.map((element) => card(element, show)))];
}

/** Return the overview; the measured figures follow when the service has answered. */
export function overviewView(show) {
  const view = el(
    "div",
    { class: "overview" },
    page.revision_pinned ? el("p", { class: "pinned", role: "note" }, word("pinned", { revision: page.revision_pinned })) : null,
    el("p", { class: "lead" }, word("lead")),
    el("p", { class: "hint" }, word(page.offline ? "offline-place" : "hint")),
    cards("zone", word("six-zones"), show),
    cards("axis", word("two-axes"), show),
    cards("belt", word("one-belt"), show),
    el("p", { class: "fine" }, page.status),
  );
  addFigures(view);
  return [view];
}

async function addFigures(view) {
  let rows;
  try {
    rows = await measures();
  } catch (error) {
    if (error instanceof Refusal) return;
    throw error;
  }
  for (const row of rows) {
    const place = view.querySelector(`[data-figures="${CSS.escape(row.id)}"]`);
    if (!place) continue;
    const { planned, measured } = planAndMeasure(row);
    fill(place, el("span", {}, el("i", {}, word("planned")), planned), el("span", {}, el("i", {}, word("measured")), measured));
  }
}

let table = null;

/** Return the rows of the area table, asked for once. */
export async function measures() {
  table ??= ask(address(page.urls.areas, { f: "json", lang: page.lang, revision: page.revision_pinned })).then((answer) => answer.rows);
  try {
    return await table;
  } catch (error) {
    table = null;
    throw error;
  }
}
