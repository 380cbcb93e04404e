// The history of a collection: two revisions beside each other, what differs, and going back.

import { address, ask, Refusal } from "../shared/api.js";
import { changesLayer, changesLegend, changesTable, countChips, showChange } from "../shared/changes.js";
import { el, fill } from "../shared/dom.js";
import { LocateMap } from "../shared/locate-map.js";
import { chinaTime, figure, noteIn, page, word } from "../shared/page.js";
import { csrf, send } from "../shared/staff-api.js";
import { addTitleField } from "../shared/title-field.js";
import { noticeOf } from "../shared/retry.js";
import { addSwipe } from "../shared/swipe.js";

const L = window.L;
const byId = (id) => document.getElementById(id);
const MOST_DRAWN = 1500; // features; of more, the service draws tiles, which show all of them
const SHOWN_CHANGES = 500;
const SETTLED_MS = 150;
let turn = 0;

class Side {
  constructor(which) {
    this.which = which;
    this.base = new LocateMap(byId(`map-${which}`));
    this.map = this.base.map;
    this.layers = L.layerGroup().addTo(this.map);
  }

  async show(revision, version, mine) {
    byId(`${this.which}-title`).textContent = word(`staff-${this.which}-title`, { number: version });
    const drawn = revision === 0 ? null : await drawnAt(revision);
    if (mine !== turn) return;
    this.layers.clearLayers();
    drawn?.addTo(this.layers);
  }
}

/** Return what a revision held as a layer: its features, or tiles where they are many. */
async function drawnAt(revision) {
  const { numberMatched } = await ask(address(page.urls.items, { revision, limit: 1, f: "json" }));
  if (numberMatched > MOST_DRAWN) return L.tileLayer(`${page.urls.tiles}/{z}/{x}/{y}.png?revision=${revision}&style=unlabelled`, { pane: "overlayPane", maxNativeZoom: 20 });
  const found = await ask(address(page.urls.items, { revision, limit: MOST_DRAWN, f: "json" }));
  return L.geoJSON(found, { interactive: false, style: { color: "#1d5468", weight: 1.2, fillOpacity: 0.12 }, pointToLayer: (_, place) => L.circleMarker(place, { radius: 4, color: "#1d5468", weight: 1.5 }) });
}

/** Let two maps show the same place. */
function tie(one, other) {
  let moving = false;
  for (const [from, to] of [[one, other], [other, one]]) {
    from.on("drag moveend", () => {
      if (moving) return;
      moving = true;
      to.setView(from.getCenter(), from.getZoom(), { animate: false });
      moving = false;
    });
  }
}

async function compare(sides, numbers) {
  turn += 1;
  const mine = turn;
  const versions = ["before", "after"].map((id) => Number(byId(id).value));
  const [since, to] = versions.map((version) => numbers[version]);
  byId("before-told").textContent = word("staff-version", { number: versions[0] });
  byId("after-told").textContent = word("staff-version", { number: versions[1] });
  const url = address(`${page.urls.revisions}/${since}/diff`, { to, f: "geojson", limit: SHOWN_CHANGES, lang: page.lang });
  try {
    const [drawn] = await Promise.all([ask(url), sides[0].show(since, versions[0], mine), sides[1].show(to, versions[1], mine)]);
    if (mine === turn) showDifference(sides[1], drawn, url);
  } catch (error) {
    if (mine === turn) fill(byId("changes"), noticeOf(error, () => compare(sides, numbers)));
  }
}

function showDifference(side, drawn, url) {
  const group = changesLayer(drawn).addTo(side.layers);
  const csv = new URL(url);
  csv.searchParams.set("f", "csv");
  const more = drawn.numberMatched > drawn.numberReturned ? el("p", { class: "muted" }, word("staff-first-changes", { shown: drawn.numberReturned, all: figure(drawn.numberMatched, 0) })) : null;
  const table = drawn.features.length ? changesTable(drawn.features.map(({ properties }) => properties), (id) => showChange(side.map, group, id)) : el("p", { class: "note" }, word("staff-no-difference"));
  fill(byId("changes"), countChips(drawn.counts), table, more, drawn.features.length ? el("p", { class: "downloads" }, el("a", { href: csv }, word("staff-as-csv"))) : null);
  // The first of very many changes say nothing of where the others are.
  const bounds = more ? side.base.whole : group.getBounds();
  if (bounds.isValid()) side.map.fitBounds(bounds.pad(0.15), { maxZoom: 16 });
}

