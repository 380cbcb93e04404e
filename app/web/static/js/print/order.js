// What the form orders, as the parameters of the sheet's address.

import { page } from "../shared/page.js";

/** Return the parameters; `middle` is that of the frame on the map, [lon, lat] or null. */
export function orderOf(form, middle) {
  const data = new FormData(form);
  const text = (name) => String(data.get(name) ?? "").trim() || null;
  const what = text("what");
  const boxes = [...form.querySelectorAll('input[name="collections"]')];
  const isUsual = boxes.every((box) => box.checked === (box.dataset.usual === "true"));
  return {
    size: text("size"),
    orientation: text("orientation"),
    element: what === "place" ? null : what,
    bbox: what === "place" && middle ? [...middle, ...middle].map((side) => side.toFixed(6)).join(",") : null,
    scale: text("scale"),
    title: text("title"),
    grid: text("grid"),
    look: text("look"),
    tables: data.getAll("tables").join(",") || null,
    collections: isUsual ? null : data.getAll("collections").join(","),
    lang: page.lang,
  };
}
