// Coordinates typed into the search box, in any form and in the systems that the numbers may be of.

import { address, ask } from "../shared/api.js";
import { figure, page, word } from "../shared/page.js";
import { parsePlace } from "../locate/place-text.js";

const DEGREES = [["CRS84", "CGCS2000 / WGS 84"], ["gcj02", "GCJ-02"], ["bd09", "BD-09"]];
const isLon = (value) => value > 70 && value < 140;
const isLat = (value) => value > 3 && value < 54;
const isNorth = (value) => value > 4e6 && value < 5.6e6;
const isEast = (value) => value > 3e5 && value < 7e5;
const isEastOfZone = (value) => value > 41.3e6 && value < 41.7e6;

/** Return the places that a text of two numbers may mean, the likeliest first; none of other texts. */
export function placesOf(text) {
  const found = parsePlace(text);
  if (!found) return [];
  const [x, y] = isNorth(found.x) || (isLat(found.x) && isLon(found.y)) ? [found.y, found.x] : [found.x, found.y];
  const systems = isLon(x) && isLat(y) ? DEGREES : isNorth(y) && isEast(x) ? [["EPSG:4550", "EPSG:4550"]] : isNorth(y) && isEastOfZone(x) ? [["EPSG:4529", "EPSG:4529"]] : [];
  return systems.map(([crs, system]) => ({ crs, x, y, name: `${figure(x, 7)}, ${figure(y, 7)}`, kind: word("search-place", { system }) }));
}

/** Return [lon, lat] in CGCS2000 of such a place. */
export async function locatedPlace({ crs, x, y }) {
  const { point } = await ask(address(page.urls.locate, { x, y, crs }));
  return [point.lon, point.lat];
}
