// The editor's requests: features with all their digits, checks, saves, splits and merges.

import { address, ask, Refusal } from "../shared/api.js";
import { exactly, jsonOf } from "../shared/exact-json.js";
import { page, word } from "../shared/page.js";
import { csrf, send, wordsOf } from "../shared/staff-api.js";

/** A save that came too late: `parsed.changed` says what differs, by collection. */
export class Stale extends Refusal {
  constructor(parsed) {
    super(wordsOf(parsed));
    this.parsed = parsed;
  }
}

/** A save that was refused: `parsed.problems` says where and why. */
export class Faulty extends Refusal {
  constructor(parsed) {
    super(wordsOf(parsed));
    this.parsed = parsed;
  }
}

/** Return {revision, features, matched} of collections, all of them or those in a box. */
export async function stored(collections, bbox = null) {
  const url = address(page.urls.edits, { collections: collections.join(","), bbox });
  const answer = await answered(url, { headers: { Accept: "application/geo+json", "Accept-Language": page.lang }, cache: "no-store" });
  const parsed = await exactly(await answer.text());
  if (!answer.ok) throw new Refusal(wordsOf(parsed));
  return { revision: Number(answer.headers.get("X-Revision")), features: parsed.features, matched: parsed.numberMatched };
}

/** Check or store changes made upon a revision. */
export async function edits(changes, revision, { note = "", dryRun = false } = {}) {
  const body = jsonOf({ note, dry_run: dryRun, changes });
  const headers = { Accept: "application/json", "Accept-Language": page.lang, "Content-Type": "application/json", "If-Match": `"r${revision}"`, "X-CSRF-Token": csrf ?? "" };
  const answer = await answered(page.urls.edits, { method: "POST", headers, body });
  const parsed = await answer.text().then(exactly).catch(() => null);
  if (answer.status === 412) throw new Stale(parsed);
  if (answer.status === 422) throw new Faulty(parsed);
  if (!answer.ok) throw new Refusal(wordsOf(parsed));
  return parsed;
}

/** Return which versions of the collection some revisions of the store have, counted from 1. */
export async function versionsAt(...numbers) {
  const { revisions } = await ask(address(page.urls.revisions, { limit: 1000, f: "json", lang: page.lang }));
  return numbers.map((number) => revisions.filter(({ revision }) => revision <= number).length);
}

export const split = (polygons, line) => send(`${page.urls.edits}/split`, "POST", { polygons, line });
export const merge = (polygons) => send(`${page.urls.edits}/merge`, "POST", { polygons });

async function answered(url, options) {
  try {
    return await fetch(url, options);
  } catch {
    throw new Refusal(word("no-answer"));
  }
}
