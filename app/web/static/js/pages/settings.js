// A collection's settings: what is changed is sent, the rest stays as it is.

import { Refusal } from "../shared/api.js";
import { el, fill } from "../shared/dom.js";
import { page, word } from "../shared/page.js";
import { noticeOf } from "../shared/retry.js";
import { csrf, inThisLanguage, send } from "../shared/staff-api.js";

const byId = (id) => document.getElementById(id);
const form = byId("settings");
const NULLABLE = new Set(["title_field", "key"]);
const READ = {
  visible: (text) => (text === "" ? null : text === "true"),
  order: Number,
};
const valueOf = (field) => (NULLABLE.has(field.name) ? field.value || null : (READ[field.name] ?? ((text) => text.trim()))(field.value));
const named = () => [...form.elements].filter((field) => field.name);
const titles = () => [...form.querySelectorAll("[data-field]")];
let before = null;

const codeLists = () => [...form.querySelectorAll("[data-codes]")];

/** Return the codes that lines "code = text" tell; null if a line is none. */
function codesOf(field) {
  const lines = field.value.split("\n").map((line) => line.trim()).filter(Boolean);
  const pairs = lines.map((line) => line.split(/\s*[=＝\t]\s*(.*)/, 2));
  const codes = pairs.map(([code, text]) => ({ code: field.dataset.numeric === undefined ? code : Number(code), text }));
  return codes.every(({ code, text }) => code !== "" && text && !Number.isNaN(code)) ? codes : null;
}

const state = () => ({ codes: new Map(codeLists().map((field) => [field.dataset.codes, field.value.trim()])), values: new Map(named().map((field) => [field.name, valueOf(field)])), titles: new Map(titles().map((field) => [field.dataset.field, field.value.trim()])) });

/** Return what differs from what the page came with. */
function changed() {
  const now = state();
  const differing = (one, other) => Object.fromEntries([...one].filter(([name, value]) => value !== other.get(name)));
  const changes = differing(now.values, before.values);
  const titled = Object.entries(differing(now.titles, before.titles)).map(([name, title]) => [name, { title }]);
  const fields = Object.fromEntries(titled);
  for (const field of codeLists()) {
    const name = field.dataset.codes;
    if (now.codes.get(name) !== before.codes.get(name)) fields[name] = { ...fields[name], codes: codesOf(field) };
  }
  return Object.keys(fields).length ? { ...changes, fields } : changes;
}

async function save() {
  const changes = changed();
  if (!Object.keys(changes).length) {
    fill(byId("told"), el("p", { class: "note" }, word("staff-nothing-changed")));
    return;
  }
  const unread = Object.entries(changes.fields ?? {}).find(([, { codes }]) => codes === null);
  if (unread) {
    fill(byId("told"), el("p", { class: "refusal", role: "alert" }, word("staff-codes-unread", { name: unread[0] })));
    return;
  }
  try {
    await send(page.urls.collection, "PATCH", changes);
    before = state();
    fill(byId("told"), el("p", { class: "note" }, word("staff-saved")));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    fill(byId("told"), noticeOf(error, save));
  }
}

async function drop() {
  try {
    await send(page.urls.collection, "DELETE");
    window.location.assign(inThisLanguage(page.urls.trash, { f: "html" }));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    byId("drop-refused").textContent = error.message;
    byId("drop-refused").hidden = false;
  }
}

before = state();
form.addEventListener("submit", (event) => {
  event.preventDefault();
  save();
});
form.querySelector("button").disabled = csrf === null;
if (byId("drop")) {
  byId("drop").disabled = csrf === null;
  byId("drop").addEventListener("click", () => byId("sure").showModal());
  byId("drop-yes").addEventListener("click", drop);
}
document.body.dataset.ready = "true";
