// The list of layers, which is the legend too: what is drawn stands beside its sign.

import { unplaced } from "./features-at-click.js";
import { basemapChoice } from "./basemaps.js";
import { el, fill, svg } from "../shared/dom.js";
import { figure, page, word } from "../shared/page.js";
import { opacityGroup } from "../tools/opacity.js";
import { ownColour } from "./symbols.js";

const OPEN_CLASSES = 12;
const OPEN_GROUPS = new Set(["zones", "axes", "belts", "own"]);

/**
 * Return a small picture of a sign: a filled patch, a line, or a dot.
 * @param {string} kind
 * @param {{colour?: string, dash?: string, width?: number, edge?: string}} [look]
 */
function sign(kind, { colour, dash = "", width = 4, edge = colour } = {}) {
  const shape = {
    patch: () => svg("rect", { x: 1.5, y: 2.5, width: 21, height: 11, rx: 2, fill: colour, "fill-opacity": kind === "patch" ? page.fill_opacity : 1, stroke: edge, "stroke-width": 1.5 }),
    hatch: () => svg("rect", { x: 1.5, y: 2.5, width: 21, height: 11, rx: 2, fill: "url(#hatch)", stroke: "#9c1f16" }),
    line: () => svg("line", { x1: 1, x2: 23, y1: 8, y2: 8, stroke: colour, "stroke-width": width, "stroke-dasharray": dash }),
    dot: () => svg("circle", { cx: 12, cy: 8, r: 5, fill: colour, stroke: edge, "stroke-width": 1.6 }),
    circle: () => svg("circle", { cx: 12, cy: 8, r: 6.6, fill: colour, "fill-opacity": 0.15, stroke: edge, "stroke-width": 1.3, "stroke-dasharray": "3 2.4" }),
  }[kind];
  return svg("svg", { class: "sign", width: 24, height: 16, viewBox: "0 0 24 16", "aria-hidden": "true" }, shape());
}

const SIGNS = {
  belt_lines: () => sign("line", { colour: "#0f6455", dash: "8 3 2 3", width: 2.2 }),
  subdistricts: () => sign("line", { colour: "#4c463c", dash: "1.5 3", width: 1.8 }),
  disputes: () => sign("hatch"),
  borders: () => sign("line", { colour: page.accuracy_classes[0].colour, width: 3 }),
  district: () => sign("line", { colour: "#3b352c", dash: "9 3 2 3", width: 2.2 }),
  basemap: () => sign("patch", { colour: "#8fc3da", edge: "#6fa6c0" }),
};

function rowSign(layer) {
  if (SIGNS[layer.id]) return SIGNS[layer.id]();
  if (layer.group === "own") return classSign(layer.symbology?.look ?? { fillColor: ownColour(layer), color: ownColour(layer) });
  return null;
}

/** A patch as Leaflet's options draw an area; a line where they fill nothing. */
function classSign({ fillColor, fill, fillOpacity, color, weight, dashArray, stroke }) {
  const isFilled = fillColor && fill !== false;
  const edge = stroke === false ? "none" : color;
  if (!isFilled) return sign("line", { colour: color, width: Math.min(weight ?? 2, 6), dash: dashArray });
  const picture = sign("patch", { colour: fillColor, edge });
  picture.firstChild.setAttribute("fill-opacity", String(Math.max(fillOpacity ?? 0.3, 0.3)));
  return picture;
}

/** What the classes of a staff collection's look stand for, folded in below its row. */
function classRows({ id, symbology, visible }) {
  if (!symbology?.classes.length) return null;
  const rows = symbology.classes.map(({ look, title, values }) => keyRow(classSign(look), title || values.join(", ")));
  return el("details", { class: "classes", open: visible && rows.length <= OPEN_CLASSES, "data-classes": id },
    el("summary", {}, word("classes-by", { property: symbology.property, count: rows.length })),
    el("ul", { class: "keys" }, rows, keyRow(classSign(symbology.look), word("classes-others"))));
}

/** Rows under a layer that explain its signs; those of an element lead to it. */
const KEYS = {
  zones: (show) => elementRows("zone", show),
  axes: (show) => [...elementRows("axis", show), keyRow(sign("line", { colour: "#555", dash: "4 4" }), word("key-schematic"))],
  belts: (show) => elementRows("belt", show),
  sites: () => [
    ...[["planned", "#b3261e"], ["upgrade", "#e3b23c"], ["existing", "#ffffff"]].map(([status, colour]) =>
      keyRow(sign("dot", { colour, edge: "#2a2622" }), word(`status-${status}`)),
    ),
    keyRow(sign("circle", { colour: "#8d8371", edge: "#2a2622" }), word("key-circle", { metres: figure(page.circle_beyond_m, 0) })),
  ],
  borders: () =>
    page.accuracy_classes.map(({ colour, dash, width, title }) => keyRow(sign("line", { colour, dash, width }), title)),
};

