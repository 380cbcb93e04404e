// Reporting values of indicators: a table is sent, and each row at fault is named.

import { el, fill } from "../shared/dom.js";
import { page, word } from "../shared/page.js";

/** @type {HTMLFormElement | null} */
const form = document.querySelector("#report");
const status = document.getElementById("told");

/** Return what a problem document says, a line for each row at fault. */
function refusal(problem) {
  const faults = (problem?.errors ?? []).map(({ loc, message, hint }) => {
    const at = loc.indexOf("row");
    const place = at < 0 ? "" : `${word("indicator-js-row", { line: loc[at + 1] })}${loc[at + 2] ? ` · ${loc[at + 2]}` : ""} `;
    return el("li", {}, el("b", {}, place), [message, hint].filter(Boolean).join(" "));
  });
  const all = faults.length ? el("ol", {}, faults) : problem?.detail ?? word("no-answer");
  return el("div", { class: "refusal", role: "alert" }, all);
}

async function report(event) {
  event.preventDefault();
  const headers = { Accept: "application/json", "Accept-Language": page.lang, "X-CSRF-Token": document.querySelector('meta[name="csrf"]')?.content ?? "" };
  const answer = await fetch(page.urls.values, { method: "POST", headers, body: new FormData(form) }).catch(() => null);
  const document_ = await answer?.json().catch(() => null);
  if (!answer?.ok) {
    fill(status, refusal(document_));
    return;
  }
  const words = word(document_.revision === null ? "indicator-js-nothing" : "indicator-js-stored", document_);
  const look = el("a", { href: window.location.pathname + window.location.search }, word("indicator-js-look"));
  fill(status, el("p", { class: "note" }, words, " ", look));
}

form?.addEventListener("submit", report);
document.body.dataset.ready = "true";
