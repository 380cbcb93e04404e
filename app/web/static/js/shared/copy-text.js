// A text into the clipboard.

import { el } from "./dom.js";

/** Copy a text; return whether that was possible. Without a secure connection browsers have no clipboard for pages. */
export async function copyText(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text).then(() => true, () => false);
  const field = el("textarea", { readonly: true, class: "to-copy" });
  field.value = text;
  (document.querySelector("dialog[open]") ?? document.body).append(field);
  field.select();
  const isDone = document.execCommand("copy"); // old, and all that is left there
  field.remove();
  return isDone;
}
