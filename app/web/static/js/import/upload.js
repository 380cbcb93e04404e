// The upload page: a file, where it goes, and its way to the service with progress.

import { address } from "../shared/api.js";
import { el, fill } from "../shared/dom.js";
import { page, sizeOf, word } from "../shared/page.js";
import { csrf, inThisLanguage, wordsOf } from "../shared/staff-api.js";

const byId = (id) => document.getElementById(id);
const BOUNDARIES = new Set(["zones", "subdistricts"]);
const OPTIONS = ["crs", "datum", "angles", "map_scale", "encoding", "layer"];

function isNew() {
  return byId("collection").value === "";
}

/** Whether the layer may be official: it then settles what the plan's text leaves open. */
function isBoundaries() {
  return BOUNDARIES.has(byId("collection").value);
}

function showFields() {
  for (const node of document.querySelectorAll("[data-new]")) node.hidden = !isNew();
  for (const node of document.querySelectorAll("[data-there]")) node.hidden = isNew();
  for (const node of document.querySelectorAll("[data-boundaries]")) node.hidden = !isBoundaries();
  byId("new-id").required = isNew();
}

function nameFile() {
  const [file] = byId("file").files;
  if (file) byId("chosen-file").textContent = `${file.name} · ${sizeOf(file.size)}`;
}

function form() {
  const sent = new FormData();
  for (const id of OPTIONS) if (byId(id).value) sent.append(id, byId(id).value.trim());
  if (isNew()) {
    sent.append("create", "true");
    if (byId("title").value) sent.append("title", byId("title").value.trim());
  } else {
    sent.append("mode", byId("mode").value);
    sent.append("as_before", "true");
    if (isBoundaries() && byId("official").checked) {
      sent.append("official", "true");
      if (byId("accuracy").value) sent.append("accuracy_m", byId("accuracy").value);
    }
  }
  sent.append("dry_run", "true");
  sent.append("file", byId("file").files[0]);
  return sent;
}

function refuse(reason) {
  fill(byId("refused"), el("p", { class: "refusal" }, reason));
}

function start(event) {
  event.preventDefault();
  fill(byId("refused"));
  const collection = isNew() ? byId("new-id").value.trim() : byId("collection").value;
  const request = new XMLHttpRequest();
  request.open("POST", address(`${page.urls.collections}/${encodeURIComponent(collection)}/imports`, { lang: page.lang }));
  request.responseType = "json";
  request.setRequestHeader("X-CSRF-Token", csrf ?? "");
  request.setRequestHeader("Accept", "application/json");
  request.upload.addEventListener("progress", ({ loaded, total }) => tell(loaded / (total || 1)));
  request.addEventListener("loadend", () => ended(request));
  byId("stop").onclick = () => request.abort();
  byId("send").disabled = true;
  byId("progress").hidden = false;
  tell(0);
  request.send(form());
}

function tell(share) {
  byId("bar").value = share;
  byId("stage").textContent = word("staff-sending", { share: Math.floor(share * 100) });
}

function ended(request) {
  byId("send").disabled = false;
  byId("progress").hidden = true;
  if (request.status === 202) {
    window.location.assign(inThisLanguage(`${page.urls.imports}/${request.response.id}`, { f: "html" }));
  } else if (request.status === 0) refuse(word("staff-stopped"));
  else refuse(wordsOf(request.response));
}

const drop = byId("drop");
for (const name of ["dragenter", "dragover"]) drop.addEventListener(name, (event) => mark(event, true));
for (const name of ["dragleave", "drop"]) drop.addEventListener(name, (event) => mark(event, false));
drop.addEventListener("drop", (event) => {
  if (!event.dataTransfer.files.length) return;
  byId("file").files = event.dataTransfer.files;
  nameFile();
});
function mark(event, over) {
  event.preventDefault();
  drop.classList.toggle("drop-over", over);
}
byId("file").addEventListener("change", nameFile);
byId("collection").addEventListener("change", showFields);
byId("upload").addEventListener("submit", start);
byId("send").disabled = false;
showFields();
document.body.dataset.ready = "true";
