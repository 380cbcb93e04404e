// What the server says of this page: its language, addresses, layers and words.

export const page = JSON.parse(document.getElementById("page-data").textContent);
export const chinese = page.lang === "zh";

/** Return the words for `key` with `{name}` replaced by `values.name`; they are text, never HTML. */
export function word(key, values = {}) {
  const words = page.words[key];
  if (words === undefined) throw new Error(`no words for ${key}`);
  return words.replace(/\{(\w+)\}/g, (all, name) => (name in values ? String(values[name]) : all));
}

/** Return a feature's (or element's) name in the page's language; `layer` says which property it is. */
export function nameOf(properties, layer = null) {
  return givenName(properties, layer) ?? word("unnamed");
}

/** Return the name, or null where a feature has none. */
export function givenName(properties, layer = null) {
  const own = properties[layer?.title_field ?? "name"];
  const candidates = [chinese ? null : properties.name_en, own, properties.name];
  const name = candidates.find((each) => each !== undefined && each !== null && String(each).trim() !== "");
  return name === undefined ? null : String(name);
}

const locale = chinese ? "zh-CN" : "en-GB";

/** Return a number as text with at most `digits` decimals; a dash when there is none. */
export function figure(value, digits = 2) {
  if (value === null || value === undefined || !Number.isFinite(Number(value))) return "—";
  return Number(value).toLocaleString(locale, { maximumFractionDigits: digits });
}

/** Return a distance as people say it: metres below a kilometre, kilometres above. */
export function distance(metres) {
  if (metres === null || metres === undefined) return "—";
  if (metres < 1000) return `${figure(metres, metres < 10 ? 1 : 0)} ${word("unit-m")}`;
  return `${figure(metres / 1000, 2)} ${word("unit-km")}`;
}

const CHINA = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short", timeStyle: "short" });

/** Return a moment as pages write it, in the district's time: 2026-11-30 12:34. */
export const chinaTime = (at) => CHINA.format(new Date(at));

/** Return a revision's note; those of our own (app/pages/revision_notes.py) in the page's language. */
export function noteIn(why) {
  const parted = why.lastIndexOf(" / ");
  if (parted < 0 || !page.own_notes.some((each) => why.startsWith(each))) return why;
  return chinese ? why.slice(0, parted) : why.slice(parted + 3);
}

/** Return the size of a file as people say it: kilobytes below a megabyte. */
export function sizeOf(bytes) {
  const megabytes = bytes / 1024 / 1024;
  return megabytes < 1 ? `${figure(Math.max(bytes / 1024, 0.1), 1)} KB` : `${figure(megabytes, 1)} MB`;
}

/** Return the style of one of the nine elements, or undefined. */
export function elementOf(id) {
  return page.elements.find((element) => element.id === id);
}

/** Return the id of the element that a feature of a collection draws: an uploaded layer has ids of its own. */
export function elementDrawn(collection, fid) {
  return page.element_of[`${collection}/${fid}`] ?? fid;
}
