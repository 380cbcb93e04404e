// What a file is: format, encoding, reference system, geometry; its first rows; what is wrong with it.

import { el } from "../shared/dom.js";
import { figure, page, word } from "../shared/page.js";

const known = (value) => value !== null && value !== undefined && value !== "";

const UNNAMED = "/"; // what stands in a KML above all folders, where nothing has a name
const MENDABLE = /^(invalid-|geometry-invalid$)/; // codes of what repairing the geometry may mend

/** Return the section of facts, each with the reason for it. */
export function factsSection({ findings, options }, { decide, mayDecide }) {
  const { geometry, encoding, crs, datum } = findings;
  const kinds = Object.entries(geometry.types).map(([kind, count]) => `${wordOr(`staff-shape-${kind.toLowerCase()}`, kind)} × ${figure(count, 0)}`).join(", ");
  const facts = [
    ["staff-format", findings.format ? wordOr(`staff-read-${findings.format}`, findings.format) : null],
    ["staff-layer", layersOf(findings)],
    ["staff-features", findings.features ? [figure(findings.features, 0), kinds].filter(Boolean).join(" · ") : null],
    ["staff-vertices", geometry.vertices ? figure(geometry.vertices, 0) : null],
    ["staff-encoding", encoding.name ? encodingOf(encoding) : null],
    ["staff-crs", crs.basis === "undecided" ? word("staff-basis-undecided") : `${crs.key ?? crs.name} · ${word(`staff-basis-${crs.basis}`)}`],
    ["staff-datum", datum && datum.taken !== "none" ? word("staff-datum-taken", { datum: datum.taken }) : null],
    ["staff-datum", datum?.better ? word("staff-datum-better", { datum: datum.better }) : null],
    ["staff-located", geometry.located ? geometry.located.map((degree) => degree.toFixed(5)).join(", ") : null],
  ];
  const list = facts.filter(([, value]) => known(value)).map(([code, value]) => [el("dt", {}, word(code)), el("dd", {}, value)]);
  return el("section", { class: "box" }, el("h2", {}, word("staff-what")), el("dl", { class: "facts" }, list), mayDecide ? again(findings, options, decide) : null);
}

const wordOr = (code, other) => (code in page.words ? word(code) : other);

/** Return the encoding with the reason for it, and how a text reads where it could be another one. */
function encodingOf({ name, basis, samples, alternatives }) {
  const sample = basis === "bytes" && alternatives?.length && samples?.length ? ` · “${samples[0]}”` : "";
  return `${name} · ${word(`staff-basis-${basis}`)}${sample}`;
}

/** Return the layers that were taken, and those that the file has if these are more. */
function layersOf({ layer, layers }) {
  const all = layers.join(", ");
  if (layer === UNNAMED) return null;
  return layers.length > 1 && layer !== null && layer !== all ? word("staff-layer-of", { layer, all }) : layer;
}

/** Return the way to read the file otherwise: another system, datum or encoding, other layers. */
function again({ encoding, layer, layers }, options, decide) {
  const select = (name, template, first) => {
    const node = el("select", { name }, el("option", { value: "" }, first));
    if (template) node.append(document.getElementById(template).content.cloneNode(true));
    return node;
  };
  const crs = select("crs", "systems", word("staff-by-file"));
  const encodings = select("encoding", "encodings", word("staff-by-file"));
  const datum = select("datum", null, word("staff-by-file"));
  datum.append(el("option", { value: "none" }, word("staff-not-shifted")), el("option", { value: "gcj02" }, "GCJ-02"), el("option", { value: "bd09" }, "BD-09"));
  for (const node of [crs, encodings, datum]) node.value = options[node.name] ?? "";
  const read = () => decide({ ...Object.fromEntries([crs, encodings, datum].map((node) => [node.name, node.value || null])), dry_run: true });
  const samples = (encoding.alternatives ?? []).map((each) => el("li", {}, el("b", {}, each.name), " ", (each.samples ?? []).map((text) => el("q", {}, text))));
  return el("details", { class: "more" }, el("summary", {}, word("staff-read-otherwise")),
    samples.length ? el("ul", { class: "samples" }, samples) : null,
    el("div", { class: "fields" }, el("label", {}, word("staff-crs"), crs), el("label", {}, word("staff-datum"), datum), el("label", {}, word("staff-encoding"), encodings)),
    el("div", { class: "actions" }, el("button", { type: "button", class: "plain-button", on: { click: read } }, word("staff-read-again")),
      layer !== null && layers.length > 1 ? el("button", { type: "button", class: "plain-button", on: { click: () => decide({ layer: null, dry_run: true }) } }, word("staff-other-layers")) : null));
}

/** Return the first rows as they were read. */
export function rowsSection(rows) {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return el("section", { class: "box" }, el("h2", {}, word("staff-rows")), el("div", { class: "table-frame" }, el("table", { class: "preview" },
    el("thead", {}, el("tr", {}, names.map((name) => el("th", { scope: "col" }, name)))),
    el("tbody", {}, rows.map((row) => el("tr", {}, names.map((name) => cell(row[name]))))))));
}

/** Return one value; what is too long for its column is told whole where the pointer rests. */
function cell(value) {
  const text = known(value) ? String(value) : "";
  return el("td", { title: text }, text);
}

/** Return what is wrong, the errors first; a place is shown on the map when it is chosen. */
export function problemsSection({ problems, errors, state }, { map, decide, mayDecide }) {
  if (state !== "ready") map.problems(problems);
  const order = ["error", "warning", "note"];
  const sorted = [...problems].sort((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity));
  const items = sorted.slice(0, 200).map((each) => problemItem(each, map));
  const repair = mayDecide && state === "rejected" && problems.some(({ code }) => MENDABLE.test(code)) ? el("div", { class: "actions" }, el("button", { type: "button", class: "button", on: { click: () => decide({ repair: true, dry_run: true }) } }, word("staff-repair")), el("p", { class: "fine" }, word("staff-repair-what"))) : null;
  const title = errors ? word("staff-problems-errors", { count: figure(errors, 0) }) : word("staff-problems");
  return el("section", { class: "box" }, el("h2", {}, title), el("ul", { class: "problems" }, items), sorted.length > items.length ? el("p", { class: "muted" }, word("staff-first-changes", { shown: items.length, all: sorted.length })) : null, repair);
}

function problemItem({ severity, feature, field, message, hint, lon, lat }, map) {
  const where = [feature ? word("staff-feature-number", { number: feature }) : null, field].filter(known).join(" · ");
  return el("li", { class: `problem problem-${severity}` }, el("span", { class: `chip chip-${severity}` }, word(`staff-severity-${severity}`)),
    el("div", {}, where ? el("b", {}, `${where} `) : null, message, hint ? el("p", { class: "fine" }, hint) : null),
    lon === null ? null : el("button", { type: "button", class: "plain-button", on: { click: () => map.place(lon, lat) } }, word("staff-show")));
}
