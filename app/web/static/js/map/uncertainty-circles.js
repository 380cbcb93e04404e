// Places that are known too badly for a point are circles: the rule of zones/snapshot/uncertainty_circles.py.

import { page } from "../shared/page.js";

/** Return the radius in metres of the circle that a site is drawn as, null for a point. */
export function circleOf({ geometry, properties }) {
  const isCircle = geometry?.type === "Point" && properties.accuracy_m > page.circle_beyond_m;
  return isCircle ? properties.accuracy_m : null;
}
