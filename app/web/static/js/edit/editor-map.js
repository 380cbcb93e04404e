// The editor's map: the plan beneath, faint, and nothing from elsewhere.

import { features } from "../shared/api.js";
import { elementOf, page, word } from "../shared/page.js";

const L = window.L;

/** Return the map at the collection's extent, the zones beneath unless they are what is edited. */
export function editorMap(node) {
  const map = L.map(node, { zoomSnap: 0.25, attributionControl: false, zoomControl: false, maxZoom: 22 });
  L.control.zoom({ zoomInTitle: word("zoom-in"), zoomOutTitle: word("zoom-out") }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  const [west, south, east, north] = page.extent ?? page.bbox;
  map.fitBounds([[south, west], [north, east]], { padding: [20, 20] });
  if (page.collection !== "zones") drawZones(map);
  return map;
}

async function drawZones(map) {
  const pane = map.createPane("ground");
  pane.style.zIndex = "350";
  const style = ({ id }) => ({ color: elementOf(id)?.line ?? "#b9af9b", weight: 1, opacity: 0.6, fillColor: elementOf(id)?.colour ?? "#fff", fillOpacity: 0.15 });
  L.geoJSON(await features({ url: page.urls.zones }, null), { style, pane: "ground", interactive: false }).addTo(map);
}
