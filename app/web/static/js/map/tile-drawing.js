// Drawing the features of a tile, and finding which of them is at a place.

import { LINE, POINT } from "./tile-source.js";
import { inTurns } from "./turns.js";

const NEAR = 5; // pixels on the screen
const [LEAST_ALPHA, MOST_ALPHA] = [0.15, 0.45];
const FULL_AT = 8; // 256 in one cell; the same for all tiles, that none stands out
const LEAST_WEIGHT = 0.2; // a finer stroke would only blur the fill

const speck = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d");

/**
 * Draw features in their order, each as `styleOf(properties)` says: {area, line, dot}, whose widths are divided by `scale`.
 * Between so many of them the page may react. Returns a promise of whether all were drawn: `isWanted`
 * says after each pause whether to go on.
 */
export function drawFeatures(context, features, { styleOf, scale }, isWanted) {
  context.lineJoin = "round";
  context.lineCap = "round";
  const draw = (feature) => {
    const style = styleOf(feature.properties);
    if (feature.type === POINT) drawDots(context, feature, style.dot, scale);
    else drawPaths(context, feature, feature.type === LINE ? style.line : style.area, scale);
    return feature.vertices;
  };
  return inTurns(features, draw, { settle: () => rasterise(context), isWanted });
}

/** Draw the cells in which small features are counted: the more there are in one, the fuller. */
export async function drawCells(context, cells, fillColor, isWanted) {
  context.fillStyle = fillColor;
  const draw = ({ properties: { count }, paths: [path], vertices }) => {
    context.globalAlpha = LEAST_ALPHA + (MOST_ALPHA - LEAST_ALPHA) * Math.min(Math.log2(count) / FULL_AT, 1);
    context.beginPath();
    for (let i = 0; i < path.length; i += 2) context.lineTo(path[i], path[i + 1]);
    context.fill();
    return vertices;
  };
  const areAll = await inTurns(cells, draw, { settle: () => rasterise(context), isWanted });
  context.globalAlpha = 1;
  return areAll;
}

/** Let the browser draw now what it has only noted: it would draw a whole tile in one go. */
function rasterise({ canvas }) {
  speck.drawImage(canvas, 0, 0, 1, 1, 0, 0, 1, 1);
}

function drawDots(context, { paths }, dot, scale) {
  for (const [x, y] of paths) {
    context.beginPath();
    context.arc(x, y, dot.radius / scale, 0, 2 * Math.PI);
    paint(context, dot, scale);
  }
}

function drawPaths(context, { type, paths }, style, scale) {
  context.beginPath();
  for (const path of paths) {
    context.moveTo(path[0], path[1]);
    for (let i = 2; i < path.length; i += 2) context.lineTo(path[i], path[i + 1]);
    if (type !== LINE) context.closePath();
  }
  paint(context, style, scale);
}

function paint(context, { color, weight, dashArray, opacity = 1, fillColor, fillOpacity }, scale) {
  if (fillOpacity) {
    context.globalAlpha = fillOpacity;
    context.fillStyle = fillColor;
    context.fill("evenodd");
    context.globalAlpha = 1;
  }
  if (weight < LEAST_WEIGHT) return;
  context.globalAlpha = opacity;
  context.strokeStyle = color;
  context.lineWidth = weight / scale;
  context.setLineDash((dashArray ?? "").split(" ").filter(Boolean).map((part) => Number(part) / scale));
  context.stroke();
  context.globalAlpha = 1;
}

/** Return the feature drawn last of those at x, y (in pixels of the tile), or null. */
export function hit(features, x, y, scale) {
  return hits(features, x, y, scale).next().value ?? null;
}

/** Yield the features at x, y (in pixels of the tile), the one drawn last first. */
export function* hits(features, x, y, scale) {
  const near = NEAR / scale;
  for (let index = features.length - 1; index >= 0; index -= 1) {
    const { box, type, paths } = features[index];
    if (x < box[0] - near || x > box[2] + near || y < box[1] - near || y > box[3] + near) continue;
    if (type === LINE ? paths.some((path) => isNear(path, x, y, near)) : type === POINT ? isDot(paths, x, y, near) : isInside(paths, x, y)) {
      yield features[index];
    }
  }
}

const isDot = (paths, x, y, near) => paths.some(([px, py]) => Math.hypot(px - x, py - y) <= near);

function isNear(path, x, y, near) {
  for (let i = 2; i < path.length; i += 2) {
    const [ax, ay, bx, by] = [path[i - 2], path[i - 1], path[i], path[i + 1]];
    const length = (bx - ax) ** 2 + (by - ay) ** 2;
    const along = length ? Math.min(Math.max(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length, 0), 1) : 0;
    if (Math.hypot(ax + along * (bx - ax) - x, ay + along * (by - ay) - y) <= near) return true;
  }
  return false;
}

/** Whether a ray to the east crosses the rings an odd number of times. */
function isInside(paths, x, y) {
  let inside = false;
  for (const path of paths) {
    for (let i = 0, j = path.length - 2; i < path.length; j = i, i += 2) {
      if (path[i + 1] > y !== path[j + 1] > y && x < ((path[j] - path[i]) * (y - path[i + 1])) / (path[j + 1] - path[i + 1]) + path[i]) {
        inside = !inside;
      }
    }
  }
  return inside;
}
