// The side panel: a title, a body, a way back; on a narrow screen it is a sheet of three heights.

import { el, fill } from "../shared/dom.js";
import { word } from "../shared/page.js";

const HEIGHTS = ["low", "half", "full"];

/** The panel in the page. Views are functions that return the nodes to show. */
export class Panel {
  #node = document.getElementById("panel");
  #title = document.getElementById("panel-title");
  #body = document.getElementById("panel-body");
  #back = document.getElementById("panel-back");
  #grip = document.getElementById("panel-grip");
  #onHome;

  /** `onHome()` is told when the reader wants the overview again. */
  constructor(onHome) {
    this.#onHome = onHome;
    this.#back.addEventListener("click", () => this.#onHome());
    this.#grip.addEventListener("click", () => this.#step());
    document.getElementById("panel-hide").addEventListener("click", () => this.height(this.#node.dataset.height === "low" ? "half" : "low"));
    this.#node.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#onHome();
    });
    this.#swipe();
  }

  /** Show a view. `home` tells that it is the overview, from which there is no way back. */
  show(title, nodes, { home = false } = {}) {
    this.#title.textContent = title;
    this.#back.hidden = home;
    fill(this.#body, ...nodes);
    this.#body.scrollTop = 0;
    if (!home && this.#node.dataset.height === "low") this.height("half");
  }

  /** Add to what is shown. */
  add(nodes) {
    this.#body.append(...nodes);
  }

  /** Say that an answer is on its way. */
  wait(title) {
    this.show(title, [el("p", { class: "waiting", role: "status" }, word("loading"))]);
  }

  /** Say why there is no answer. */
  refuse(title, message) {
    this.show(title, [el("p", { class: "refusal", role: "alert" }, message)]);
  }

  /** Move keyboard and reader to the panel. */
  focus() {
    this.#body.focus({ preventScroll: true });
  }

  /** Set the sheet's height: low, half or full; on a wide screen low hides the panel. */
  height(height) {
    this.#node.dataset.height = height;
    document.body.dataset.panel = height;
    this.#grip.setAttribute("aria-expanded", String(height !== "low"));
    document.getElementById("panel-hide").setAttribute("aria-expanded", String(height !== "low"));
    window.dispatchEvent(new Event("resize"));
  }

  /** Where it is a sheet over the map, let it down for a tool; return what pulls it up again. */
  makeRoom(isSheet) {
    const before = this.#node.dataset.height;
    if (!isSheet || before === "low") return () => {};
    this.height("low");
    return () => this.#node.dataset.height === "low" && this.height(before);
  }

  #step() {
    const at = HEIGHTS.indexOf(this.#node.dataset.height);
    this.height(HEIGHTS[(at + 1) % HEIGHTS.length]);
  }

  /** A finger on the grip pulls the sheet up or down by one height. */
  #swipe() {
    let from = null;
    this.#grip.addEventListener("touchstart", (event) => { from = event.touches[0].clientY; }, { passive: true });
    this.#grip.addEventListener("touchend", (event) => {
      const moved = event.changedTouches[0].clientY - (from ?? event.changedTouches[0].clientY);
      if (Math.abs(moved) < 24) return;
      event.preventDefault();
      const at = HEIGHTS.indexOf(this.#node.dataset.height) - Math.sign(moved);
      this.height(HEIGHTS[Math.max(0, Math.min(2, at))]);
    });
  }
}
