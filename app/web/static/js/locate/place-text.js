// Two coordinates out of whatever people paste.

const NUMBER = String.raw`[+\-−]?\d+(?:\.\d+)?`;
const PARTS = new RegExp(`(${NUMBER})\\s*(?:[°度]\\s*(?:(\\d+(?:\\.\\d+)?)\\s*['′’分]\\s*)?(?:(\\d+(?:\\.\\d+)?)\\s*(?:["″”秒]|''|′′)\\s*)?)?`, "g");
const INVISIBLE = /[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
const NORTH_SOUTH = /[NSns北南纬]/;
const WKT = /^\s*POINT\s*Z?\s*(?=\()/i;
const SOUTH_WEST = /[SsWw南西]/;

/**
 * Return {x, y} of a text: x is longitude or easting, which comes first unless letters (N, E, 北纬,
 * 东经) say otherwise. Null when there are not exactly two numbers, minutes and seconds joined.
 */
export function parsePlace(text) {
  const plain = text.normalize("NFKC").replace(WKT, "").replace(INVISIBLE, "").replace(/[，；;]/g, ",").replace(/[（）()[\]【】]/g, " ");
  const found = [...plain.matchAll(PARTS)];
  if (found.length !== 2) return null;
  const marks = letters(plain, found);
  const [one, other] = found.map((match, index) => degrees(match) * (SOUTH_WEST.test(marks[index]) ? -1 : 1));
  const latitudeFirst = NORTH_SOUTH.test(marks[0]) && !NORTH_SOUTH.test(marks[1]);
  return latitudeFirst ? { x: other, y: one } : { x: one, y: other };
}

function degrees([, whole, minutes = "0", seconds = "0"]) {
  const value = Number(whole.replace("−", "-"));
  const rest = Number(minutes) / 60 + Number(seconds) / 3600;
  return value < 0 ? value - rest : value + rest;
}

/**
 * Return for each number the letters that belong to it: those before it, or else those after.
 * @param {string} text
 * @param {RegExpMatchArray[]} numbers
 */
function letters(text, [one, other]) {
  const before = text.slice(0, one.index);
  const between = text.slice(one.index + one[0].length, other.index);
  const after = text.slice(other.index + other[0].length);
  return /[A-Za-z东西南北经纬]/.test(before) ? [before, between] : [between, after];
}
