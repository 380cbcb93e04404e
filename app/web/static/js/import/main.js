// One import: followed while it runs, then what it is, what is wrong, what it changes, and the word.

import { address, ask } from "../shared/api.js";
import { el, fill } from "../shared/dom.js";
import { factsSection, problemsSection, rowsSection } from "./file-facts.js";
import { ImportMap } from "./import-map.js";
import { mappingSection } from "./field-mapping.js";
import { keySection } from "./key-choice.js";
import { questionSection } from "./question.js";
import { changesSection, commitSection } from "./commit.js";
import { chinaTime, figure, page, sizeOf, word } from "../shared/page.js";
import { csrf, inThisLanguage, send } from "../shared/staff-api.js";
import { titleFieldSection } from "../shared/title-field.js";
import { noticeOf } from "../shared/retry.js";

const byId = (id) => document.getElementById(id);
const RUNNING = ["queued", "reading", "applying"];
const LOOKED_EVERY_MS = 400;
const here = address(page.urls.import, { f: "json", lang: page.lang });
const map = new ImportMap(byId("map"), byId("legend"));
let turn = 0;

const wait = (milliseconds) => new Promise((done) => { window.setTimeout(done, milliseconds); });

/** Send a decision and follow what becomes of it. */
async function decide(decision) {
  document.body.dataset.ready = "false";
  fill(byId("refused"));
  try {
    await send(`${page.urls.import}/decision`, "POST", decision);
  } catch (error) {
    refuse(error, () => decide(decision));
    document.body.dataset.ready = "true";
    return;
  }
  await follow();
}

/** Import layers one after the other into collections of their own; show what becomes of each. */
async function each(layers, dryRun) {
  document.body.dataset.ready = "false";
  const list = el("ul", {});
  fill(byId("refused"));
  byId("sections").querySelector(".ask").after(el("section", { class: "box own-collections" }, el("h2", {}, word("staff-layers-each")), list));
  for (const layer of layers) {
    const line = el("li", {}, `${layer.layer} → ${layer.collection}: `);
    list.append(line);
    try {
      let own = await send(`${page.urls.import}/layers`, "POST", { ...layer, dry_run: dryRun });
      const path = page.urls.import.replace(/[^/]+$/, own.id);
      while (RUNNING.includes(own.state)) {
        await wait(LOOKED_EVERY_MS);
        own = await ask(address(path, { f: "json", lang: page.lang }));
      }
      line.append(el("a", { href: inThisLanguage(path, { f: "html" }) }, word(`staff-state-${own.state}`)));
    } catch (error) {
      line.append(error.message);
    }
  }
  document.body.dataset.ready = "true";
}

/** End the import, and show what it has come to, be it that it could not be ended. */
async function cancel() {
  fill(byId("refused"));
  try {
    await send(page.urls.import, "DELETE");
  } catch (error) {
    refuse(error, cancel);
  }
  await follow();
}

function refuse(error, again) {
  fill(byId("refused"), noticeOf(error, again));
  byId("refused").scrollIntoView({ block: "center" });
}

/** Show the import as it goes on, until it is over or another call has taken over. */
async function follow() {
  turn += 1;
  const mine = turn;
  document.body.dataset.ready = "false";
  try {
    await watch(mine);
  } catch (error) {
    if (mine !== turn) return;
    byId("state").querySelector(".progress")?.remove(); // nobody knows how far it is
    refuse(error, follow);
  }
  if (mine === turn) document.body.dataset.ready = "true";
}

async function watch(mine) {
  let record = await ask(here);
  while (mine === turn && RUNNING.includes(record.state)) {
    showState(record);
    fill(byId("sections"));
    await wait(LOOKED_EVERY_MS);
    record = await ask(here);
  }
  if (mine === turn) await show(record);
}

function showState(record) {
  const size = record.file.bytes ? ` · ${sizeOf(record.file.bytes)}` : "";
  byId("name").textContent = record.file.name;
  const line = el("p", { class: "state-line" }, el("span", { class: `state state-${record.state}` }, word(`staff-state-${record.state}`)), ` → ${page.titles[record.collection] ?? record.collection}${size} · ${record.who}`);
  const running = RUNNING.includes(record.state);
  const bar = running ? el("div", { class: "progress" }, el("progress", { max: 1, value: record.progress, "aria-label": word("staff-progress") }), el("p", {}, `${Math.round(record.progress * 100)} %`, el("button", { type: "button", class: "plain-button", on: { click: cancel } }, word("staff-cancel")))) : null;
  const said = ["failed", "rejected"].includes(record.state) && record.problem ? el("p", { class: "refusal lines", role: "alert" }, record.state === "rejected" ? word("staff-rejected") : record.problem.detail) : null;
  fill(byId("state"), line, bar, said, record.decidable ? el("p", { class: "fine" }, word("staff-kept-until", { time: chinaTime(record.expires_at) })) : null);
}

async function show(record) {
  showState(record);
  map.clear();
  const mayDecide = record.decidable && csrf !== null;
  const actions = { decide, each, cancel, map, mayDecide };
  const sections = [
    record.decidable && csrf === null ? el("p", { class: "note" }, word("staff-sign-in-first"), " ", el("a", { href: inThisLanguage(page.urls.map.replace(/\/map$/, "/signin"), { next: window.location.pathname + window.location.search }) }, word("staff-sign-in"))) : null,
    record.state === "applied" ? doneSection(record) : null,
    record.question ? questionSection(record, actions) : null,
    record.findings ? factsSection(record, actions) : null,
    record.findings?.rows?.some((row) => Object.keys(row).length) ? rowsSection(record.findings.rows) : null,
    record.problems?.length ? problemsSection(record, actions) : null,
    record.key && record.decidable && (record.key.candidates.length || record.key.basis !== "content") ? keySection(record, actions) : null,
    record.findings?.fields?.length && record.decidable ? mappingSection(record, actions) : null,
    record.findings?.fields?.length && record.state === "ready" ? titleFieldSection(record, actions) : null,
    record.state === "ready" ? await changesSection(record, actions) : null,
    record.decidable ? commitSection(record, actions) : null,
  ];
  fill(byId("sections"), sections);
  if (record.state === "applied" && record.findings?.geometry.located) map.extent(record.findings.geometry.located);
  await map.drawPlan();
  map.fit();
}

/** Return what the map is to show of a collection: with the zones, by which people find their way. */
const onPlan = (collection) => (collection === "zones" ? collection : `zones,${collection}`);

function doneSection({ collection, revision, counts }) {
  const below = `${page.urls.collections}/${collection}`;
  const links = [
    [word("staff-on-map"), inThisLanguage(page.urls.map, { collections: onPlan(collection) })],
    [word("staff-history"), inThisLanguage(`${below}/revisions`, { f: "html" })],
    [word("staff-export"), inThisLanguage(`${below}/export`, { f: "html" })],
    [word("staff-upload-more"), inThisLanguage(page.urls.imports.replace(/imports$/, "upload"), { collection })],
  ];
  const what = counts ? word("staff-stored-counts", { added: figure(counts.added, 0), changed: figure(counts.changed, 0), removed: figure(counts.removed, 0) }) : "";
  return el("section", { class: "box done" }, el("h2", {}, word("staff-stored", { revision })), el("p", {}, what), el("p", { class: "downloads" }, links.map(([title, href]) => el("a", { href }, title))));
}

follow();
