// The drawn ring in the page's address, so that a link shows it again: nothing is kept elsewhere.

const MOST_POINTS = 150;
const NAME = "#area=";

/** Return the ring [lat, lon][] that an address's hash names; null if it names none. */
export function pointsOf(hash) {
  if (!hash.startsWith(NAME)) return null;
  const points = hash.slice(NAME.length).split(";").map((pair) => pair.split(",").map(Number).reverse());
  const sound = points.every((pair) => pair.length === 2 && Math.abs(pair[0]) <= 90 && Math.abs(pair[1]) <= 180);
  return sound && points.length > 2 && points.length <= MOST_POINTS ? points : null;
}

/** Return a place [lon, lat] with the digits that the link has: a centimetre, finer than anybody clicks. */
export const asInLink = ([lon, lat]) => [Number(lon.toFixed(7)), Number(lat.toFixed(7))];

/** Return the hash that names a ring of {lng, lat}; "" for none and for one that is too long. */
export function hashOf(points) {
  if (!points || points.length > MOST_POINTS) return "";
  return NAME + points.map(({ lng, lat }) => asInLink([lng, lat]).join(",")).join(";");
}

/** Put a ring into the page's address, or take it out. */
export function writeRing(points) {
  const url = new URL(window.location.href);
  url.hash = hashOf(points);
  window.history.replaceState(null, "", url);
}
