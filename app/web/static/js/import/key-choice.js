// What tells the features of the file apart: a field without gaps and repeats, its ids, or content and place.

import { el } from "../shared/dom.js";
import { word } from "../shared/page.js";

const BY_FIELD = ["option", "last", "name"];

/** Return the section; choosing another way compares the file anew. */
export function keySection({ key, options }, { decide, mayDecide }) {
  const chosen = BY_FIELD.includes(key.basis) ? key.field : null;
  const fields = key.candidates.map((each) => way({
    checked: each.field === chosen,
    title: each.title && each.title !== each.field ? `${each.title} (${each.field})` : each.field,
    chip: each.field === chosen && key.basis === "last" ? word("staff-as-last-time") : each.field === chosen && key.basis === "name" ? word("staff-likeliest") : null,
    samples: each.samples,
    choice: { key: each.field, match: null },
  }));
  const failed = chosen !== null && !key.candidates.some(({ field }) => field === chosen) ? way({ checked: true, title: chosen, choice: { key: chosen, match: null } }) : null;
  const ids = key.basis === "file" || key.basis === "counted" ? way({ checked: true, title: word(`staff-key-${key.basis}`), choice: { key: null, match: null } }) : null;
  const content = options.mode === "upsert" ? null : way({ checked: key.basis === "content", title: word("staff-key-content"), hint: word("staff-key-content-what"), choice: { key: null, match: "content" } });
  const ways = [failed, ...fields, ids, content].filter(Boolean);
  const form = el("form", { class: "question key-choice" }, el("fieldset", { disabled: !mayDecide }, el("legend", {}, word("staff-key-what")), ways.map(({ node }) => node)),
    mayDecide ? el("div", { class: "actions" }, el("button", { type: "submit", class: "plain-button", disabled: true }, word("staff-key-use"))) : null);
  form.addEventListener("change", () => { form.querySelector("button").disabled = ways.find(({ input }) => input.checked)?.checked ?? true; });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { choice } = ways.find(({ input }) => input.checked);
    decide({ ...choice, dry_run: true });
  });
  return el("section", { class: "box", id: "key-choice" }, el("h2", {}, word("staff-key-title")), form);
}

function way({ checked, title, chip = null, hint = null, samples = [], choice }) {
  const input = el("input", { type: "radio", name: "key", checked, required: true });
  const node = el("label", { class: "candidate" }, input, el("span", {}, el("b", {}, title), chip ? el("em", {}, chip) : null,
    hint ? el("p", { class: "fine" }, hint) : null,
    samples.length ? el("p", { class: "samples" }, samples.map((text) => el("q", {}, text))) : null));
  return { input, node, choice, checked };
}
