// Search by name: a combobox in the sense of WAI-ARIA, usable by keyboard alone.

import { address, ask, Refusal } from "../shared/api.js";
import { placesOf } from "./search-place.js";
import { el, fill } from "../shared/dom.js";
import { figure, page, word } from "../shared/page.js";

const PAUSE_MS = 160;

/** The search box of the page; `onChoose(hit)` is told what the reader picks. */
export class Search {
  #input = document.getElementById("search");
  #list = document.getElementById("search-results");
  #hits = [];
  #at = -1;
  #asking = null;
  #timer = 0;
  #waiting = false;
  #eager = false; // Enter came before the answer
  #onChoose;

  constructor(onChoose) {
    this.#onChoose = onChoose;
    this.#input.addEventListener("input", () => this.#later());
    this.#input.addEventListener("focus", () => this.#hits.length && this.#open(true));
    this.#input.addEventListener("keydown", (event) => this.#key(event));
    this.#input.form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#waiting) this.#eager = true;
      else this.#choose(Math.max(this.#at, 0));
    });
    document.addEventListener("click", (event) => {
      if (!this.#input.form.contains(event.target)) this.#open(false);
    });
  }

  #later() {
    this.#waiting = true;
    this.#eager = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(this.#input.value.trim()), PAUSE_MS);
  }

  async #ask(text) {
    this.#asking?.abort();
    this.#at = -1;
    if (!text) {
      this.#hits = [];
      this.#waiting = false;
      fill(this.#list);
      this.#open(false);
      return;
    }
    this.#asking = new AbortController();
    try {
      const answer = await ask(address(page.urls.search, { q: text, limit: 12, revision: page.revision_pinned }), { signal: this.#asking.signal });
      this.#hits = [...placesOf(text), ...answer.results];
      this.#waiting = false;
      this.#show();
      if (this.#eager) this.#choose(0);
    } catch (error) {
      if (error.name === "AbortError") return;
      this.#waiting = false;
      if (!(error instanceof Refusal)) throw error;
      fill(this.#list, el("li", { class: "search-none", role: "presentation" }, error.message));
      this.#open(true);
    }
  }

  #show() {
    const options = this.#hits.map((hit, index) =>
      el(
        "li",
        { id: `hit-${index}`, role: "option", "aria-selected": "false", on: { click: () => this.#choose(index), mousedown: (event) => event.preventDefault() } },
        el("span", { class: "hit-name" }, page.lang === "en" && hit.name_en ? hit.name_en : hit.name),
        el("span", { class: "hit-kind" }, hit.kind ?? kindOf(hit), (hit.circle_m ?? null) === null ? null : ` · ${word("within-circle", { metres: figure(hit.circle_m, 0) })}`),
      ),
    );
    fill(this.#list, ...(options.length ? options : [el("li", { class: "search-none", role: "presentation" }, word("search-none"))]));
    this.#open(true);
  }

  #key(event) {
    if (event.key === "Escape") {
      this.#open(false);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.#mark((this.#at + step + this.#hits.length) % (this.#hits.length || 1));
    }
  }

  #mark(index) {
    this.#at = index;
    for (const option of this.#list.querySelectorAll("[role=option]")) {
      const marked = option.id === `hit-${index}`;
      option.setAttribute("aria-selected", String(marked));
      if (marked) option.scrollIntoView({ block: "nearest" });
    }
    this.#input.setAttribute("aria-activedescendant", `hit-${index}`);
  }

  #choose(index) {
    const hit = this.#hits[index];
    if (!hit) return;
    this.#open(false);
    this.#input.value = hit.name;
    this.#onChoose(hit);
  }

  #open(open) {
    this.#list.hidden = !open;
    this.#input.setAttribute("aria-expanded", String(open));
    if (!open) this.#input.removeAttribute("aria-activedescendant");
  }
}

/** Return what a hit is: the title of its group, and that it has no place when it has none. */
function kindOf(hit) {
  const group = page.groups.find(({ layers }) => layers.some(({ id }) => id === hit.collection));
  const kind = group?.title ?? hit.collection ?? "";
  return hit.lon === null ? `${kind} · ${word("no-place")}` : kind;
}
