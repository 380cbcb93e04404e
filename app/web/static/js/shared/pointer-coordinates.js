// Coordinates under the pointer, in the system that the reader chooses.

import { copyText } from "./copy-text.js";
import { el, fill } from "./dom.js";
import { toBd09, toGcj02 } from "./datum.js";
import { word } from "./page.js";

const { proj4 } = window;
// GRS80 and the CGCS2000 ellipsoid are the same to all digits that PROJ holds.
const GAUSS_KRUEGER = "+proj=tmerc +lat_0=0 +lon_0=123 +k=1 +y_0=0 +ellps=GRS80 +units=m +no_defs";
const projections = {
  4550: proj4(`${GAUSS_KRUEGER} +x_0=500000`),
  4529: proj4(`${GAUSS_KRUEGER} +x_0=41500000`),
};

/** Return [east, north] in the plane of EPSG:4550 of [lon, lat] in CGCS2000. */
export const toPlane = (place) => projections[4550].forward(place);

/** @type {(place: number[]) => string[][]} */
const degrees = ([lon, lat]) => [
  [word("readout-lon"), lon.toFixed(6)],
  [word("readout-lat"), lat.toFixed(6)],
];
// In these systems' own axis order and letters, X counts north and Y east.
const metres = (code) => (place) => {
  const [east, north] = projections[code].forward(place);
  return [
    [word("readout-x"), north.toFixed(2)],
    [word("readout-y"), east.toFixed(2)],
  ];
};

/** Systems by id: a title and a function from [lon, lat] in CGCS2000 to labelled values. */
export const SYSTEMS = {
  "EPSG:4490": { title: "CGCS2000", values: degrees },
  "EPSG:4550": { title: "EPSG:4550", values: metres(4550) },
  "EPSG:4529": { title: "EPSG:4529", values: metres(4529) },
  gcj02: { title: "GCJ-02", values: (place) => degrees(toGcj02(place)) },
  bd09: { title: "BD-09", values: (place) => degrees(toBd09(place)) },
};

let chosen = "EPSG:4490";

/** Return nodes that tell a place's coordinates; they follow when another system is chosen. */
export function coordinates([lon, lat]) {
  const node = el("div", { class: "coordinates", "data-place": `${lon},${lat}` });
  tell(node);
  return [node, inEverySystem([lon, lat])];
}

/** Return what folds out to the coordinates in every system, each to be copied. */
function inEverySystem(place) {
  const rows = Object.values(SYSTEMS).map(({ title, values }) => {
    const found = values(place);
    const copy = async ({ currentTarget: button }) => {
      const done = await copyText(found.map(([, value]) => value).join(", "));
      button.textContent = word(done ? "share-copied" : "share-copy-by-hand");
    };
    const name = word("readout-copy-of", { system: title });
    return el("li", {}, el("small", {}, title), el("span", {}, found.map(([label, value]) => el("span", {}, `${label} ${value} `))), el("button", { type: "button", class: "text-button", "aria-label": name, title: name, on: { click: copy } }, word("readout-copy")));
  });
  return el("details", { class: "every-system" }, el("summary", {}, word("readout-every")), el("ul", {}, rows));
}

function tell(node) {
  const { title, values } = SYSTEMS[chosen];
  const text = values(node.dataset.place.split(",").map(Number)).map(([label, value]) => `${label} ${value}`).join("  ");
  fill(node, el("span", {}, text), el("small", {}, title));
}

/**
 * Put the readout into `node`. `placeOf(latlng)` turns a place on the map into CGCS2000 [lon, lat].
 */
export function addReadout(map, node, placeOf) {
  const values = el("output", { class: "readout-values" });
  let last = map.getCenter();
  const update = (latlng) => {
    last = latlng;
    fill(values, ...SYSTEMS[chosen].values(placeOf(latlng)).map(([label, value]) => el("span", {}, el("i", {}, label), value)));
  };
  const choice = el(
    "select",
    {
      "aria-label": word("readout-system"),
      on: {
        change: (event) => {
          chosen = event.target.value;
          update(last);
          document.querySelectorAll("[data-place]").forEach(tell);
        },
      },
    },
    Object.entries(SYSTEMS).map(([id, { title }]) => el("option", { value: id }, title)),
  );
  fill(node, choice, values);
  map.on("mousemove", (event) => update(event.latlng));
  map.on("move", () => {
    if (!window.matchMedia("(hover: hover)").matches) update(map.getCenter());
  });
  update(last);
}
