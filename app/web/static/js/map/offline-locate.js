// What a map in one file says of a place: whose area it is in. How sure that is, only a service tells.

import { isAt } from "./features-at-click.js";
import { el } from "../shared/dom.js";
import { elementOf, nameOf, word } from "../shared/page.js";

/** Return {primary, nodes} for a place; the layers must be loaded. */
export function placeInFile(layers, latlng, show) {
  const holding = (id) => layers.features(id).filter((feature) => isAt(feature, latlng, () => false));
  const [zone] = holding("zones");
  const [subdistrict] = holding("subdistricts");
  const named = (feature, layer) => (feature ? nameOf(feature.properties, layers.layer(layer)) : "—");
  const element = elementOf(zone?.element);
  return {
    primary: element?.id,
    nodes: [
      el("section", { class: "placement", "aria-label": word("which-zone") },
        el("p", { class: "verdict" }, element
          ? el("button", { type: "button", class: "element-link element-zone", style: { "--colour": element.colour, "--line": element.line }, on: { click: () => show(element.id) } },
            el("b", { class: "numeral", "aria-hidden": "true" }, String(element.order)), element.name)
          : named(zone, "zones")),
        el("dl", { class: "facts" }, el("dt", {}, word("subdistrict")), el("dd", {}, named(subdistrict, "subdistricts"))),
        el("p", { class: "fine" }, word("offline-place"))),
    ],
  };
}
