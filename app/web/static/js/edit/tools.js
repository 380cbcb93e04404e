// The tools beside moving vertices: new features, holes, splits, merges, deletions.

import { Refusal } from "../shared/api.js";
import { page, word } from "../shared/page.js";
import { RingDrawing } from "../shared/ring-drawing.js";
import { reshape } from "./reshape.js";
import { merge, split } from "./editor-requests.js";
import { geometryOf } from "./shapes.js";
import { snapTo } from "./snapping.js";
import { Tracing } from "./trace.js";

const byId = (id) => document.getElementById(id);
const polygonal = (feature) => feature.type === "Polygon" || feature.type === "MultiPolygon";

/** Make the buttons work; `editor` is the shared state of `main.js`. */
export function addTools(editor, { tell }) {
  let drawing = null;

  const chosen = () => editor.chosen.map((key) => editor.topology.features.get(key)).filter(Boolean);
  const stop = () => {
    drawing?.clear();
    drawing?.layer.remove();
    drawing = null;
    editor.busy = false;
    editor.canvas.pause(false);
    tell("");
    showTools();
  };

  /** Have a ring or line drawn; `done(coordinates)` gets it with vertices snapped to those near by. */
  const draw = (kind, message, done) => {
    stop();
    editor.busy = true;
    editor.canvas.pause(true);
    const tracing = new Tracing(editor.map, editor.topology, () => byId("trace").checked);
    drawing = new RingDrawing(editor.map, { kind, onChange: showTools, onFinish: finish, along: (last, clicked) => tracing.along(last, clicked) });
    drawing.tracing = tracing;
    drawing.start();
    tell(word(message));
    drawing.done = done;
    showTools();
  };

  const finish = async () => {
    const { done, points, tracing } = drawing;
    if (byId("snap").checked) points.forEach((place, index) => { if (!tracing.has(place)) points[index] = snapped(editor, place); });
    const coordinates = drawing.coordinates();
    stop();
    await refusing(() => done(coordinates));
  };

  const refusing = async (work) => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      tell(error.message, "refusal");
    }
  };

  const choose = (keys) => {
    editor.chosen = keys;
    editor.topology.onChange();
  };

  const actions = {
    new: () => draw("ring", "edit-how-new", (ring) => {
      choose(editor.topology.replace({ put: [{ collection: page.collection, geometry: { type: "Polygon", coordinates: [ring] }, properties: {} }] }));
    }),
    hole: () => draw("ring", "edit-how-hole", (ring) => {
      const [feature] = chosen();
      editor.topology.replace({ put: [{ collection: feature.collection, id: feature.id, geometry: withHole(geometryOf(feature), ring) }] });
    }),
    part: () => draw("ring", "edit-how-part", (ring) => {
      const [feature] = chosen();
      const { type, coordinates } = geometryOf(feature);
      const parts = type === "Polygon" ? [coordinates] : coordinates;
      editor.topology.replace({ put: [{ collection: feature.collection, id: feature.id, geometry: { type: "MultiPolygon", coordinates: [...parts, [ring]] } }] });
    }),
    split: () => draw("line", "edit-how-split", async (line) => {
      const cut = chosen();
      const { parts } = await split(cut.map(geometryOf), { type: "LineString", coordinates: line });
      const put = cut.flatMap((feature, index) => (parts[index].length > 1 ? partsOf(feature, parts[index]) : []));
      if (put.length) choose(editor.topology.replace({ put }));
      else tell(word("edit-not-split"), "refusal");
    }),
    reshape: () => draw("line", "edit-how-reshape", (line) => {
      const [feature] = chosen();
      const outline = { features: new Map([[feature.key, feature]]) };
      const places = line.map(([lng, lat]) => window.L.latLng(lat, lng));
      const ends = [places[0], places.at(-1)].map((place) => snapTo(editor.map, outline, place));
      const refused = ends.includes(null) ? "edit-reshape-ends" : reshape(editor.topology, feature.key, places.slice(1, -1), ends);
      if (refused) tell(word(refused), "refusal");
    }),
    merge: () => refusing(async () => {
      const [first, ...others] = chosen();
      const { geometry } = await merge([first, ...others].map(geometryOf));
      choose(editor.topology.replace({ put: [{ collection: first.collection, id: first.id, geometry }], remove: others.map(({ key }) => key) }));
    }),
    delete: () => editor.topology.replace({ remove: [...editor.chosen] }),
    finish: () => drawing?.finish(),
    back: () => drawing?.undo(),
    cancel: stop,
  };

  const may = {
    new: () => !drawing,
    hole: (all) => !drawing && all.length === 1 && polygonal(all[0]),
    part: (all) => !drawing && all.length === 1 && polygonal(all[0]),
    split: (all) => !drawing && all.length > 0 && all.every(polygonal),
    reshape: (all) => !drawing && all.length === 1 && Boolean(all[0].shape) && !all[0].type.endsWith("Point"),
    merge: (all) => !drawing && all.length > 1 && all.every(polygonal),
    delete: (all) => !drawing && all.length > 0,
    finish: () => drawing?.mayFinish,
    back: () => drawing?.points.length > 0,
    cancel: () => drawing !== null,
  };

  function showTools() {
    const all = chosen();
    for (const [name, allowed] of Object.entries(may)) byId(`tool-${name}`).disabled = !allowed(all);
    byId("while-drawing").hidden = drawing === null;
  }

  for (const [name, act] of Object.entries(actions)) byId(`tool-${name}`).addEventListener("click", act);
  byId("several").addEventListener("click", () => byId("several").setAttribute("aria-pressed", String(byId("several").getAttribute("aria-pressed") !== "true")));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && drawing) stop();
    if (event.target !== editor.map.getContainer()) return;
    if (event.key === "Enter" && drawing) drawing.add({ latlng: editor.map.getCenter() });
    if (event.key === "Backspace" && drawing) drawing.undo();
    if (event.key === "Delete" && may.delete(chosen())) actions.delete();
  });
  editor.showTools = showTools;
  showTools();
}

/** The largest part stays the feature, with its id; the others are new, with the same attributes. */
function partsOf({ collection, id, properties }, parts) {
  const [first, ...others] = [...parts].sort((one, other) => size(other) - size(one));
  return [{ collection, id, geometry: first }, ...others.map((geometry) => ({ collection, geometry, properties: { ...properties } }))];
}

function withHole({ type, coordinates }, ring) {
  if (type === "Polygon") return { type, coordinates: [...coordinates, ring] };
  const at = coordinates.findIndex(([outer]) => holds(outer, ring[0]));
  return { type, coordinates: coordinates.map((part, index) => (index === Math.max(at, 0) ? [...part, ring] : part)) };
}

/** Return twice the area of a polygon's outer ring, in square degrees: good to compare by. */
function size({ coordinates: [ring] }) {
  return Math.abs(ring.slice(1).reduce((sum, [x, y], index) => sum + ring[index][0] * y - x * ring[index][1], 0));
}

/** Whether a ring goes round a place: it is crossed an odd number of times by a ray to the east. */
function holds(ring, [x, y]) {
  let inside = false;
  for (let index = 1; index < ring.length; index += 1) {
    const [[x1, y1], [x2, y2]] = [ring[index - 1], ring[index]];
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
  }
  return inside;
}

function snapped(editor, place) {
  const found = snapTo(editor.map, editor.topology, place);
  return found ? window.L.latLng(found.node ?? found.place) : place;
}
