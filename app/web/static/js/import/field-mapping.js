// Which fields of the file become which properties.

import { el } from "../shared/dom.js";
import { word } from "../shared/page.js";

/** Return the section; a saved mapping of the collection is offered when none is given yet. */
export function mappingSection({ findings, options, mapping, saved_mapping: saved }, { decide, mayDecide }) {
  const current = mapping ?? options.mapping ?? null;
  const asBefore = current && options.as_before && !options.mapping ? el("p", { class: "note" }, word("staff-mapping-as-before")) : null;
  const rows = findings.fields.map((field) => fieldRow(field, current));
  const keep = el("input", { type: "checkbox", checked: options.save_mapping ?? false });
  const apply = () => {
    const fields = {};
    for (const { field, used, name } of rows) {
      if (!used.checked) fields[field.label] = null;
      else if (name.value.trim() !== field.name) fields[field.label] = name.value.trim();
    }
    decide({ mapping: { fields, rest: "keep" }, save_mapping: keep.checked, dry_run: true });
  };
  const offer = saved && !current ? el("div", { class: "note" }, word("staff-saved-mapping", { who: saved.who }), " ", el("button", { type: "button", class: "plain-button", on: { click: () => decide({ mapping: { fields: saved.fields, rest: saved.rest }, key: saved.key, dry_run: true }) } }, word("staff-use-mapping"))) : null;
  return el("section", { class: "box" }, el("details", { open: Boolean(current) || Boolean(offer) }, el("summary", {}, el("h2", {}, word("staff-mapping"))), offer, asBefore,
    el("table", { class: "mapping" }, el("thead", {}, el("tr", {}, ["staff-take", "staff-field", "staff-type", "staff-property"].map((code) => el("th", { scope: "col" }, word(code))))), el("tbody", {}, rows.map(({ node }) => node))),
    mayDecide ? el("div", { class: "actions" }, el("label", { class: "check" }, keep, word("staff-save-mapping")), el("button", { type: "button", class: "plain-button", on: { click: apply } }, word("staff-apply-mapping"))) : null));
}

function fieldRow(field, current) {
  const fields = current?.fields ?? {};
  const target = field.label in fields ? fields[field.label] : field.name in fields ? fields[field.name] : current?.rest === "drop" ? null : field.name;
  const used = el("input", { type: "checkbox", checked: target !== null, "aria-label": `${word("staff-take")} ${field.label}` });
  const name = el("input", { value: target ?? field.name, maxlength: 64, disabled: target === null, "aria-label": `${word("staff-property")} ${field.label}` });
  used.addEventListener("change", () => { name.disabled = !used.checked; });
  return { field, used, name, node: el("tr", {}, el("td", {}, used), el("td", {}, field.label, field.title ? el("small", { class: "muted" }, ` ${field.title}`) : null), el("td", { class: "muted" }, word(`staff-type-${field.type}`)), el("td", {}, name)) };
}
