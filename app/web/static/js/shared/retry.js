// What to show when the service refuses or does not answer: its words, and a way to try again.

import { Refusal } from "./api.js";
import { el } from "./dom.js";
import { word } from "./page.js";

/** Return the notice of a refusal; its button takes it away and does `again`. Raise any other error. */
export function noticeOf(error, again) {
  if (!(error instanceof Refusal)) throw error;
  const retry = () => {
    notice.remove();
    again();
  };
  const button = el("button", { type: "button", class: "plain-button again", on: { click: retry } }, word("staff-again"));
  const notice = el("div", { class: "refusal lines", role: "alert" }, error.message, button);
  return notice;
}
