// The editor of a collection on the map: puts its parts together.

import { Refusal } from "../shared/api.js";
import { jsonOf } from "../shared/exact-json.js";
import { el, fill } from "../shared/dom.js";
import { chinaTime, givenName, page, word } from "../shared/page.js";
import { inThisLanguage, csrf } from "../shared/staff-api.js";
import { attributesForm } from "./attributes.js";
import { Canvas } from "./features-and-handles.js";
import { bothChanged, conflictView, drawBoth, withoutTheirs } from "./conflict.js";
import { draftOf, dropDraft, keepDraft } from "./drafts.js";
import { crossingFindings, serverFindings, showFindings } from "./findings.js";
import { showChoice } from "./feature-choice.js";
import { editorMap } from "./editor-map.js";
import { edits, Faulty, Stale, stored, versionsAt } from "./editor-requests.js";
import { askOfMoved, withAnswers } from "./moved-borders.js";
import { snapTo } from "./snapping.js";
import { addTools } from "./tools.js";
import { Topology } from "./topology.js";

const L = window.L;
const byId = (id) => document.getElementById(id);
const CHECK_AFTER_MS = 900;
const linked = () => (byId("linked")?.checked ?? false ? page.linked : []);
const collections = () => [page.collection, ...linked()];

/** All that the parts of the editor share. */
export const editor = { map: null, topology: null, canvas: null, came: [], revision: 0, chosen: [], found: [], checking: null, both: null, offered: null };

export function nameOf(key) {
  const feature = editor.topology.features.get(key);
  return (feature && givenName(feature.properties, { title_field: page.title_field })) ?? key.slice(key.indexOf("/") + 1);
}

const changesNow = () => editor.topology.changes(editor.came);
const hasChanges = () => changesNow().length > 0;

function tell(message, kind = "note") {
  fill(byId("told"), message ? el("p", { class: kind, role: kind === "refusal" ? "alert" : null }, message) : null);
}

/** Read what is stored, and begin anew; `again` are changes to be made upon it. */
export async function load(again = []) {
  const { revision, features, matched } = await stored(collections(), page.count > page.most ? bounds() : null);
  const topology = new Topology((lng, lat) => L.latLng(lat, lng));
  topology.load(features);
  Object.assign(editor, { topology, revision, came: features, chosen: [] });
  editor.canvas?.close();
  editor.canvas = new Canvas(editor.map, topology, page.collection, handlers);
  if (again.length) topology.apply(again);
  topology.onChange = changed;
  changed();
  if (matched > features.length) tell(word("edit-not-all", { shown: features.length, count: matched }));
  const junctions = topology.junctions().length;
  fill(byId("junctions"), junctions ? el("p", { class: "note" }, word("edit-junctions", { count: junctions }), " ", el("button", { type: "button", class: "plain-button", id: "attach", on: { click: () => topology.attachJunctions() } }, word("edit-attach"))) : null);
}

function bounds() {
  const box = editor.map.getBounds();
  return [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()].join(",");
}

/** Show the state after a step, keep the draft, and have it checked a moment later. */
function changed() {
  const { topology, canvas } = editor;
  editor.chosen = editor.chosen.filter((key) => topology.features.has(key));
  canvas.choose(editor.chosen);
  byId("undo").disabled = !topology.done.length;
  byId("redo").disabled = !topology.undone.length;
  byId("save").disabled = csrf === null || !hasChanges();
  askOfMoved(topology, nameOf);
  // What is offered from before is not written over before somebody has decided about it.
  const isSaved = !editor.offered && keepDraft(page.collection, editor.revision, changesNow(), jsonOf);
  const note = editor.offered ? "edit-draft-first" : isSaved ? "edit-draft-kept" : "edit-draft-not-kept";
  fill(byId("draft-note"), hasChanges() ? word(note) : "");
  showChosen();
  check();
}

function showChosen() {
  const { topology, chosen } = editor;
  showChoice(byId("choose"), editor, nameOf);
  byId("chosen-title").textContent = chosen.length === 1 ? nameOf(chosen[0]) : word("edit-chosen", { count: chosen.length });
  const feature = chosen.length === 1 ? topology.features.get(chosen[0]) : null;
  const others = [...topology.features.values()].filter(({ collection }) => collection === page.collection);
  fill(byId("attributes"), feature ? attributesForm(feature, others, (properties) => topology.setProperties(feature.key, properties)) : el("p", { class: "fine" }, word("edit-choose-one")));
  editor.showTools?.();
}

function show(finding) {
  editor.canvas.show(finding);
}

/** Tell crossings at once, and a moment after the last step what the server finds. */
function check() {
  clearTimeout(editor.checking);
  const crossings = crossingFindings(editor.topology.crossings(), nameOf);
  findings(crossings, hasChanges() && csrf !== null);
  if (!hasChanges() || csrf === null) return;
  const { topology } = editor;
  editor.checking = setTimeout(async () => {
    try {
      const parsed = await edits(changesNow(), editor.revision, { dryRun: true });
      if (topology === editor.topology) findings([...crossings, ...serverFindings(parsed)], false);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      // An answer that was on its way while somebody decided or saved is about what was before.
      if (topology !== editor.topology || byId("conflict-box").childElementCount) return undefined;
      if (error instanceof Stale) return conflict(error.parsed);
      findings([...crossings, { severity: "error", message: error.message, hint: null }], false);
    }
    return undefined;
  }, CHECK_AFTER_MS);
}

function findings(found, pending) {
  editor.found = found;
  showFindings(byId("findings"), found, { show, pending });
  editor.canvas.mark(found.map(({ lon, lat, message }) => ({ lon, lat, text: message })));
  document.body.dataset.checked = String(!pending);
}

