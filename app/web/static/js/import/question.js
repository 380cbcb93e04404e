// The question that only a person can answer, with ranked candidates.

import { el } from "../shared/dom.js";
import { word } from "../shared/page.js";

const ANSWERED_BY_FORM = ["layer-needed", "ask-encoding", "ask-crs", "ask-crs-denied", "ask-packed-degrees", "ask-map-scale", "ask-map-scale-denied"];

/** Return the section; choosing a candidate shows its place, deciding sends its options. */
export function questionSection({ question, options, last_import: last }, { decide, each, map, mayDecide }) {
  const several = question.topic === "layer";
  const before = question.topic === "crs" ? question.candidates.findIndex(({ options: own }) => isAsBefore(own, last)) : -1;
  const colours = map.candidates(question.candidates);
  const cards = question.candidates.map((candidate, index) => card(candidate, index, { colours, map, several, last: index === before, chosen: index === Math.max(before, 0), undecided: question.undecided || several }));
  const ofScale = question.code.startsWith("ask-map-scale");
  const other = question.topic === "crs" ? otherSystem(ofScale) : null;
  const own = several && question.candidates.length > 1 ? ownCollections(question) : null;
  const form = el("form", { class: "question" },
    el("fieldset", {}, el("legend", {}, word(`staff-question-${ofScale ? "scale" : question.topic}`)), several ? allLayers() : null, cards, other && other.card),
    own && own.section,
    mayDecide ? el("div", { class: "actions" }, el("button", { type: "submit", class: "button" }, word("staff-go-on"))) : null);
  if (several) tickTogether(form.querySelectorAll('input[name="candidate"]'));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = [...form.querySelectorAll('input[name="candidate"]:checked')].map((input) => input.value);
    if (!chosen.length) return;
    if (own?.isWanted()) {
      each(own.requested(chosen), options.dry_run ?? true);
      return;
    }
    const settings = several ? { layer: layersOf(chosen, question) } : chosen[0] === "other" ? other.options() : question.candidates[Number(chosen[0])].options;
    decide({ ...settings, dry_run: options.dry_run ?? true });
  });
  return el("section", { class: "box ask" }, el("h2", {}, word("staff-question")), el("p", {}, question.message), hintOf(question), form);
}

/** Return the choice between one collection of all layers and one for each, whose ids may be changed. */
function ownCollections({ candidates }) {
  const ids = candidates.map(({ options, collection }) => el("input", { type: "text", value: collection, required: true, pattern: "[a-z][a-z0-9_]*", maxlength: 63, "aria-label": word("staff-layer-collection", { layer: options.layer }) }));
  const table = el("table", { hidden: true }, el("thead", {}, el("tr", {}, el("th", {}, word("staff-layer")), el("th", {}, word("staff-collection-id")))), el("tbody", {}, candidates.map(({ options }, index) => el("tr", {}, el("td", {}, options.layer), el("td", {}, ids[index])))));
  const show = (value) => {
    table.hidden = value === "one";
    const all = section.form.elements.candidate[0];
    if (value === "each" && !all.checked) all.click();
  };
  const way = (value, checked) => el("label", {}, el("input", { type: "radio", name: "as", value, checked, on: { change: () => show(value) } }), " ", word(`staff-layers-${value}`));
  const section = el("fieldset", { class: "ways" }, el("legend", {}, word("staff-layers-as")), way("one", true), way("each", false), table);
  const requested = (chosen) => candidates.flatMap(({ options }, index) => (chosen.includes("*") || chosen.includes(String(index)) ? [{ layer: options.layer, collection: ids[index].value }] : []));
  return { section, requested, isWanted: () => section.querySelector('input[value="each"]').checked };
}

/** Return how to answer; of parameters alone, which the form stands for, the page says nothing. */
function hintOf({ code, hint }) {
  return hint && !ANSWERED_BY_FORM.includes(code) ? el("p", { class: "fine" }, hint) : null;
}

/** Return the names of the layers that were ticked; all of them need no names. */
function layersOf(chosen, question) {
  return chosen.includes("*") ? "*" : chosen.map((value) => question.candidates[Number(value)].options.layer);
}

/** Return whether a candidate is the system that the last file of the collection was read in. */
function isAsBefore(own, last) {
  return Boolean(last?.crs) && own.crs === last.crs && (own.datum ?? last.datum ?? null) === (last.datum ?? null);
}

function allLayers() {
  const input = el("input", { type: "checkbox", name: "candidate", value: "*" });
  return el("label", { class: "candidate" }, input, el("span", {}, el("b", {}, word("staff-all-layers"))));
}

/** Tick all layers with the first box, and that one when all others are ticked. */
function tickTogether(boxes) {
  const [all, ...others] = boxes;
  all.addEventListener("change", () => others.forEach((each, index) => { each.checked = all.checked || !index; }));
  for (const each of others) each.addEventListener("change", () => { all.checked = others.every(({ checked }) => checked); });
}

function card(candidate, index, { colours, map, several, last, chosen, undecided }) {
  const mark = candidate.located ? el("i", { class: "mark", style: { background: colours[index % colours.length] } }) : null;
  const samples = candidate.samples.length ? el("p", { class: "samples" }, candidate.samples.map((text) => el("q", {}, text))) : null;
  const input = el("input", { type: several ? "checkbox" : "radio", name: "candidate", value: index, checked: chosen, required: !several, on: { change: () => map.look(candidate) } });
  const settings = Object.entries(candidate.options).map(([name, value]) => `${name}=${value}`).join(" ");
  return el("label", { class: "candidate" }, input, el("span", {}, mark, el("b", {}, candidate.label), index === 0 && !undecided ? el("em", {}, word("staff-likeliest")) : null, last ? el("em", {}, word("staff-as-last-time")) : null, several ? null : el("code", {}, settings),
    candidate.reasons.length ? el("ul", {}, candidate.reasons.map((reason) => el("li", {}, reason))) : null, samples));
}

/** Return the last card, where another system is chosen and, if that is asked too, another scale typed. */
function otherSystem(ofScale) {
  const select = el("select", { "aria-label": word("staff-crs") });
  select.append(document.getElementById("systems").content.cloneNode(true));
  const input = el("input", { type: "radio", name: "candidate", value: "other" });
  const scale = ofScale ? el("input", { type: "text", inputmode: "decimal", maxlength: 20, placeholder: "1:500", "aria-label": word("staff-map-scale") }) : null;
  for (const field of [select, scale]) field?.addEventListener("input", () => { input.checked = true; });
  const options = () => ({ crs: select.value, ...(scale?.value.trim() ? { map_scale: scale.value.trim() } : {}) });
  return { options, card: el("label", { class: "candidate" }, input, el("span", {}, el("b", {}, word(ofScale ? "staff-other-scale" : "staff-other-system")), scale, select)) };
}
