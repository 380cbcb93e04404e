// A style as the service keeps it (zones/drawing/staff_layer_style.py), and what Leaflet draws it by.

import { page } from "../shared/page.js";

const LEAFLET = { fill: "fillColor", fill_opacity: "fillOpacity", stroke: "color", stroke_opacity: "opacity", stroke_width: "weight", radius: "radius" };

/** Return Leaflet's options for one look; what it leaves open is as the collection has it anyway. */
function lookOf(style = {}) {
  const whole = { ...page.usual, ...style };
  const options = Object.fromEntries(Object.entries(LEAFLET).map(([name, option]) => [option, whole[name]]));
  if (!whole.stroke) options.stroke = false;
  if (!whole.fill) options.fill = false;
  if (whole.dash?.length) options.dashArray = whole.dash.join(" ");
  return options;
}

/** Return what layers of the map are drawn by (zones/map_page/leaflet_path_options.py) for a style; null is the usual one. */
export function symbologyOf(style) {
  const { categories, classes, otherwise, property = "" } = style ?? {};
  const listed = categories ?? classes ?? [];
  return {
    kind: categories ? "categories" : classes ? "graduated" : "single",
    property,
    look: lookOf(listed.length ? otherwise : style ?? {}),
    classes: listed.map((one) => ({ values: (one.values ?? []).map(String), below: one.below ?? null, title: one.title, look: lookOf(one) })),
  };
}

/** Which kind of style it is. */
export const kindOf = (style) => symbologyOf(style).kind;

/** Return the classes of a style, which can be changed in it. */
export const classesOf = (style) => style.categories ?? style.classes ?? [];

/** Return the style with `changes` in each of its looks; null in them takes a member back. */
export function withLooks(style, changes) {
  const changed = (look) => Object.fromEntries(Object.entries({ ...look, ...changes }).filter(([, value]) => value !== null));
  if (style.categories) return { ...style, categories: style.categories.map(changed) };
  if (style.classes) return { ...style, classes: style.classes.map(changed) };
  return changed(style);
}
