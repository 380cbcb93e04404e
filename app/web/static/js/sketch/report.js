// What an area takes in, as nodes: figures, shares, sites.

import { el } from "../shared/dom.js";
import { chinese, distance, elementOf, figure, word } from "../shared/page.js";

const KM2 = 1e6;
const areaText = (m2) => (m2 >= KM2 / 10 ? `${figure(m2 / KM2, 4)} km²` : `${figure(m2, 1)} m²`);
const nameOf = ({ name, name_en: english }) => (chinese ? name : english ?? name) ?? word("unnamed");
const percent = (share) => `${figure(share * 100, share < 0.01 ? 2 : 1)} %`;

/** Return the box that tells of one area of the answer; `onDownload` is called for its button. */
export function reportView(feature, number, { many, onDownload }) {
  const facts = feature.properties;
  return el(
    "section",
    { class: "box area-report" },
    el("h2", {}, many ? word("sketch-area-number", { number }) : word("sketch-area-title")),
    el("dl", { class: "figures" }, fact(word("sketch-area-geodesic"), areaText(facts.area_m2), `${figure(facts.area_m2, 1)} m² · ${word("tool-mu", { hectares: figure(facts.area_m2 / 1e4, 4), mu: figure(facts.area_m2 * 0.0015, 2) })}`), fact(word("sketch-area-planar"), areaText(facts.planar_area_m2), "EPSG:4550"), fact(word("sketch-perimeter"), distance(facts.perimeter_m), word("sketch-vertices", { count: facts.vertices - 1 }))),
    shares(word("sketch-by-zone"), facts.zones, word("sketch-no-zone")),
    shares(word("sketch-by-subdistrict"), facts.subdistricts, word("sketch-no-subdistrict")),
    facts.disputes.length ? disputes(facts.disputes) : null,
    sites(facts),
    el("div", { class: "actions" }, el("button", { type: "button", class: "button", on: { click: onDownload } }, word("sketch-download"))),
    el("p", { class: "fine" }, word("sketch-not-stored")),
  );
}

const fact = (name, value, more) => [el("dt", {}, name), el("dd", {}, value, el("small", {}, more))].reduce((pair, node) => (pair.append(node), pair), el("div", {}));

function shares(title, parts, outside) {
  const rows = parts.map((part) => {
    const element = elementOf(part.id);
    const name = part.id === null ? outside : nameOf(part);
    const mark = element ? el("span", { class: "mark", style: { "background-color": element.colour, border: `1px solid ${element.line}` } }) : null;
    const doubt = part.uncertain_m2 >= 1 ? el("small", {}, word("sketch-uncertain-ground", { area: areaText(part.uncertain_m2) })) : null;
    return el("tr", {}, el("th", { scope: "row" }, mark, name, doubt), el("td", {}, percent(part.share)), el("td", {}, areaText(part.area_m2)));
  });
  return el("table", { class: "shares" }, el("caption", {}, title), el("tbody", {}, rows));
}

function disputes(found) {
  const rows = found.map((each) => el("tr", {}, el("th", { scope: "row" }, nameOf(each)), el("td", {}, areaText(each.area_m2))));
  return el("table", { class: "shares" }, el("caption", {}, word("sketch-disputed")), el("tbody", {}, rows));
}

function sites({ sites: found, site_counts: counts }) {
  const title = el("h3", {}, word("sketch-sites-inside", counts));
  if (!found.length) return title;
  const items = found.map((site) => el("li", {}, el("span", {}, nameOf(site)), el("span", { class: `chip ${site.certain ? "chip-added" : "chip-warning"}` }, word(site.certain ? "sketch-site-certain" : "sketch-site-uncertain"))));
  return [title, el("ul", { class: "site-list" }, items)];
}
