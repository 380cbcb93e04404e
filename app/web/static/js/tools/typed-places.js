// Places typed or pasted one a line, in any form that the search takes, for what is being drawn.

import { Refusal } from "../shared/api.js";
import { el, fill } from "../shared/dom.js";
import { word } from "../shared/page.js";
import { locatedPlace, placesOf } from "../map/search-place.js";

/** Return a form; `take(places)` gets what was typed as [lon, lat] in CGCS2000, all of it or nothing. */
export function typedPlaces(take) {
  const text = el("textarea", { rows: 1, "aria-label": word("typed-places"), placeholder: word("typed-example"), spellcheck: "false" });
  const status = el("div", { role: "status" });
  const refuse = (message) => fill(status, el("p", { class: "refusal" }, message));
  async function add(event) {
    event.preventDefault();
    const lines = text.value.split(/[\n;；]+/).map((line) => line.trim()).filter(Boolean);
    const read = lines.map((line) => placesOf(line)[0]);
    const unread = read.findIndex((place) => !place);
    if (unread >= 0) return refuse(word("typed-unread", { number: unread + 1, text: lines[unread].slice(0, 40) }));
    try {
      const found = await Promise.all(read.map((place) => (place.crs === "CRS84" ? [place.x, place.y] : locatedPlace(place))));
      fill(status);
      text.value = "";
      return take(found);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return refuse(error.message);
    }
  }
  return el("div", {}, el("form", { class: "typed", on: { submit: add } }, text, el("button", { class: "tool-button" }, word("typed-add"))), status);
}
