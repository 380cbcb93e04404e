// Presentation: large type, strong colours, nothing but the map and what its numbers stand for.

import { el } from "../shared/dom.js";
import { page, word } from "../shared/page.js";
import { toolBox } from "./toolbar.js";

/** Begin to present; Escape, the button, or leaving full screen ends it. */
export function present({ map, whole, end }) {
  const rows = page.elements.map((element) => el("li", { style: { "--colour": element.colour, "--line": element.line } }, el("b", { class: element.type === "zone" ? "numeral" : "numeral numeral-line" }, String(element.order)), element.name));
  const close = el("button", { type: "button", class: "tool-button", on: { click: end } }, word("present-end"));
  const box = toolBox(word("tool-present"), el("h2", {}, word("brand")), el("ol", { class: "present-list" }, rows), el("p", {}, page.status), close);
  box.classList.add("present-box");
  const before = { center: map.getCenter(), zoom: map.getZoom() };
  document.body.dataset.presenting = "true";
  map.invalidateSize({ animate: false });
  whole();
  const onScreen = () => document.fullscreenElement === null && end();
  document.documentElement.requestFullscreen?.().then(() => document.addEventListener("fullscreenchange", onScreen), () => {});
  close.focus();
  return {
    end() {
      document.removeEventListener("fullscreenchange", onScreen);
      if (document.fullscreenElement) document.exitFullscreen();
      delete document.body.dataset.presenting;
      box.remove();
      map.invalidateSize({ animate: false });
      map.setView(before.center, before.zoom, { animate: false });
    },
  };
}
