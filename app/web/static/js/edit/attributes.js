// The attributes of one feature as a form, by the fields of its collection.

import { valueText } from "../shared/exact-json.js";
import { el } from "../shared/dom.js";
import { page, word } from "../shared/page.js";

/** Return a form of the feature's properties; `onChange(properties)` gets them after each change. */
export function attributesForm(feature, others, onChange) {
  const names = [...new Set([...page.fields.map(({ name }) => name), ...Object.keys(feature.properties)])];
  const rows = names.map((name) => row(name, feature, others, (value) => onChange({ ...feature.properties, [name]: value })));
  return el("form", { class: "attributes", on: { submit: (event) => event.preventDefault() } }, rows, adding(feature, onChange));
}

function row(name, feature, others, change) {
  const description = page.fields.find((each) => each.name === name);
  const value = feature.properties[name];
  const title = description?.title && description.title !== name ? `${description.title} (${name})` : name;
  return el("label", {}, title, input(value, description, kindOf(value, name, others), change));
}

/** Return what kind of value a property has; where it is empty, as in other features. */
function kindOf(value, name, others) {
  const sample = value ?? others.map(({ properties }) => properties[name]).find((each) => each !== null && each !== undefined);
  return typeof sample;
}

function input(value, description, kind, change) {
  if (description?.codes?.length) return choice(value, description.codes, change);
  if (kind === "object" || kind === "bigint") return el("output", { class: "fine" }, valueText(value));
  if (kind === "boolean") return choice(value, [{ code: true, text: word("edit-yes") }, { code: false, text: word("edit-no") }], change);
  const field = el("input", { value: value ?? "", type: kind === "number" ? "number" : "text", step: "any", maxlength: 2000 });
  field.addEventListener("change", () => change(read(field, kind)));
  return field;
}

function read(field, kind) {
  if (field.value === "") return null;
  return kind === "number" ? Number(field.value) : field.value;
}

function choice(value, codes, change) {
  const known = codes.some(({ code }) => code === value);
  const options = codes.map(({ code, text }, index) => el("option", { value: index, selected: code === value }, typeof code === "boolean" ? text : `${text} (${code})`));
  const other = known || value === null || value === undefined ? null : el("option", { value: "as-it-is", selected: true }, valueText(value));
  const select = el("select", {}, el("option", { value: "", selected: value === null || value === undefined }, "—"), other, options);
  select.addEventListener("change", () => {
    if (select.value !== "as-it-is") change(select.value === "" ? null : codes[Number(select.value)].code);
  });
  return select;
}

function adding(feature, onChange) {
  if (page.fields.length || Object.keys(feature.properties).length) return null;
  const field = el("input", { maxlength: 200 });
  field.addEventListener("change", () => onChange({ name: field.value || null }));
  return el("label", {}, "name", field);
}
