// The map's tools: a bar of buttons. What a tool does is fetched when it is first used.

import { el, svg } from "../shared/dom.js";
import { page, word } from "../shared/page.js";

const L = window.L;

/** A tool by id: the strokes of its sign, whether it needs the map to be seen, and how it begins; `context` is that of `Tools`. */
const TOOLS = [
  { id: "extent", sign: "M2 7V2h5M13 2h5v5M18 13v5h-5M7 18H2v-5M7 10h6M10 7v6", begin: ({ whole }) => whole() },
  { id: "distance", isOverMap: true, sign: "M2 14 14 2l4 4L6 18ZM6 10l2 2M9 7l2 2M12 4l2 2", begin: async (context) => (await import("./measure.js")).measure("distance", context) },
  { id: "area", isOverMap: true, sign: "M4 16 3 5l9-3 6 7-4 8Z", begin: async (context) => (await import("./measure.js")).measure("area", context) },
  { id: "swipe", isOverMap: true, sign: "M2 4h16v12H2ZM10 2v16M6.500 8 4.500 10l2 2M13.500 8l2 2-2 2", begin: async (context) => (await import("./swipe.js")).swipe(context) },
  { id: "here", sign: "M10 2v3M10 15v3M2 10h3M15 10h3M10 6a4 4 0 1 0 0 8 4 4 0 0 0 0-8Z", begin: async (context) => (await import("./geolocation.js")).here(context) },
  { id: "share", sign: "M14 6.5 6.5 10l7.5 3.5M16 3.5a2 2 0 1 1 0 4 2 2 0 0 1 0-4ZM4 8a2 2 0 1 1 0 4 2 2 0 0 1 0-4ZM16 12.500a2 2 0 1 1 0 4 2 2 0 0 1 0-4Z", begin: async () => (await import("./share.js")).share() },
  { id: "present", sign: "M2 3h16v10H2ZM10 13v3M6 18l4-2 4 2", begin: async (context) => (await import("./presentation-mode.js")).present(context) },
];

/** Tools that ask the service for more than a map in a file has. */
const OF_SERVICE = ["swipe", "share"];

/** The bar of tools. A tool that is under way takes the map's clicks and Escape. */
export class Tools {
  #context;
  #active = null;
  #pullUp = () => {};

  /** `context` has the map, `basemaps`, `whole()` (show all of it), `showPlace(latlng)` and `makeRoom()`. */
  constructor(context) {
    this.#context = { ...context, end: () => this.end() };
    const bar = new L.Control({ position: "topright" });
    bar.onAdd = () => this.#bar();
    bar.addTo(context.map);
  }

  /** Give a click on the map, or Enter at its centre, to the tool under way; return whether there is one. */
  click(latlng) {
    this.#active?.click?.(latlng);
    return Boolean(this.#active?.click);
  }

  /** End the tool under way; return whether there was one. */
  end() {
    const active = this.#active;
    this.#active = null;
    active?.end();
    this.#pullUp();
    this.#pullUp = () => {};
    for (const button of document.querySelectorAll(".tools [aria-pressed]")) button.setAttribute("aria-pressed", "false");
    return active !== null;
  }

  async #begin(tool, button) {
    const again = button.getAttribute("aria-pressed") === "true";
    this.end();
    if (again) return;
    button.closest(".tools").classList.remove("open");
    button.setAttribute("aria-pressed", "true");
    if (tool.isOverMap) this.#pullUp = this.#context.makeRoom();
    // Until its script is here, clicks are the tool's already: points that are given now come first.
    const early = [];
    const waiting = { click: (latlng) => early.push(latlng), end: () => {} };
    this.#active = waiting;
    const active = (await tool.begin(this.#context)) ?? null;
    if (this.#active !== waiting) active?.end();
    else if (active === null) this.end();
    else {
      this.#active = active;
      for (const latlng of early) active.click?.(latlng);
    }
  }

  #bar() {
    const buttons = TOOLS.filter(({ id }) => !page.offline || !OF_SERVICE.includes(id)).map((tool) => {
      const sign = svg("svg", { width: 20, height: 20, viewBox: "0 0 20 20", "aria-hidden": "true" }, svg("path", { d: tool.sign, fill: "none", stroke: "currentColor", "stroke-width": 1.6, "stroke-linejoin": "round", "stroke-linecap": "round" }));
      const button = el("button", { type: "button", "data-tool": tool.id, title: word(`tool-${tool.id}`), "aria-label": word(`tool-${tool.id}`), "aria-pressed": "false" }, sign);
      button.addEventListener("click", () => this.#begin(tool, button));
      return button;
    });
    const fold = el("button", { type: "button", class: "tools-fold", "aria-expanded": "false", "aria-label": word("tools") }, "⋯");
    const bar = el("div", { class: "tools leaflet-bar", role: "group", "aria-label": word("tools") }, fold, buttons);
    fold.addEventListener("click", () => bar.classList.toggle("open"));
    new MutationObserver(() => fold.setAttribute("aria-expanded", String(bar.classList.contains("open")))).observe(bar, { attributeFilter: ["class"] });
    L.DomEvent.disableClickPropagation(bar);
    return bar;
  }
}

/** Return a box over the map with these nodes; clicks in it are none on the map. */
export function toolBox(label, ...nodes) {
  const box = el("section", { class: "tool-box", "aria-label": label }, nodes);
  L.DomEvent.disableClickPropagation(box);
  document.querySelector(".map-frame").append(box);
  return box;
}