async function save() {
  clearTimeout(editor.checking);
  byId("save").disabled = true;
  try {
    const parsed = await edits(withAnswers(changesNow(), editor.topology), editor.revision, { note: byId("note").value.trim() });
    dropDraft(page.collection);
    byId("note").value = "";
    await load();
    const [version] = await versionsAt(parsed.revision);
    const link = el("a", { href: inThisLanguage(page.urls.revisions, { f: "html" }) }, word("edit-history"));
    fill(byId("told"), el("p", { class: "note", id: "saved" }, word("edit-saved", { version }), " ", link));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    byId("save").disabled = false;
    if (error instanceof Stale) return conflict(error.parsed);
    tell(error.message, "refusal");
    if (error instanceof Faulty && error.parsed?.problems) findings(serverFindings(error.parsed), false);
  }
  return undefined;
}

/** Somebody saved first: show both versions, and make the changes that are chosen upon theirs. */
async function conflict(parsed) {
  const mine = changesNow();
  const [now, [seen, version]] = await Promise.all([stored(collections()), versionsAt(editor.revision, parsed.revision)]);
  const found = bothChanged(mine, parsed.changed ?? {}, now.features);
  editor.both?.remove();
  editor.both = drawBoth(editor.map, found);
  const decide = async (chosen) => {
    editor.both.remove();
    fill(byId("conflict-box"));
    await load(withoutTheirs(mine, chosen));
    tell(word("edit-conflict-decided"));
  };
  fill(byId("conflict-box"), conflictView(word("edit-conflict-what", { seen, version }), found, { decide, titleField: page.title_field }));
  byId("conflict-box").scrollIntoView({ block: "nearest" });
}

/** Offer what was edited and not saved before. */
function offerDraft(draft) {
  const at = chinaTime(draft.at);
  const restore = async () => {
    fill(byId("draft"));
    editor.offered = null;
    editor.topology.apply(draft.changes);
    const [then, now] = draft.revision === editor.revision ? [] : await versionsAt(draft.revision, editor.revision);
    if (then !== now) tell(word("edit-draft-older", { version: then, now }));
  };
  const drop = () => {
    dropDraft(page.collection);
    fill(byId("draft"));
    editor.offered = null;
    changed();
  };
  fill(byId("draft"), el("p", { class: "note" }, word("edit-draft", { at }), " ", el("button", { type: "button", class: "plain-button", id: "draft-restore", on: { click: restore } }, word("edit-draft-restore")), " ", el("button", { type: "button", class: "plain-button", on: { click: drop } }, word("edit-draft-drop"))));
}

const handlers = {
  nameOf,
  choose: (key, event) => {
    if (editor.busy) return;
    L.DomEvent.stopPropagation(event);
    const many = event.originalEvent?.shiftKey || byId("several").getAttribute("aria-pressed") === "true";
    const others = many ? editor.chosen.filter((each) => each !== key) : [];
    const was = editor.chosen.includes(key);
    editor.chosen = many && was ? others : [...others, key];
    editor.canvas.choose(editor.chosen);
    showChosen();
  },
  dragged: (node, from) => {
    const { map, topology } = editor;
    const snap = byId("snap").checked ? snapTo(map, topology, node) : null;
    if (snap?.node) topology.join(node, snap.node, from);
    else if (snap) snapToEdge(node, from, snap);
    else topology.move(node, from);
    changed();
  },
  insert: (a, b, place) => editor.topology.insert(a, b, place.lng, place.lat),
  remove: (node) => {
    if (!editor.topology.remove(node)) tell(word("edit-not-removed"), "refusal");
  },
  handles: (count, tooMany) => fill(byId("handles-note"), tooMany ? word("edit-too-many-vertices", { count }) : ""),
};

/** Put a node on an edge of another feature, which gets it too. */
function snapToEdge(node, from, { place }) {
  const { topology } = editor;
  const keys = [...topology.features.keys()];
  topology.place(node, from.lng, from.lat);
  topology.step(keys, [node], () => {
    topology.place(node, place.lng, place.lat);
    topology.users = null;
    topology.attach([node]);
  });
}

async function start() {
  editor.map = editorMap(byId("map"));
  editor.offered = draftOf(page.collection);
  await load();
  editor.canvas.fit([...editor.topology.features.values()].filter(({ collection }) => collection === page.collection).map(({ key }) => key));
  if (editor.offered) offerDraft(editor.offered);
  addTools(editor, { tell });
  byId("undo").addEventListener("click", () => editor.topology.undo());
  byId("redo").addEventListener("click", () => editor.topology.redo());
  byId("save-form").addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
  byId("linked")?.addEventListener("change", () => load(changesNow().filter(({ collection }) => collections().includes(collection))));
  byId("choose").addEventListener("change", ({ currentTarget: { value } }) => {
    if (editor.busy) return;
    editor.chosen = value ? [value] : [];
    editor.canvas.choose(editor.chosen);
    if (value) editor.canvas.fit([value]);
    showChosen();
  });
  byId("reload").addEventListener("click", () => load(changesNow()));
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.target.matches("input, textarea, select")) return;
    if (event.key === "z") editor.topology[event.shiftKey ? "redo" : "undo"]();
    else if (event.key === "y") editor.topology.redo();
    else return;
    event.preventDefault();
  });
  window.addEventListener("beforeunload", (event) => {
    if (hasChanges() && draftOf(page.collection) === null) event.preventDefault();
  });
  document.body.dataset.ready = "true";
}

start();
