// Dropped collections: each can be brought back as it was last.

import { Refusal } from "../shared/api.js";
import { fill } from "../shared/dom.js";
import { page, word } from "../shared/page.js";
import { noticeOf } from "../shared/retry.js";
import { inThisLanguage, send } from "../shared/staff-api.js";

async function bringBack({ collection, last }) {
  const below = `${page.urls.collections}/${encodeURIComponent(collection)}`;
  try {
    await send(`${below}/revisions/${last}/restore`, "POST", { note: word("staff-brought-back") });
    window.location.assign(inThisLanguage(below));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    fill(document.getElementById("refused"), noticeOf(error, () => bringBack({ collection, last })));
  }
}

for (const button of document.querySelectorAll("[data-collection]")) button.addEventListener("click", () => bringBack(button.dataset));
document.body.dataset.ready = "true";
