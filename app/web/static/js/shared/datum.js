// GCJ-02 and BD-09 for showing coordinates, and moving a click between datums.
// The published formulas; their inverse is iterated, so a round trip is exact to below 1e-9 degree.

const A = 6378245.0; // Krasovsky ellipsoid, as the formula uses it
const EE = 0.00669342162296594323;
const { PI, sin, cos, sqrt, abs, atan2 } = Math;

function shift(lon, lat) {
  const x = lon - 105;
  const y = lat - 35;
  const waves = (v, a, b) => (20 * sin(6 * v * PI) + 20 * sin(2 * v * PI)) * (2 / 3) + a + b;
  let dLat = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x));
  dLat += waves(x, (20 * sin(y * PI) + 40 * sin((y / 3) * PI)) * (2 / 3),
    (160 * sin((y / 12) * PI) + 320 * sin((y * PI) / 30)) * (2 / 3));
  let dLon = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x));
  dLon += waves(x, (20 * sin(x * PI) + 40 * sin((x / 3) * PI)) * (2 / 3),
    (150 * sin((x / 12) * PI) + 300 * sin((x / 30) * PI)) * (2 / 3));
  const phi = (lat / 180) * PI;
  const w = 1 - EE * sin(phi) ** 2;
  return [(dLon * 180) / ((A / sqrt(w)) * cos(phi) * PI), (dLat * 180) / (((A * (1 - EE)) / (w * sqrt(w))) * PI)];
}

/**
 * Return [lon, lat] in GCJ-02 of a place given in CGCS2000.
 * @param {number[]} place
 */
export function toGcj02([lon, lat]) {
  const [dLon, dLat] = shift(lon, lat);
  return [lon + dLon, lat + dLat];
}

/**
 * Return [lon, lat] in CGCS2000 of a place given in GCJ-02.
 * @param {number[]} place
 */
export function fromGcj02([lon, lat]) {
  let place = [lon, lat];
  for (let step = 0; step < 8; step += 1) {
    const [atLon, atLat] = toGcj02(place);
    place = [place[0] + lon - atLon, place[1] + lat - atLat];
  }
  return place;
}

/** Return [lon, lat] in BD-09 of a place given in CGCS2000. */
export function toBd09(place) {
  const [x, y] = toGcj02(place);
  const turns = (PI * 3000) / 180;
  const radius = sqrt(x * x + y * y) + 0.00002 * sin(y * turns);
  const angle = atan2(y, x) + 0.000003 * cos(x * turns);
  return [radius * cos(angle) + 0.0065, radius * sin(angle) + 0.006];
}
