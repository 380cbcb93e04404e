// Writing to our own service with the session of this page.

import { Refusal } from "./api.js";
import { exactly } from "./exact-json.js";
import { page, word } from "./page.js";

/** The token that a page of a session sends with each write; null when nobody is signed in. */
export const csrf = document.querySelector('meta[name="csrf"]')?.content ?? null;

/** Return an address of ours that keeps the language which the reader has chosen. */
export function inThisLanguage(path, query = {}) {
  const url = new URL(path, window.location.origin);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  if (new URLSearchParams(window.location.search).has("lang")) url.searchParams.set("lang", page.lang);
  return url;
}

/** Send a write; return its JSON (null when there is none). Raise `Refusal` with the problem's words. */
export async function send(path, method, body, more = {}) {
  const headers = { ...more, Accept: "application/json", "Accept-Language": page.lang, "X-CSRF-Token": csrf ?? "" };
  if (body) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(path, { method, headers, body: body ? JSON.stringify(body) : undefined });
  } catch {
    throw new Refusal(word("no-answer"));
  }
  const parsed = await answer.text().then(exactly).catch(() => null);
  if (!answer.ok) throw new Refusal(wordsOf(parsed));
  return parsed;
}

/** Return all that a problem document says, line by line. */
export function wordsOf(problem) {
  if (!problem) return word("no-answer");
  const single = (problem.errors ?? []).map(({ message, hint }) => [message, hint].filter(Boolean).join(" "));
  return [problem.detail || problem.title, ...single].filter((line, index, all) => line && all.indexOf(line) === index).join("\n");
}
