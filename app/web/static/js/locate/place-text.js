// Two coordinates out of whatever people paste.

const SIGN = String.raw`(?:(?<![\d.°度'′"″分秒])[+\-−])?`;
const NUMBER = String.raw`${SIGN}\d+(?:\.\d+)?`;
const PARTS = new RegExp(`(${NUMBER})\\s*(?:[°度]\\s*(?:(\\d+(?:\\.\\d+)?)\\s*['′’分]\\s*)?(?:(\\d+(?:\\.\\d+)?)\\s*(?:["″”秒]|''|′′)\\s*)?)?`, "g");
const INVISIBLE = /[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
const WKT = /^\s*POINT\s*Z?\s*(?=\()/i;
// Words stand by themselves: a name such as 西塔 or Shenyang says nothing of a direction.
const word = (own, chinese) => new RegExp(String.raw`(?<![A-Za-z])(?:${own})(?![A-Za-z])|${chinese}`, "iu");
const alone = (sign) => String.raw`(?<!\p{Script=Han})[${sign}](?!\p{Script=Han})`;
const NORTHING = word("[NSY]|lat(?:itude)?", `[北南]纬|纬度?|${alone("北南")}`);
const EASTING = word("[EWX]|lon(?:g(?:itude)?)?|lng", `[东西]经|经度?|${alone("东西")}`);
const SOUTH_WEST = word("[SW]", `南纬|西经|${alone("南西")}`);
const JOINED = /\d[-−]\d|[.\d]\.\d*\.|(?<!\d)\.\d/;
const SIXTY = 60;

/**
 * Return {x, y} of a text: x is longitude or easting, which comes first unless words (N, E, 北纬,
 * 东经, lat, lng) say otherwise. Null when there are not exactly two numbers, minutes and seconds
 * joined, or the text can be read in more than one way.
 */
export function parsePlace(text) {
  const plain = text.normalize("NFKC").replace(WKT, "").replace(INVISIBLE, "").replace(/[，；;]/g, ",").replace(/[（）()[\]【】]/g, " ");
  const found = [...plain.matchAll(PARTS)];
  if (found.length !== 2 || JOINED.test(plain)) return null;
  const words = wordsOf(plain, found);
  const [one, other] = found.map((match, index) => degrees(match, SOUTH_WEST.test(words[index])));
  const axes = words.map((each) => (NORTHING.test(each) ? 1 : 0) - (EASTING.test(each) ? 1 : 0));
  const isTold = axes.some((axis) => axis !== 0);
  if (one === null || other === null || (isTold && axes[0] === axes[1])) return null;
  return axes[0] > axes[1] ? { x: other, y: one } : { x: one, y: other };
}

/** Return a number of degrees, null when its parts are none or its sign is told twice. */
function degrees([, whole, minutes = "0", seconds = "0"], isTurned) {
  const value = Number(whole.replace("−", "-"));
  const rest = Number(minutes) / SIXTY + Number(seconds) / (SIXTY * SIXTY);
  const isSigned = /^[-−]/.test(whole);
  if (Number(minutes) >= SIXTY || Number(seconds) >= SIXTY || (isSigned && isTurned)) return null;
  return (isSigned || isTurned ? -1 : 1) * (Math.abs(value) + rest);
}

/**
 * Return for each number the words that belong to it: those before it, or else those after.
 * @param {string} text
 * @param {RegExpMatchArray[]} numbers
 */
function wordsOf(text, [one, other]) {
  const before = text.slice(0, one.index);
  const between = text.slice(one.index + one[0].length, other.index);
  const after = text.slice(other.index + other[0].length);
  return NORTHING.test(before) || EASTING.test(before) ? [before, between] : [between, after];
}
