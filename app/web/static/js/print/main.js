// The page on which a printed sheet is chosen: every change is shown as the sheet would be.

import { address, refusal } from "../shared/api.js";
import { LocateMap } from "../shared/locate-map.js";
import { page, word } from "../shared/page.js";
import { SheetFrame } from "./frame.js";
import { orderOf } from "./order.js";

/** Dots an inch of the preview that do for a phone, and the longer side in millimetres, by the paper's size. */
const LEAST_DPI = { a4: 110, a3: 78, a2: 56, a1: 40, a0: 36 };
const LONG_MM = { a4: 297, a3: 420, a2: 594, a1: 841, a0: 1189 };
const MOST_DPI = 200;
const MM_PER_INCH = 25.4;
const WAIT_MS = 350;

const form = document.getElementById("order");
const status = document.getElementById("told");
const preview = document.getElementById("preview");
const result = document.querySelector(".print-result");

let waiting = 0;
let pending = null;
let frame;

/** Show the sheet as ordered; what was asked before and has not come is given up. */
async function show() {
  pending?.abort();
  const mine = new AbortController();
  pending = mine;
  const order = orderOf(form, frame.middle);
  linkDownloads(order);
  result.classList.add("is-making");
  status.className = "";
  status.textContent = word("printing-making");
  try {
    // Of an atlas the whole is shown; its pages would come as an archive.
    const { tables: _, element, ...plain } = order;
    const first = element === "all" ? plain : { ...plain, element };
    const url = address(page.urls.sheet, { ...first, f: "png", dpi: previewDpi(order.size) });
    const response = await fetch(url, { signal: mine.signal });
    if (!response.ok) throw await refusal(response);
    await draw(response, order);
  } catch (fault) {
    if (fault.name === "AbortError") return;
    status.className = "refusal";
    status.textContent = fault instanceof TypeError ? word("printing-failed") : fault.message;
  } finally {
    if (pending === mine) result.classList.remove("is-making");
  }
}

/** As many dots as the preview is wide on this screen, in steps, so that the service can remember sheets. */
function previewDpi(size) {
  const dots = result.clientWidth * Math.min(window.devicePixelRatio, 2);
  const wanted = Math.ceil((dots * MM_PER_INCH) / LONG_MM[size] / 10) * 10;
  return Math.min(Math.max(wanted, LEAST_DPI[size]), MOST_DPI);
}

async function draw(response, order) {
  const picture = await response.blob();
  URL.revokeObjectURL(preview.src);
  preview.src = URL.createObjectURL(picture);
  preview.hidden = false;
  const scale = Number(response.headers.get("X-Scale"));
  const written = `1:${scale.toLocaleString("en").replaceAll(",", " ")}`;
  preview.alt = word("printing-preview-of", { scale: written });
  const letters = response.headers.get("X-Missing-Letters");
  const more = order.element === "all" || order.tables ? word("printing-first-page") : "";
  status.textContent = [written, more, letters ? word("printing-missing", { letters }) : ""].filter(Boolean).join(" · ");
  frame.show(response.headers.get("X-Bbox").split(",").map(Number), scale);
}

function linkDownloads(order) {
  for (const link of document.querySelectorAll("[data-form]")) {
    link.href = address(page.urls.sheet, { ...order, f: link.dataset.form });
  }
}

function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(show, WAIT_MS);
}

/** The frame was moved: the sheet shows that place, at the scale it has. */
function moved(scale) {
  form.elements.what.value = "place";
  if (!form.elements.scale.value) form.elements.scale.value = String(scale);
  soon();
}

const view = new LocateMap(document.getElementById("map"));
frame = new SheetFrame(view.map, moved);
form.addEventListener("input", soon);
form.addEventListener("submit", (event) => event.preventDefault());
await Promise.allSettled([view.drawPlan(), show()]);
document.body.dataset.ready = "true";
