// Planned beside measured, shares, and what the geometry rests on: the numbers of a profile.

import { el } from "../shared/dom.js";
import { chinese, distance, figure, word } from "../shared/page.js";

const inLanguage = (thing, name) => (chinese ? thing[name] : thing[`${name}_en`] || thing[name]);

const KM2 = { unit: "unit-km2", per: 1e6 };
const KM = { unit: "unit-km", per: 1e3 };

/** What of a measure is compared with the plan: the area of a zone, the length of anything else. */
function compared(measure) {
  return measure.type === "zone"
    ? { ...KM2, planned: measure.planned_area_km2, measured: measure.area_m2, planar: measure.planar_area_m2, band: measure.accuracy_band_m2, words: "area" }
    : { ...KM, planned: measure.planned_length_km, measured: measure.length_m, planar: measure.planar_length_m, band: measure.accuracy_band_m, words: "length" };
}

function bar(kind, label, value, most) {
  const share = most ? Math.max(0, Math.min(100, (value / most) * 100)) : 0;
  return el(
    "div",
    { class: "measure-row" },
    el("span", {}, label),
    el("div", { class: "measure-track" }, el("div", { class: `measure-bar ${kind}`, style: { width: `${share}%` } })),
  );
}

/** A number to one decimal with its sign; what rounds to nothing has none. */
function signed(value) {
  const shown = Math.round(value * 10) / 10;
  return shown === 0 ? "0" : `${shown > 0 ? "+" : "−"}${figure(Math.abs(shown), 1)}`;
}

const row = (term, ...value) => el("tr", {}, el("th", { scope: "row" }, term), el("td", {}, value));

/** Two bars and a small table: planned, geodesic, planar, difference, accuracy. */
export function measureView(measure, judgement = null) {
  const { unit, per, planned, measured, planar, band, words } = compared(measure);
  const shown = (value, digits = 3) => (value === null || value === undefined ? "—" : `${figure(value, digits)} ${word(unit)}`);
  const both = (value) => (value === null || value === undefined ? null : value / per);
  const most = Math.max(planned ?? 0, both(measured) ?? 0) * 1.04;
  const difference = measure.difference_percent;
  return [
    el("h3", {}, word("planned-and-measured")),
    el("div", { class: "measure", "aria-hidden": "true" }, bar("planned", word("planned"), planned ?? 0, most), bar("", word("measured"), both(measured) ?? 0, most)),
    el("table", { class: "numbers" },
      el("tbody", {},
        row(word(`planned-${words}`), measure.length_approx ? word("approximately", { value: shown(planned, 2) }) : shown(planned, 2)),
        row(word(`geodesic-${words}`), shown(both(measured))),
        row(word(`planar-${words}`), shown(both(planar))),
        row(word("difference"), difference === null ? "—" : `${signed(difference)} %`),
        row(word("accuracy-band"), band === null ? "—" : `± ${shown(both(band), 2)}`),
        measure.schematic_length_m ? row(word("schematic-length"), shown(both(measure.schematic_length_m))) : null)),
    judgement ? el("p", { class: `judged judged-${judgement.level}` }, judgement.text) : null,
  ];
}

/** The share of each subdistrict, and whether the plan lists it. */
export function sharesView(profile) {
  if (!profile.subdistricts.length) return [];
  const rows = profile.subdistricts.map((one) =>
    el(
      "li",
      { class: one.id === null ? "outside-share" : null },
      el("span", {}, one.id === null ? word("outside-share") : inLanguage(one, "name"),
        one.id !== null && !one.listed ? el("small", {}, ` ${word("not-listed")}`) : null),
      el("div", { class: "measure-track", "aria-hidden": "true" }, el("div", { class: "measure-bar", style: { width: `${one.share * 100}%` } })),
      el("span", { class: "share" }, `${figure(one.share * 100, 1)} %`),
    ),
  );
  const title = profile.element.type === "axis" ? "shares-axis" : "shares";
  return [el("h3", {}, word(title)), el("ul", { class: "shares" }, rows)];
}

/** The parts of an axis: how long, and how well their course is known. */
export function partsView(parts) {
  if (!parts.length) return [];
  return [
    el("h3", {}, word("parts")),
    el("table", { class: "numbers" },
      el("tbody", {}, parts.map((part) =>
        row([inLanguage(part, "name") ?? "—", el("small", { class: `basis basis-${part.basis}` }, part.basis ? word(`basis-${part.basis}`) : "—")], distance(part.length_m))))),
  ];
}

/** The lines that the geometry follows, folded away: there may be a dozen. */
export function evidenceView(profile) {
  if (!profile.evidence.length) return [];
  const known = profile.evidence.map(({ accuracy_m: accuracy }) => accuracy).filter((accuracy) => accuracy !== null);
  const range = known.length ? word("accuracy-range", { best: figure(Math.min(...known), 0), worst: figure(Math.max(...known), 0) }) : "—";
  const rows = profile.evidence.map((line) =>
    el("tr", {},
      el("th", { scope: "row" }, inLanguage(line, "name")),
      el("td", {}, distance(line.length_m)),
      el("td", {}, line.accuracy_m === null ? "—" : `± ${figure(line.accuracy_m, 0)} ${word("unit-m")}`)),
  );
  return [
    el("h3", {}, word("borders-accuracy")),
    el("details", { class: "more" },
      el("summary", {}, word("accuracy-summary", { count: profile.evidence.length, range })),
      el("table", { class: "numbers" },
        el("thead", {}, el("tr", {}, el("th", { scope: "col" }, word("follows")), el("td", {}, word("length")), el("td", {}, word("accuracy")))),
        el("tbody", {}, rows))),
  ];
}
