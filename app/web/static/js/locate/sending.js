// A file sent to be answered: progress both ways, the answer as a Blob that may lie on disk.

import { address, Refusal } from "../shared/api.js";
import { page, word } from "../shared/page.js";

/**
 * Send a file of a media type; return {answer, stop}. `answer` becomes {blob, encoding, notes}: the answered CSV and
 * what there is to tell of how it was read; or it fails with a `Refusal`. `onSent(share)` and `onReceived(bytes)` are called meanwhile.
 */
export function send({ file, type }, parameters, { onSent, onReceived }) {
  const request = new XMLHttpRequest();
  const answer = new Promise((resolve, reject) => {
    request.open("POST", address(page.urls.locate, { ...parameters, lang: page.lang, f: "csv" }));
    // Unlike a stream that is read into memory, a Blob of any size is the browser's own affair.
    request.responseType = "blob";
    request.setRequestHeader("Content-Type", type);
    request.upload.addEventListener("progress", (event) => onSent(event.loaded / (event.total || 1)));
    request.addEventListener("progress", (event) => onReceived(event.loaded));
    request.addEventListener("error", () => reject(new Refusal(word("points-broken"))));
    request.addEventListener("abort", () => reject(new Refusal(word("points-stopped"))));
    request.addEventListener("load", async () => {
      if (request.status === 200) resolve(answered(request));
      else reject(new Refusal(await reasonIn(request.response)));
    });
    request.send(file);
  });
  return { answer, stop: () => request.abort() };
}

function answered(request) {
  const type = request.getResponseHeader("Content-Type") ?? "";
  const notes = JSON.parse(request.getResponseHeader("X-Notes") ?? "[]");
  return { blob: request.response, encoding: /charset=([\w-]+)/.exec(type)?.[1] ?? "utf-8", notes };
}

async function reasonIn(blob) {
  try {
    const problem = JSON.parse(await blob.text());
    return [problem.detail ?? problem.title, problem.hint].filter(Boolean).join(" ");
  } catch {
    return word("no-answer");
  }
}
