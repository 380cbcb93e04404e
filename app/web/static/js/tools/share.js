// Sharing what the map shows: its address, to be copied or read by a phone.

import { correction, generate } from "lean-qr";

import { copyText } from "../shared/copy-text.js";
import { el, svg } from "../shared/dom.js";
import { word } from "../shared/page.js";

const QUIET = 4; // modules that ISO/IEC 18004 wants free around the symbol

/** Return the QR code of a text as a picture. */
function qrCode(text) {
  const code = generate(text, { minCorrectionLevel: correction.M });
  const size = code.size + 2 * QUIET;
  const squares = [];
  for (let y = 0; y < code.size; y += 1) {
    for (let x = 0; x < code.size; x += 1) if (code.get(x, y)) squares.push(`M${x + QUIET} ${y + QUIET}h1v1h-1z`);
  }
  return svg("svg", { class: "qr", viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": word("share-qr"), "shape-rendering": "crispEdges" }, svg("rect", { width: size, height: size, fill: "#fff" }), svg("path", { d: squares.join(""), fill: "#000" }));
}

const isOwnMachine = () => ["localhost", "127.0.0.1", "[::1]"].includes(window.location.hostname);

/** Show the address of what the map shows. */
export function share() {
  const link = window.location.href;
  const field = el("input", { type: "text", readonly: true, value: link, "aria-label": word("share-link") });
  const status = el("span", { role: "status" });
  const copy = async () => {
    const done = await copyText(link);
    field.select();
    status.textContent = word(done ? "share-copied" : "share-copy-by-hand");
  };
  const dialog = el("dialog", { class: "share", "aria-labelledby": "share-title" },
    el("form", { method: "dialog" },
      el("h2", { id: "share-title" }, word("tool-share")),
      el("p", {}, word("share-what")),
      qrCode(link),
      isOwnMachine() ? el("p", { class: "note" }, word("share-own-machine")) : null,
      field,
      el("div", { class: "tool-actions" },
        el("button", { type: "button", class: "tool-button", on: { click: copy } }, word("share-copy")),
        el("button", { type: "submit", class: "tool-button" }, word("tool-close")), status)));
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
}
