// What a text could not be read as: the question with its candidates, or the faults with their places.

import { el } from "../shared/dom.js";
import { word } from "../shared/page.js";
import { wordsOf } from "../shared/staff-api.js";

/** Return the nodes of a refusal; `choose(options)` answers its question, `show(problem)` its place. */
export function refusalView(problem, { choose, show }) {
  if (problem?.question) return [questionView(problem.question, choose)];
  const faults = (problem?.problems ?? []).filter(({ severity }) => severity === "error");
  if (!faults.length) return [el("p", { class: "refusal lines", role: "alert" }, wordsOf(problem))];
  const items = faults.map((fault) => el("li", { class: "problem" }, el("span", { class: "chip chip-error" }, word("sketch-fault")), el("div", {}, fault.message, fault.hint ? el("p", { class: "fine" }, fault.hint) : null), placeButton(fault, show)));
  return [el("section", { class: "box", role: "alert" }, el("h2", {}, word("sketch-faults", { count: faults.length })), el("ul", { class: "problems" }, items), el("div", { class: "actions" }, el("button", { type: "button", class: "plain-button", on: { click: () => choose({ repair: true }) } }, word("sketch-repair"))))];
}

function placeButton(fault, show) {
  if (fault.lon === null || fault.lon === undefined) return null;
  return el("button", { type: "button", class: "plain-button", on: { click: () => show(fault) } }, word("sketch-show-place"));
}

function questionView(question, choose) {
  const candidates = question.candidates.map((candidate) =>
    el("li", { class: "candidate" }, el("button", { type: "button", class: "button", on: { click: () => choose(candidate.options) } }, word("sketch-choose")), el("div", {}, el("b", {}, candidate.label), el("ul", {}, candidate.reasons.map((reason) => el("li", {}, reason))))),
  );
  return el("section", { class: "box ask", role: "alert" }, el("h2", {}, question.message), question.hint ? el("p", { class: "fine" }, question.hint) : null, el("ul", { class: "question-list" }, candidates));
}
