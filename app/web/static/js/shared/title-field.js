// Which field names the features: chosen while a file is imported, and later for the collection.

import { address, ask, Refusal } from "./api.js";
import { el, fill } from "./dom.js";
import { page, word } from "./page.js";
import { csrf, send } from "./staff-api.js";
import { noticeOf } from "./retry.js";

/** Return the section of an import's page in which the naming field is chosen. */
export function titleFieldSection({ findings, title_field: named }, { decide, mayDecide }) {
  const options = findings.fields.map(({ name, label, title }) => ({ value: label, label: titled(label, title), chosen: name === named || label === named }));
  if (named && !options.some(({ chosen }) => chosen)) options.unshift({ value: named, label: named, chosen: true });
  const chosen = (value) => decide({ title_field: value, dry_run: true });
  return el("section", { class: "box" }, el("h2", {}, word("staff-title-field")), choice(options, named, mayDecide ? chosen : null));
}

/** Let a signed-in person change the naming field of the page's collection in `node`. */
export async function addTitleField(node) {
  if (csrf === null) return;
  try {
    const [{ properties }, { titleField: named }] = await Promise.all([ask(address(page.urls.schema, { f: "json", lang: page.lang })), ask(address(page.urls.collection, { f: "json" }))]);
    const own = Object.entries(properties).filter(([, one]) => !one["x-ogc-role"] && one.type !== "object" && one.type !== "array");
    const options = own.map(([name, { title }]) => ({ value: name, label: titled(name, title), chosen: name === named }));
    fill(node, el("h2", {}, word("staff-title-field")), choice(options, options.some(({ chosen }) => chosen) ? named : null, (value) => store(node, value)));
  } catch (error) {
    fill(node, noticeOf(error, () => addTitleField(node)));
  }
}

async function store(node, value) {
  try {
    await send(page.urls.collection, "PATCH", { title_field: value });
    window.location.reload();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    node.append(noticeOf(error, () => store(node, value)));
  }
}

const titled = (name, title) => (title && title !== name ? `${title} (${name})` : name);

/** Return a list to choose from, and a button that hands on what is chosen if anybody may. */
function choice(options, named, onChoose) {
  const none = named ? null : el("option", { value: "", selected: true }, word("staff-title-field-none"));
  const select = el("select", { disabled: !onChoose, "aria-label": word("staff-title-field") }, none, options.map(({ value, label, chosen }) => el("option", { value, selected: chosen }, label)));
  const button = onChoose ? el("button", { type: "button", class: "plain-button", disabled: true, on: { click: () => onChoose(select.value) } }, word("staff-title-field-use")) : null;
  const before = select.value;
  if (button) select.addEventListener("change", () => { button.disabled = select.value === before || !select.value; });
  return el("div", { class: "title-field" }, el("p", { class: "fine" }, word("staff-title-field-what")), el("div", { class: "fields" }, select), button ? el("div", { class: "actions" }, button) : null);
}
