// The name of what the pointer is over, for features that are drawn on canvas.

import { el } from "../shared/dom.js";
import { figure, nameOf, word } from "../shared/page.js";

const L = window.L;
const countText = ({ layer, count }) => word("counted-here", { title: layer.title, count: figure(count, 0) });

/** Show a name beside the pointer and a hand for it, wherever `layers.tiledAt` finds a feature. */
export function addTileHover(map, layers) {
  const tooltip = L.tooltip({ direction: "top", offset: [0, -6] });
  let waiting = null;

  function show() {
    const { latlng } = waiting;
    waiting = null;
    const found = layers.tiledAt(latlng);
    map.getContainer().classList.toggle("over-feature", found !== null);
    const counted = found ? null : layers.countedAt(latlng);
    if (counted) return tooltip.setLatLng(latlng).setContent(el("span", {}, countText(counted))).addTo(map);
    if (!found) return tooltip.remove();
    return tooltip.setLatLng(latlng).setContent(el("span", {}, nameOf(found.feature.properties, found.layer))).addTo(map);
  }

  map.on("mousemove", (event) => {
    if (!waiting) window.requestAnimationFrame(() => waiting && show());
    waiting = event;
  });
  map.on("mouseout movestart click", () => {
    waiting = null;
    tooltip.remove();
    map.getContainer().classList.remove("over-feature");
  });
}
