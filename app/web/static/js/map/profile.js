// One element of the plan: what the text says, what was measured, what lies in it.

import { address } from "../shared/api.js";
import { el } from "../shared/dom.js";
import { evidenceView, measureView, partsView, sharesView } from "./profile-figures.js";
import { chinese, distance, elementOf, figure, page, word } from "../shared/page.js";

const inLanguage = (thing, name) => (chinese ? thing[name] : thing[`${name}_en`] || thing[name]);
/** The plan's own words are Chinese whatever the page's language is. */
const original = (tag, attributes, ...children) => el(tag, { ...attributes, lang: chinese ? null : "zh" }, ...children);

function head({ element }) {
  const { ref, line } = element.ref;
  return [
    el("h2", { class: `profile-name element-${element.type}` },
      el("b", { class: "numeral", "aria-hidden": "true" }, String(element.order)), inLanguage(element, "name")),
    el("p", { class: "profile-ref" }, word("section-line", { ref, line })),
    original("p", { class: "positioning" }, element.positioning),
  ];
}

/** Links to what there is of an element beside the map. */
function ways({ id }) {
  if (page.offline) return null;
  const own = `/${encodeURIComponent(id)}`;
  const way = (name, path, query = {}) => el("li", {}, el("a", { href: address(page.urls.plan + path, { ...query, lang: page.lang }) }, word(name)));
  return el("ul", { class: "profile-ways" }, way("open-page", own), way("open-brief", `${own}/brief`), way("open-compare", "/compare", { zones: id }), way("open-indicators", "/indicators", { element: id }));
}

function quote(title, text, line) {
  if (!text) return [];
  return [
    el("h3", {}, title),
    original("blockquote", { class: "quote" }, text, el("cite", {}, word("line", { line }))),
  ];
}

function goals({ element }) {
  const limits = { ge: "≥ ", gt: "> ", le: "≤ ", lt: "< " };
  const numbers = element.goals.filter((goal) => goal.value !== null);
  const rows = numbers.map((goal) =>
    el("tr", {}, original("th", { scope: "row" }, goal.text), original("td", {}, `${limits[goal.op] ?? ""}${goal.value} ${goal.unit ?? ""}`)),
  );
  return [
    ...quote(word("goals"), element.goals_verbatim, element.goals[0]?.line ?? element.ref.line),
    rows.length ? el("table", { class: "numbers" }, el("tbody", {}, rows)) : null,
  ];
}

function subAreas({ element }) {
  if (!element.sub_areas.length) return [];
  return [
    el("h3", {}, word("sub-areas"), el("small", { lang: chinese ? null : "zh" }, element.structure)),
    el("ul", { class: "plain" }, element.sub_areas.map((area) =>
      el("li", {}, inLanguage(area, "name"), " ", el("small", {}, original("span", {}, area.kind), ` · ${word("line", { line: area.ref.line })}`)))),
  ];
}

function neighbours(profile, show) {
  if (!profile.neighbours.length) return [];
  const extent = (one) => (one.relation === "overlap" ? `${figure(one.measure / 1e6, 2)} ${word("unit-km2")}` : distance(one.measure));
  return [
    el("h3", {}, word("neighbours")),
    el("ul", { class: "plain bare" }, profile.neighbours.map((one) => {
      const style = elementOf(one.id);
      return el("li", {},
        el("button", { type: "button", class: `element-link element-${one.type}`, style: { "--colour": style?.colour, "--line": style?.line }, on: { click: () => show(one.id) } },
          el("b", { class: "numeral", "aria-hidden": "true" }, String(style?.order ?? "")), inLanguage(one, "name")),
        el("small", {}, ` ${word(`relation-${one.relation}`)} ${extent(one)}`));
    })),
  ];
}

function siteRow(site, showFeature) {
  const placed = site.lon !== null;
  const circle = site.circle_m === null ? null : word("within-circle", { metres: figure(site.circle_m, 0) });
  const where = placed ? circle ?? (site.by_plan ? null : word("by-position")) : word("no-coordinates");
  return el("li", {},
    el("button", { type: "button", "data-site": site.id, on: { click: () => showFeature("sites", site.id) } },
      el("span", { class: `site-dot ${site.status ?? ""}${placed ? (circle ? " circle" : "") : " nowhere"}`, "aria-hidden": "true" }),
      el("span", {}, inLanguage(site, "name")),
      where ? el("small", {}, where) : null));
}

function sites(profile, showFeature) {
  if (!profile.sites.length) return [];
  const ordered = [...profile.sites].sort((a, b) => Number(a.lon === null) - Number(b.lon === null));
  const located = ordered.filter(({ lon }) => lon !== null).length;
  return [
    el("h3", {}, word("sites", { count: ordered.length })),
    el("p", { class: "fine-top" }, word("sites-of", { located })),
    el("ul", { class: "site-list" }, ordered.map((site) => siteRow(site, showFeature))),
  ];
}

function conflicts(profile, showFeature) {
  if (!profile.conflicts.length && !profile.disputes.length) return [];
  const areas = profile.disputes.map((dispute) =>
    el("div", { class: "conflict" },
      el("b", {}, inLanguage(dispute, "name")), dispute.conflict ? el("small", {}, ` ${dispute.conflict}`) : null,
      el("p", {}, inLanguage(dispute, "resolution")),
      el("button", { type: "button", class: "element-link", on: { click: () => showFeature("disputes", dispute.id) } }, word("see-dispute"))),
  );
  const items = profile.conflicts.map((conflict) =>
    el("div", { class: "conflict" },
      el("b", {}, inLanguage(conflict, "title")), el("small", {}, ` ${conflict.id}`),
      original("p", {}, conflict.detail),
      el("p", {}, el("small", {}, word("treatment", { treatment: inLanguage(conflict, "treatment") })))),
  );
  return [el("h3", {}, word("conflicts")), areas, items];
}

/** Return a profile's nodes; `showFeature(collection, id)` and `show(id)` lead on from it. */
export function profileView(profile, showFeature, show) {
  const { element } = profile;
  const style = elementOf(element.id);
  const bounds = word(element.type === "zone" ? "bounds-verbatim" : "extent-verbatim");
  return [
    el("article", { class: "profile", "data-profile": element.id, style: { "--colour": style?.colour ?? "#ccc", "--line": style?.line ?? "#555" } },
      head(profile),
      ways(element),
      measureView(profile.measure, profile.judgement),
      quote(bounds, element.bounds_verbatim, element.scope_line),
      sharesView(profile),
      partsView(profile.parts),
      subAreas(profile),
      goals(profile),
      sites(profile, showFeature),
      neighbours(profile, show),
      conflicts(profile, showFeature),
      evidenceView(profile),
      el("p", { class: "fine" }, (profile.rules ?? []).join(" "))),
  ];
}
