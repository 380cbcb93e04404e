// Asking our own service, in the page's language, and saying plainly when it cannot answer.

import { exactly } from "./exact-json.js";
import { answerInFile, origin } from "./offline.js";
import { page, word } from "./page.js";

/** A refusal by the service, in words for the reader. */
export class Refusal extends Error {}

/** Return the address with parameters added; null and undefined ones are left out. */
export function address(path, parameters = {}) {
  const url = new URL(path, origin);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null && value !== undefined) url.searchParams.set(name, value);
  }
  return url;
}

/**
 * Return the JSON at an address of ours, or its answer to `body`; raise `Refusal` with the problem's own words.
 * @param {string | URL} url
 * @param {{signal?: AbortSignal, body?: unknown}} [options]
 */
export async function ask(url, { signal, body } = {}) {
  if (page.offline) return inFile(url);
  const headers = { Accept: "application/geo+json, application/json;q=0.9", "Accept-Language": page.lang };
  const sent = body ? { method: "POST", body: JSON.stringify(body) } : {};
  if (body) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(url, { signal, headers, ...sent });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal(word("no-answer"));
  }
  if (response.ok) return exactly(await response.text());
  throw await refusal(response);
}

function inFile(url) {
  const answer = answerInFile(url);
  if (answer === undefined) throw new Refusal(word("offline-not-here"));
  return answer;
}

/** Return the `Refusal` that an answer of ours tells. */
export async function refusal(response) {
  const problem = await response.json().catch(() => ({}));
  return new Refusal(problem.detail || problem.title || word("no-answer"));
}

const PAGE_SIZE = 10000;
const MOST_FEATURES = 50000;

/** Return every feature of a collection, page by page, in the given datum (null: CGCS2000). */
export async function features(layer, datum) {
  const found = [];
  let next = address(layer.url, { limit: PAGE_SIZE, crs: datum, revision: page.revision_pinned });
  while (next && found.length < MOST_FEATURES) {
    const part = await ask(next);
    found.push(...part.features);
    const link = (part.links ?? []).find((candidate) => candidate.rel === "next");
    next = link ? new URL(link.href, window.location.origin) : null;
    if (next && next.origin !== window.location.origin) {
      next = new URL(next.pathname + next.search, window.location.origin);
    }
  }
  return found;
}
