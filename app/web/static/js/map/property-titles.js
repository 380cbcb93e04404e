// Titles of a collection's properties and the texts of coded values, asked for once a collection.

import { address, ask, Refusal } from "../shared/api.js";
import { page } from "../shared/page.js";

const known = new Map();
const NOTHING = { title: (name) => name, text: () => null };

/** Return {title(name), text(name, value)} of a layer; the names themselves where it has none. */
export function fieldWords(layer) {
  if (!layer.schema) return Promise.resolve(NOTHING);
  if (!known.has(layer.id)) known.set(layer.id, fetched(layer));
  return known.get(layer.id);
}

async function fetched(layer) {
  try {
    return wordsOf((await ask(address(layer.schema, { f: "json", lang: page.lang }))).properties);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    known.delete(layer.id);
    return NOTHING; // the names do as well
  }
}

function wordsOf(properties) {
  const texts = new Map(Object.entries(properties).map(([name, { oneOf }]) =>
    [name, new Map((oneOf ?? []).filter((one) => "const" in one).map((one) => [String(one.const), one.title]))]));
  return {
    title: (name) => properties[name]?.title ?? name,
    text: (name, value) => texts.get(name)?.get(String(value)) ?? null,
  };
}
