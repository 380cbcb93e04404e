// What became of a table: counts by zone as a table with bars, faults with reasons, the download.

import { el, svg } from "../shared/dom.js";
import { elementOf, figure, page, word } from "../shared/page.js";

const BAR = 110;

/** Return the nodes that tell a tally; the answered text is downloaded from its Blob. */
export function resultView(tally, blob, { name, seconds, notes }) {
  return [
    el("p", { class: "result-done" }, word("points-done", { rows: figure(tally.rows), seconds: figure(seconds, 1) })),
    download(blob, name),
    el("div", { class: "table-frame" }, zoneTable(tally)),
    tally.uncertain ? el("p", { class: "fine" }, word("points-uncertain", { rows: figure(tally.uncertain) })) : null,
    faultView(tally),
    notesView(notes),
  ].filter(Boolean);
}

/** Return a list of what there is to tell of how a table was read; null if there is nothing. */
export function notesView(notes) {
  if (!notes.length) return null;
  return el("ul", { class: "fine notes" }, notes.map(({ code, message, hint }) => el("li", {}, [message ?? code, hint].filter(Boolean).join(" "))));
}

function download(blob, name) {
  const stem = name.replace(/\.[^.]*$/, "");
  return el("a", { class: "button", href: URL.createObjectURL(blob), download: `${stem}-zones.csv` }, word("points-download"));
}

function zoneTable({ zones, rows }) {
  const order = (id) => (id === null ? Infinity : elementOf(id)?.order ?? 100);
  const listed = [...zones].sort(([one], [other]) => order(one) - order(other));
  const most = Math.max(...zones.values(), 1);
  const heads = ["points-zone", "", "points-rows", "points-share"].map((key) => el("th", { scope: "col" }, key ? word(key) : ""));
  return el(
    "table",
    { class: "figures-table zone-counts" },
    el("thead", {}, el("tr", {}, heads)),
    el("tbody", {}, listed.map(([id, count]) => zoneRow(id, count, count / most, rows))),
  );
}

function zoneRow(id, count, length, rows) {
  const style = elementOf(id);
  const colour = style?.colour ?? "#cfc6b4";
  const name = id === null ? word("points-no-zone") : page.names[id] ?? id;
  const numeral = style ? el("b", { class: "numeral", "aria-hidden": "true", style: { "--colour": style.colour, "--line": style.line } }, String(style.order)) : null;
  const bar = svg("svg", { width: BAR, height: 10, "aria-hidden": "true" }, svg("rect", { width: Math.max(1, length * BAR).toFixed(1), height: 10, rx: 2, fill: colour }));
  return el(
    "tr",
    {},
    el("th", { scope: "row" }, el("span", { class: "zone-name" }, numeral, name)),
    el("td", {}, bar),
    el("td", {}, figure(count)),
    el("td", {}, `${((100 * count) / rows).toFixed(1)} %`),
  );
}

function faultView(tally) {
  if (!tally.faulty) return el("p", { class: "fine" }, word("points-no-faults"));
  const reasons = [...tally.faults].sort(([, one], [, other]) => other.rows - one.rows);
  return el(
    "div",
    { class: "verdict-unsure" },
    el("p", {}, word("points-faults", { rows: figure(tally.faulty) })),
    el("ul", {}, reasons.map(([code, { words, rows }]) => el("li", {}, `${figure(rows)} · ${words || code}`))),
  );
}
