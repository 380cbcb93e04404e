// A map that is one file: what the service would answer lies in the page itself.

import { page } from "./page.js";

const MOST_HITS = 12;
const ASCII = /^[\x20-\x7e]*$/;
const NOT_COMPARED = /[^\p{L}\p{N}]/gu;

/** Addresses are paths only: a file has no origin that they could start with. */
export const origin = page.offline ? "http://offline.invalid" : window.location.origin;

/** Return what the file holds of an address; undefined for what only a service can answer. */
export function answerInFile(url) {
  if (url.pathname === page.urls.search) return { results: found(url.searchParams.get("q") ?? "") };
  return page.offline.answers[url.pathname];
}

/** Return names as they are compared: letters and digits only, as the service's search does. */
const folded = (text) => text.normalize("NFKC").toLowerCase().replace(NOT_COMPARED, "");

// Ranks, best first, as the service has them; an alias comes after a name.
const [EXACT, PREFIX, SUBSTRING, SOUND, INITIALS] = [0, 2, 4, 6, 8];

/** How well a name or its sound fits; null where it does not. */
function rankOf([text, isAlias, readings], wanted) {
  const ranks = [nameRank(text, wanted)];
  for (const syllables of readings) {
    if (syllables.some((_, at) => syllables.slice(at).join("").startsWith(wanted))) ranks.push(SOUND);
    if (syllables.map(([letter]) => letter).join("").includes(wanted)) ranks.push(INITIALS);
  }
  const known = ranks.filter((rank) => rank !== null);
  return known.length ? Math.min(...known) + Number(isAlias) : null;
}

function nameRank(text, wanted) {
  const name = folded(text);
  if (name === wanted) return EXACT;
  if (name.startsWith(wanted)) return PREFIX;
  return wordStarts(text, name).some((at) => name.startsWith(wanted, at)) ? SUBSTRING : null;
}

/** Where a query may begin in a name: at words of an English one, anywhere in a Chinese one. */
function wordStarts(text, name) {
  if (!ASCII.test(text)) return Array.from(name, (_, at) => at);
  let at = 0;
  return (text.match(/[A-Za-z0-9]+/g) ?? []).map((word) => (at += word.length) - word.length);
}

function found(text) {
  const wanted = folded(text);
  if (!wanted) return [];
  const best = ({ names }) => names.map((name) => rankOf(name, wanted)).filter((rank) => rank !== null);
  const ranked = page.offline.names.map((entry) => ({ entry, ranks: best(entry) })).filter(({ ranks }) => ranks.length);
  ranked.sort((one, other) => Math.min(...one.ranks) - Math.min(...other.ranks));
  return ranked.slice(0, MOST_HITS).map(({ entry }) => entry.hit);
}
