// What the panel says of a feature that is not one of the nine elements.

import { el, fill } from "../shared/dom.js";
import { valueText } from "../shared/exact-json.js";
import { fieldWords } from "./property-titles.js";
import { chinese, distance, elementOf, figure, nameOf, page, word } from "../shared/page.js";
import { circleOf } from "./uncertainty-circles.js";

const row = (term, definition) =>
  definition === null || definition === undefined || definition === "" ? [] : [el("dt", {}, term), el("dd", {}, definition)];
const inLanguage = (properties, name) => (chinese ? properties[name] : properties[`${name}_en`] ?? properties[name]);
const wordOr = (key, fallback) => (key in page.words ? word(key) : fallback);

function elementButton(id, show) {
  const style = elementOf(id);
  if (!style) return id ?? null;
  return el(
    "button",
    { type: "button", class: `element-link element-${style.type}`, style: { "--colour": style.colour, "--line": style.line }, on: { click: () => show(id) } },
    el("b", { class: "numeral", "aria-hidden": "true" }, String(style.order)), style.name,
  );
}

/** How well the feature's place is known, and on what it rests. */
function evidence(properties) {
  const locatedBy = inLanguage(properties, "located_by");
  return [
    row(word("basis"), inLanguage(properties, "basis")),
    row(word("accuracy"), properties.accuracy_m ? word("about-m", { metres: figure(properties.accuracy_m, 0) }) : null),
    row(word("located-by"), locatedBy === inLanguage(properties, "basis") ? null : locatedBy),
  ];
}

function planRow({ plan_ref: ref, plan_line: line }) {
  return row(word("plan-ref"), ref ? word("plan-ref-line", { ref, line: line ?? "—" }) : null);
}

const VIEWS = {
  sites: (feature, show) => {
    const { properties } = feature;
    return [
      feature.geometry ? null : el("p", { class: "no-place" }, word("no-coordinates-note")),
      circleOf(feature) === null ? null : el("p", { class: "no-place" }, word("circle-note", { metres: figure(circleOf(feature), 0) })),
      el("dl", { class: "facts" },
        row(word("category"), wordOr(`category-${properties.category}`, properties.category)),
        row(word("site-status"), wordOr(`status-${properties.site_status}`, properties.site_status)),
        row(word("belongs-to"), properties.element ? elementButton(properties.element, show) : null),
        row(word("quantity"), properties.quantity_text),
        row(word("aliases"), (properties.aliases ?? []).join(chinese ? "、" : ", ")),
        planRow(properties),
        row(word("note"), properties.note),
        evidence(properties)),
    ];
  },
  disputes: ({ properties }, show) => [
    el("p", {}, inLanguage(properties, "resolution")),
    el("dl", { class: "facts" },
      row(word("conflict"), properties.conflict),
      row(word("claimed-by"), properties.claims?.length ? el("div", { class: "stack" }, properties.claims.map((id) => elementButton(id, show))) : word("claimed-by-none")),
      evidence(properties)),
  ],
  borders: ({ properties }) => [
    el("dl", { class: "facts" },
      row(word("follows"), inLanguage(properties, "follows")),
      row(word("between"), (properties.between ?? []).map((id) => (id === "outside" ? word("outside") : page.names[id] ?? id)).join(" / ")),
      row(word("method"), inLanguage(properties, "method")),
      row(word("length"), distance(properties.length_m)),
      evidence(properties)),
  ],
  subdistricts: ({ properties }, show) => [
    el("dl", { class: "facts" },
      row(word("code"), properties.code),
      row(word("belongs-to"), elementButton(properties.zone, show)),
      row(word("split-note"), inLanguage(properties, "split_note")),
      evidence(properties)),
  ],
};

/** A table of all attributes; their titles and what codes stand for come when they are known. */
function ownView(feature, _, layer) {
  const body = el("tbody");
  const show = (words) => fill(body, Object.entries(feature.properties).map((entry) => attributeRow(entry, words)));
  show({ title: (name) => name, text: () => null });
  if (layer.schema) fieldWords(layer).then(show);
  return [el("table", { class: "attributes" }, body)];
}

function attributeRow([name, value], words) {
  const title = words.title(name);
  const text = words.text(name, value);
  return el("tr", {},
    el("th", { scope: "row" }, title, title === name ? null : el("code", {}, name)),
    el("td", {}, valueText(value), text === null ? null : el("span", { class: "code-text" }, text)));
}

/** Return {title, kind, nodes} for a feature of `layer`; `show(id)` opens an element. */
export function featureView(layer, feature, show) {
  const known = VIEWS[layer.id];
  const { properties } = feature;
  const said = properties.official === true ? word("feature-official") : inLanguage(properties, "status") ?? word("status-note");
  const status = known ? el("p", { class: "fine" }, said) : null;
  return {
    title: nameOf(properties, layer),
    nodes: [
      el("section", { class: "feature" },
        el("p", { class: "feature-kind" }, layer.title),
        (known ?? ownView)(feature, show, layer), status),
    ],
  };
}
