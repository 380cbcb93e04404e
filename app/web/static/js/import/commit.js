// What an import would change, and the word that stores it.

import { address, ask } from "../shared/api.js";
import { changesTable, countChips } from "../shared/changes.js";
import { el } from "../shared/dom.js";
import { figure, page, word } from "../shared/page.js";

const SHOWN = 500;

/** Return the section of changes, drawn on the map too. */
export async function changesSection({ counts }, { map }) {
  const url = address(`${page.urls.import}/changes`, { f: "geojson", limit: SHOWN, lang: page.lang });
  const drawn = await ask(url);
  map.difference(drawn);
  if (drawn.numberMatched > drawn.numberReturned) await map.picture(address(`${page.urls.import}/preview`, { of: "picture" }));
  const csv = new URL(url);
  csv.searchParams.set("f", "csv");
  const more = drawn.numberMatched > drawn.numberReturned ? el("p", { class: "muted" }, word("staff-first-changes", { shown: drawn.numberReturned, all: figure(drawn.numberMatched, 0) })) : null;
  const table = drawn.features.length ? [changesTable(drawn.features.map(({ properties }) => properties), (id) => map.showChange(id)), more, el("p", { class: "downloads" }, el("a", { href: csv }, word("staff-as-csv")))] : el("p", { class: "note" }, word("staff-no-difference"));
  return el("section", { class: "box" }, el("h2", {}, word("staff-would-change")), countChips(counts), table);
}

/** Return the section that stores a checked import or gives it up. */
export function commitSection({ state, base_revision: seen, options }, { decide, cancel, mayDecide }) {
  if (!mayDecide) return null;
  const note = el("input", { maxlength: 2000, value: options.note ?? "", placeholder: word("staff-note-example") });
  const commit = state === "ready" ? el("button", { type: "button", id: "commit", class: "button", on: { click: () => decide({ dry_run: false, base_revision: seen, note: note.value.trim() }) } }, word("staff-commit")) : null;
  return el("section", { class: "box commit" }, el("h2", {}, word(state === "ready" ? "staff-commit-title" : "staff-give-up-title")),
    state === "ready" ? el("label", {}, word("staff-note"), note) : null,
    el("div", { class: "actions" }, commit, el("button", { type: "button", class: "plain-button", on: { click: cancel } }, word("staff-discard"))));
}
