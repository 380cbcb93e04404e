// The legend of a style by classes: colours, words and bounds, each of which can be changed.

import { el } from "../shared/dom.js";
import { figure, word } from "../shared/page.js";

/** Return the legend's nodes; `current()` is the style as it now is, `changed(style)` takes another. */
export function legendTable(current, counts, changed) {
  const style = current();
  const key = style.categories ? "categories" : "classes";
  const put = (index, changes) => changed({ ...current(), [key]: current()[key].map((one, at) => (at === index ? { ...one, ...changes } : one)) });
  const others = (colour) => changed({ ...current(), otherwise: { ...current().otherwise, fill: colour } });
  const rows = style[key].map((one, index) => row(one, index, counts, put, style[key].length));
  const head = ["style-colour", key === "classes" ? "style-below" : "style-values", "style-words", "style-features"];
  return [
    el("div", { class: "legend-scroll" }, el("table", { class: "legend-table" },
      el("caption", {}, word("style-legend")),
      el("thead", {}, el("tr", {}, head.map((code) => el("th", { scope: "col" }, word(code))))),
      el("tbody", {}, rows, othersRow(style, counts, others)))),
    ...notes(counts),
  ];
}

function row(one, index, counts, put, length) {
  const title = one.title || (one.values ?? []).join(", ");
  const colour = el("input", { type: "color", value: one.fill ?? one.stroke, "aria-label": word("style-colour-of", { title }), on: { change: (event) => put(index, one.fill ? { fill: event.target.value } : { stroke: event.target.value }) } });
  return el("tr", {}, el("td", {}, colour), el("td", {}, one.values ? one.values.join(", ") : bound(one, index, put, length)),
    el("td", {}, el("input", { value: one.title ?? "", maxlength: 200, "aria-label": word("style-words-of", { title }), on: { change: (event) => put(index, { title: event.target.value.trim() }) } })),
    el("td", {}, counts ? figure(counts.counts[index], 0) : "—"));
}

function bound(one, index, put, length) {
  if (index === length - 1) return "—";
  const change = (event) => {
    if (event.target.reportValidity()) put(index, { below: Number(event.target.value) });
  };
  return el("input", { type: "number", step: "any", required: true, value: one.below, "aria-label": word("style-below-of", { number: index + 1 }), on: { change } });
}

function othersRow(style, counts, others) {
  const colour = el("input", { type: "color", value: style.otherwise?.fill ?? "#d9d4c8", "aria-label": word("style-colour-of", { title: word("style-others") }), on: { change: (event) => others(event.target.value) } });
  return el("tr", {}, el("td", {}, colour), el("td", { colspan: 2 }, word("style-others")), el("td", {}, counts ? figure(counts.others, 0) : "—"));
}

/** What the classes leave out, and how their bounds were found. */
function notes(counts) {
  if (!counts) return [];
  const found = [];
  if (counts.low !== null) found.push(word("style-range", { low: figure(counts.low, 4), high: figure(counts.high, 4) }));
  if (counts.missing) found.push(word("style-missing", { count: figure(counts.missing, 0) }));
  if (counts.others > counts.missing) found.push(word("style-unclassed", { count: figure(counts.others - counts.missing, 0) }));
  if (counts.sampled) found.push(word("style-sampled"));
  return found.map((text) => el("p", { class: "style-note" }, text));
}
