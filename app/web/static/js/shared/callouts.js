// Names beside what they name, each with a line to it, as atlases have them where there is no room within.

const L = window.L;
const DISTANCES = [18, 30, 44, 60, 80, 104, 132];
const OUTWARDS = [0, 20, -20, 40, -40, 65, -65];
const INWARDS = [90, -90, 120, -120, 150, -150, 180];

/**
 * Yield the boxes that a label of a size may take around a point: away from `centre` first, near before far.
 * All in pixels of one system.
 */
export function* boxesAround(point, centre, [width, height]) {
  const { x, y } = point.subtract(centre);
  const away = Math.atan2(y, x);
  for (const turns of [OUTWARDS, INWARDS]) {
    for (const distance of DISTANCES) {
      for (const turn of turns) {
        const direction = away + (turn * Math.PI) / 180;
        const [across, down] = [Math.cos(direction), Math.sin(direction)];
        const half = Math.min(width / 2 / Math.max(Math.abs(across), 1e-6), height / 2 / Math.max(Math.abs(down), 1e-6));
        const middle = point.add([across * (distance + half), down * (distance + half)]);
        yield L.bounds(middle.subtract([width / 2, height / 2]), middle.add([width / 2, height / 2]));
      }
    }
  }
}

/** Make `line` the line from a point to the nearest place of a box; it begins `gap` pixels off the point. */
export function lead(line, point, box, gap) {
  const end = L.point(clamped(point.x, box.min.x, box.max.x), clamped(point.y, box.min.y, box.max.y));
  const { x, y } = end.subtract(point);
  const length = Math.max(0, Math.hypot(x, y) - gap);
  const angle = Math.atan2(y, x);
  line.style.width = `${length.toFixed(1)}px`;
  line.style.transform = `translate(${(point.x + gap * Math.cos(angle)).toFixed(1)}px, ${(point.y + gap * Math.sin(angle)).toFixed(1)}px) rotate(${angle.toFixed(3)}rad)`;
}

const clamped = (value, least, most) => Math.min(Math.max(value, least), most);
