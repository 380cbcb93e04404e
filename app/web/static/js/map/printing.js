// The map on paper: as much of it as was on the screen, with the date and the revision.

import { page, word } from "../shared/page.js";

/**
 * Give the map the paper's size while the page is printed, and its own again afterwards.
 *
 * The event `beforeprint` comes before styles for print apply, when nobody knows that size.
 */
export function addPrinting(map) {
  const note = document.getElementById("print-note");
  const media = window.matchMedia("print");
  const isPrinting = () => document.body.classList.contains("printing");
  let seen = null;

  /** Keep what the screen shows: a change of size may be told before that of the medium. */
  function remember() {
    if (!media.matches && !isPrinting()) seen = { bounds: map.getBounds(), center: map.getCenter(), zoom: map.getZoom() };
  }

  function begin() {
    const date = new Date().toLocaleDateString(page.lang === "zh" ? "zh-CN" : "en-GB");
    note.textContent = word("printed", { date, revision: page.revision });
    document.body.classList.add("printing");
    map.invalidateSize({ pan: false, animate: false });
    map.fitBounds(seen.bounds, { animate: false });
  }

  function end() {
    const { center, zoom } = seen;
    document.body.classList.remove("printing");
    map.invalidateSize({ pan: false, animate: false });
    map.setView(center, zoom, { animate: false });
  }

  map.whenReady(remember);
  map.on("moveend", remember);
  media.addEventListener("change", ({ matches }) => (matches ? begin() : end()));
}
