// Where on a feature its label goes.

import polylabel from "polylabel";

const L = window.L;

/** Return {latlng, reach}: the middle of the widest place of a polygon, and its radius in degrees of latitude. */
export function polygonAnchor(geometry) {
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  // Degrees of longitude are shorter than those of latitude: squeeze before asking for a circle.
  const squeeze = Math.cos((polygons[0][0][0][1] * Math.PI) / 180);
  let best = null;
  for (const rings of polygons) {
    const place = polylabel(rings.map((ring) => ring.map(([lon, lat]) => [lon * squeeze, lat])), 1e-4);
    if (!best || place.distance > best.distance) best = place;
  }
  return { latlng: L.latLng(best[1], best[0] / squeeze), reach: best.distance };
}

/** Return the lines of a line geometry as arrays of LatLng, longest (by vertices on screen) unordered. */
export function linesOf(geometry) {
  const lines = geometry.type === "LineString" ? [geometry.coordinates] : geometry.coordinates;
  return lines.map((line) => line.map(([lon, lat]) => L.latLng(lat, lon)));
}

/**
 * Return places {point, angle} along the lines that lie in `view` (both in layer pixels), the one
 * nearest to the middle of the visible part first. `angle` is in degrees, -90 to 90.
 */
export function linePlaces(map, lines, view) {
  const places = [];
  for (const line of lines) {
    const points = line.map((latlng) => map.latLngToLayerPoint(latlng));
    places.push(...along(points, 24).filter((place) => view.contains(place.point)));
  }
  const middle = (places.length - 1) / 2;
  return places
    .map((place, index) => ({ place, rank: Math.abs(index - middle) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ place }) => place);
}

/** Return a place every `step` pixels along a line, with the direction over 60 pixels around it. */
function along(points, step) {
  const ends = [0];
  for (let i = 1; i < points.length; i += 1) ends.push(ends[i - 1] + points[i].distanceTo(points[i - 1]));
  const length = ends[ends.length - 1];
  const places = [];
  for (let at = step; at < length - step; at += step) {
    const before = pointAt(points, ends, Math.max(0, at - 30));
    const after = pointAt(points, ends, Math.min(length, at + 30));
    let angle = (Math.atan2(after.y - before.y, after.x - before.x) * 180) / Math.PI;
    if (angle > 90) angle -= 180;
    if (angle < -90) angle += 180;
    places.push({ point: pointAt(points, ends, at), angle });
  }
  return places;
}

function pointAt(points, ends, at) {
  let i = 1;
  while (i < ends.length - 1 && ends[i] < at) i += 1;
  const share = (at - ends[i - 1]) / (ends[i] - ends[i - 1] || 1);
  return L.point(
    points[i - 1].x + (points[i].x - points[i - 1].x) * share,
    points[i - 1].y + (points[i].y - points[i - 1].y) * share,
  );
}
