// Pages about people: each form says by itself where, how and as what its fields are sent.

import { Refusal } from "../shared/api.js";
import { el, fill } from "../shared/dom.js";
import { word } from "../shared/page.js";
import { send } from "../shared/staff-api.js";

/** The last moment of a day in Beijing, where the district is. */
const END_OF_DAY = "T23:59:59+08:00";

const READ = {
  date: (field) => (field.value ? `${field.value}${END_OF_DAY}` : null),
  flag: (field) => field.checked,
  list: (field, form) => [...form.querySelectorAll(`[name="${field.name}"]:checked`)].map(({ value }) => value),
  text: (field) => (field.type === "password" ? field.value : field.value.trim()),
};

/** Return what a form tells; optional fields that are empty are left out. */
function toldBy(form) {
  const rights = [...form.querySelectorAll("[data-holder]")].filter(({ value }) => value);
  if (form.dataset.rights !== undefined) return { rights: rights.map(({ dataset, value }) => ({ id: dataset.holder, role: value })) };
  const fields = [...form.elements].filter(({ name, value, dataset }) => name && !(dataset.optional !== undefined && value === ""));
  return Object.fromEntries(fields.map((field) => [field.name, READ[field.dataset.as ?? "text"](field, form)]));
}

function show(form, ...children) {
  fill(form.querySelector("[data-told]"), ...children);
}

async function submit(form) {
  const button = form.querySelector("button[type=submit]");
  button.disabled = true;
  try {
    const body = form.dataset.send === "DELETE" ? undefined : toldBy(form);
    const parsed = await send(form.getAttribute("action"), form.dataset.send, body);
    if (parsed?.secret) {
      const again = el("button", { type: "button", class: "plain-button", on: { click: () => window.location.reload() } }, word("people-noted"));
      show(form, el("div", { class: "note" }, el("p", {}, word("people-secret")), el("code", { class: "secret" }, parsed.secret), again));
      return;
    }
    if (form.dataset.stay === undefined) window.location.reload();
    else {
      form.reset();
      // A session that began anew has another token.
      if (parsed?.csrf) document.querySelector('meta[name="csrf"]').content = parsed.csrf;
      show(form, el("p", { class: "note" }, word("people-saved")));
      window.setTimeout(() => window.location.reload(), 1200);
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    show(form, el("p", { class: "refusal lines", role: "alert" }, error.message));
    button.disabled = false;
  }
}

for (const form of document.querySelectorAll("form[data-send]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.dataset.sure === undefined || window.confirm(form.dataset.sure)) submit(form);
  });
  for (const button of form.querySelectorAll("button[type=submit]")) button.disabled = false;
}
for (const find of document.querySelectorAll("[data-find]")) {
  find.addEventListener("input", () => {
    for (const row of document.querySelectorAll("[data-named]")) row.hidden = !row.dataset.named.includes(find.value.trim().toLowerCase());
  });
}
document.body.dataset.ready = "true";
