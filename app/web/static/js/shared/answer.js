// "Which zone is this?": the answer to a click, with how sure it is and why.

import { address, ask } from "./api.js";
import { el } from "./dom.js";
import { chinese, distance, elementOf, figure, page, word } from "./page.js";
import { coordinates } from "./pointer-coordinates.js";

/**
 * Ask which zones hold [lon, lat], given in `datum` (null: CGCS2000).
 * @param {number[]} place
 * @param {string | null} datum
 * @param {AbortSignal} [signal]
 */
export function locate([lon, lat], datum, signal) {
  return ask(address(page.urls.locate, { lon, lat, crs: datum }), { signal });
}

/** Return the name of a zone, subdistrict or "outside". */
function known(id) {
  return id === "outside" ? word("outside") : page.names[id] ?? id;
}

const named = (thing) => page.names[thing.id] ?? thing.name;

function elementLink(id, show, text = known(id)) {
  const style = elementOf(id);
  if (!style) return el("span", {}, text);
  return el(
    "button",
    { type: "button", class: `element-link element-${style.type}`, style: { "--colour": style.colour, "--line": style.line }, on: { click: () => show(id) } },
    el("b", { class: "numeral", "aria-hidden": "true" }, String(style.order)),
    text,
  );
}

function row(term, ...definition) {
  return [el("dt", {}, term), el("dd", {}, ...definition)];
}

/** Join nodes with the language's comma. */
function listed(nodes) {
  const comma = chinese ? "、" : ", ";
  return nodes.flatMap((node, index) => (index ? [comma, node] : [node]));
}

function zonesBy(answer, how, show) {
  const zones = answer.zones.filter((zone) => zone.by.includes(how));
  return zones.length ? listed(zones.map((zone) => elementLink(zone.id, show))) : word("in-no-zone");
}

function contradiction(conflict, showArea) {
  const claims = conflict.claims?.length ? conflict.claims.map(known).join(chinese ? "、" : ", ") : word("claimed-by-none");
  const title = (!chinese && conflict.title_en) || conflict.title;
  const button = conflict.area
    ? el("button", { type: "button", class: "element-link", on: { click: () => showArea(conflict.area) } }, word("see-dispute"))
    : null;
  return [
    word("doubt-conflict", { id: conflict.id, title, claims }),
    el("div", { class: "resolution" }, (!chinese && conflict.resolution_en) || conflict.resolution),
    button,
  ];
}

/** Why the answer is not certain: a contradiction of the text, or a border too near. */
function doubts(answer, showArea) {
  const reasons = answer.conflicts.map((conflict) => contradiction(conflict, showArea));
  const border = answer.nearest_border;
  if (border && border.accuracy_m !== null && border.distance_m <= border.accuracy_m) {
    reasons.push(word("doubt-border", { distance: distance(border.distance_m), accuracy: figure(border.accuracy_m, 0) }));
  }
  return reasons.length ? reasons : [word("doubt-unknown")];
}

function certainty(answer, showArea) {
  if (!answer.inside_district) return null;
  if (answer.certain) return el("p", { class: "verdict-sure" }, word("certain"));
  return el(
    "div",
    { class: "verdict-unsure" },
    el("p", {}, word("uncertain")),
    el("ul", {}, doubts(answer, showArea).map((reason) => el("li", {}, reason))),
  );
}

function verdict(answer, show) {
  if (answer.primary) return el("p", { class: "verdict" }, elementLink(answer.primary, show));
  return el("p", { class: "verdict" }, answer.inside_district ? word("in-no-zone") : word("outside-district"));
}

function axesAndBelts(answer, show) {
  const near = answer.axes.map((axis) =>
    el("div", {}, elementLink(axis.id, show), ` ${distance(axis.distance_m)}`,
      axis.part?.schematic ? el("small", {}, word("schematic-part")) : null),
  );
  const belts = answer.belts.map((belt) =>
    el("div", {}, elementLink(belt.id, show), " ", belt.inside ? word("inside") : distance(belt.distance_m)),
  );
  return [...row(word("axes"), near.length ? near : "—"), ...row(word("belt"), belts.length ? belts : "—")];
}

function border(answer) {
  const nearest = answer.nearest_border;
  if (!nearest) return "—";
  const between = (nearest.between ?? []).map(known).join(chinese ? "与" : " / ");
  return [
    el("span", {}, distance(nearest.distance_m)),
    el("small", {}, word("border-accuracy", { accuracy: figure(nearest.accuracy_m, 0) })),
    between ? el("small", {}, between) : null,
  ].filter(Boolean);
}

/** Return the nodes that tell an answer; `show(id)` opens an element, `showArea(id)` a disputed area. */
export function placementView(answer, show, showArea) {
  return [
    el(
      "section",
      { class: "placement", "aria-label": word("which-zone") },
      verdict(answer, show),
      certainty(answer, showArea),
      el(
        "dl",
        { class: "facts" },
        row(word("coordinates"), coordinates([answer.point.lon, answer.point.lat])),
        answer.inside_district
          ? [
              row(word("by-bounds"), zonesBy(answer, "bounds", show)),
              row(word("by-administration"), zonesBy(answer, "administration", show)),
              row(word("subdistrict"), answer.subdistrict ? named(answer.subdistrict) : "—"),
            ]
          : [],
        axesAndBelts(answer, show),
        row(word("nearest-border"), border(answer)),
      ),
    ),
  ];
}