function keyRow(picture, text) {
  return el("li", { class: "key-row" }, picture, el("span", {}, text));
}

function elementRows(type, show) {
  return page.elements
    .filter((element) => element.type === type)
    .map((element) =>
      el(
        "li",
        { style: { "--colour": element.colour, "--line": element.line } },
        el("button", { type: "button", class: `element-row element-${type}`, on: { click: () => show(element.id) } },
          el("b", { class: "numeral", "aria-hidden": "true" }, String(element.order)),
          el("span", {}, element.name)),
      ),
    );
}

function layerRow(layer, layers, onShow) {
  const box = el("input", {
    type: "checkbox", checked: layers.shown.has(layer.id), "data-layer": layer.id,
    on: { change: (event) => onShow(layer.id, event.target.checked) },
  });
  return el(
    "label",
    { class: "layer-row", title: layer.description || null },
    box,
    rowSign(layer),
    el("span", { class: "layer-title" }, layer.title),
    el("span", { class: "layer-failed", hidden: true }, word("layer-failed")),
    el("span", { class: "layer-counted", hidden: true }, word("layer-counted")),
    el("span", { class: "layer-count" }, figure(layer.count, 0)),
  );
}

/** A group of one layer is that layer's row; what else belongs to it folds away below. */
function group(one, layers, handlers, basemaps) {
  const keys = one.layers.flatMap((layer) => KEYS[layer.id]?.(handlers.show) ?? []);
  const rows = one.layers.flatMap((layer) => [layerRow(layer, layers, handlers.layer), classRows(layer)]).filter(Boolean);
  const unplacedRows = one.layers.map((layer) => el("button", { type: "button", class: "text-button unplaced", "data-unplaced": layer.id, hidden: true, on: { click: () => handlers.unplaced(layer.id) } }));
  const tiles = one.id === "base" && page.basemaps.length
    ? el("div", { role: "radiogroup", "aria-label": word("basemaps") }, basemapChoice(basemaps, handlers.basemap, word("basemap-none")))
    : null;
  const alone = one.layers.length === 1 && one.id !== "own";
  const body = [alone ? null : rows, keys.length ? el("ul", { class: "keys" }, keys) : null, tiles].flat().filter(Boolean);
  const id = `group-${one.id}`;
  return el(
    "section",
    { class: "group", "aria-label": one.title },
    el("div", { class: "group-head" }, alone ? rows[0] : el("h3", {}, one.title), body.length ? fold(id, one) : null),
    ...unplacedRows,
    el("div", { id, hidden: !OPEN_GROUPS.has(one.id) }, body),
  );
}

function fold(id, one) {
  const toggle = (event) => {
    const body = document.getElementById(id);
    body.hidden = !body.hidden;
    event.currentTarget.setAttribute("aria-expanded", String(!body.hidden));
  };
  return el("button", {
    type: "button", class: "icon-button fold", "aria-controls": id, "aria-label": word("fold", { title: one.title }),
    "aria-expanded": String(OPEN_GROUPS.has(one.id)), on: { click: toggle },
  });
}

/** Fill `node` with the groups; `handlers` has show(element), layer(id, visible), usual(), basemap(id). */
export function addLayerPanel(node, layers, basemaps, handlers) {
  const groups = page.groups.filter((one) => one.layers.length);
  const usual = el("button", { type: "button", class: "text-button", id: "usual-layers", hidden: true, on: { click: handlers.usual } }, word("layers-usual"));
  fill(node, ...groups.map((one) => group(one, layers, handlers, basemaps)), opacityGroup(layers.map, groups), usual);
  layers.addEventListener("change", () => {
    usual.hidden = layers.all.every(({ id, visible }) => Boolean(visible) === layers.shown.has(id));
    for (const box of node.querySelectorAll("input[data-layer]")) {
      box.checked = layers.shown.has(box.dataset.layer);
      const row = box.closest("label");
      const failed = layers.failed.get(box.dataset.layer);
      row.classList.toggle("failed", Boolean(failed));
      row.querySelector(".layer-failed").hidden = !failed;
      row.querySelector(".layer-counted").hidden = !layers.isCounted(box.dataset.layer);
      if (failed) row.title = failed;
    }
    for (const button of node.querySelectorAll("[data-unplaced]")) {
      const count = layers.shown.has(button.dataset.unplaced) ? unplaced(layers, button.dataset.unplaced).length : 0;
      button.hidden = !count;
      button.textContent = word("without-place-count", { count: figure(count, 0) });
    }
  });
}
