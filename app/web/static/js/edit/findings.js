// What is wrong with the edits so far: crossings at once, the server's checks a moment later.

import { el, fill } from "../shared/dom.js";
import { word } from "../shared/page.js";

/** Fill `node` with findings {message, hint, lon, lat, severity}; `show(finding)` brings one into view. */
export function showFindings(node, findings, { show, pending }) {
  const items = findings.map((each) =>
    el("li", { class: "problem" }, el("span", { class: `chip ${each.severity === "error" ? "chip-error" : "chip-warning"}` }, word(each.severity === "error" ? "edit-fault" : "edit-remark")), el("div", {}, each.message, each.hint ? el("p", { class: "fine" }, each.hint) : null), each.lon === null || each.lon === undefined ? null : el("button", { type: "button", class: "plain-button", on: { click: () => show(each) } }, word("edit-show"))),
  );
  const fine = pending ? word("edit-checking") : word("edit-all-well");
  fill(node, findings.length ? el("ul", { class: "problems" }, items) : el("p", { class: "fine" }, fine));
}

/** Return the places where edges cross, as findings. */
export function crossingFindings(crossings, nameOf) {
  return crossings.map(({ place: [lon, lat], keys }) => ({ severity: "error", message: word(keys.length > 1 ? "edit-crossing" : "edit-crossing-itself", { names: keys.map(nameOf).join("、") }), hint: null, lon, lat }));
}

/** Return what the server found, features by themselves first. */
export function serverFindings(parsed) {
  return [...parsed.problems.filter(({ severity }) => severity !== "note"), ...parsed.topology];
}