function entry(revision, version, current, choose) {
  const source = revision.source ? el("p", { class: "fine" }, word("staff-from-file", { name: revision.source.name }), " ", el("code", {}, (revision.source.sha256 ?? "").slice(0, 12))) : null;
  const restore = csrf && revision.revision !== current && !revision.pruned ? el("button", { type: "button", class: "plain-button", on: { click: () => askToRestore(revision.revision, version) } }, word("staff-restore")) : null;
  const facts = [chinaTime(revision.at), revision.who, word("staff-revision", { number: revision.revision })];
  return el("li", { value: version },
    el("div", { class: "revision-head" }, el("b", {}, word("staff-version", { number: version })), el("span", { class: "muted" }, facts.join(" · ")),
      revision.pruned ? el("span", { class: "muted" }, word("staff-pruned")) : el("button", { type: "button", class: "plain-button", on: { click: () => choose(revision.revision) } }, word("staff-look")), restore),
    el("p", {}, noteIn(revision.why) || "—"), countChips(revision.counts), source);
}

function askToRestore(number, version) {
  const dialog = byId("restore");
  byId("restore-title").textContent = word("staff-restore-to", { number: version });
  byId("restore-refused").hidden = true;
  byId("reason").value = "";
  dialog.querySelector("form").onsubmit = async (event) => {
    event.preventDefault();
    const note = byId("reason").value.trim();
    try {
      await send(`${page.urls.revisions}/${number}/restore`, "POST", { note }, { "If-Match": `"r${page.revision}"` });
      window.location.reload();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      byId("restore-refused").textContent = error.message;
      byId("restore-refused").hidden = false;
    }
  };
  dialog.showModal();
}

/** Ask for the revisions and show them; say so if that cannot be. */
async function start() {
  document.body.dataset.ready = "false";
  try {
    const { revisions } = await ask(address(page.urls.revisions, { limit: 1000, f: "json", lang: page.lang }));
    await show(revisions);
  } catch (error) {
    fill(byId("refused"), noticeOf(error, start));
  }
  document.body.dataset.ready = "true";
}

async function show(revisions) {
  const numbers = [0, ...revisions.map(({ revision }) => revision).reverse()];
  // Up to the last version that was pruned, and before everything, there is nothing to compare with.
  const newest = revisions.find(({ pruned }) => pruned);
  const first = newest ? numbers.indexOf(newest.revision) + 1 : 0;
  for (const [id, place] of [["before", numbers.length - 2], ["after", numbers.length - 1]]) {
    byId(id).min = first;
    byId(id).max = numbers.length - 1;
    byId(id).value = Math.max(first, Number(place));
  }
  fill(byId("ticks"), numbers.map((_, index) => el("option", { value: index })));
  const sides = [new Side("before"), new Side("after")];
  tie(sides[0].map, sides[1].map);
  addSwipe(byId("maps"), sides);
  const renew = () => compare(sides, numbers);
  let waiting = 0;
  const soon = () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(renew, SETTLED_MS);
  };
  byId("before").addEventListener("input", soon);
  byId("after").addEventListener("input", soon);
  byId("restore-no").addEventListener("click", () => byId("restore").close());
  fill(byId("legend"), changesLegend());
  const choose = (number) => {
    byId("after").value = numbers.indexOf(number);
    byId("before").value = Math.max(first, numbers.indexOf(number) - 1);
    renew();
    byId("after").focus();
    window.scrollTo({ top: 0, behavior: "smooth" });
  };
  fill(byId("revisions"), revisions.map((each) => entry(each, numbers.indexOf(each.revision), numbers.at(-1), choose)));
  await Promise.all([renew(), addTitleField(byId("title-field")), ...sides.map(drawPlan)]);
}

async function drawPlan(side) {
  try {
    await side.base.drawPlan();
  } catch (error) {
    byId("refused").append(noticeOf(error, () => drawPlan(side)));
  }
}

start();
