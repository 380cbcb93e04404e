// A table that is dropped: its columns are chosen, it is sent, counted, and given back.

import { Refusal } from "../shared/api.js";
import { describe, systemOf } from "./csv-file.js";
import { el, fill } from "../shared/dom.js";
import { answersTo } from "../shared/locate-map.js";
import { figure, sizeOf, word } from "../shared/page.js";
import { notesView, resultView } from "./file-result.js";
import { send } from "./sending.js";
import { Tally, tallied } from "./answer-counts.js";

const COLUMNS = ["zone_id", "zone_name", "zones_by_bounds", "subdistrict_id", "subdistrict_name", "inside_district", "certain", "conflicts"];
const byId = (id) => document.getElementById(id);

/** Make the drop zone and the form of a table work; `map` shows a sample of the points. */
export function addFileForm(map) {
  const drop = byId("drop");
  for (const name of ["dragenter", "dragover"]) drop.addEventListener(name, (event) => mark(event, true));
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, (event) => mark(event, false));
  drop.addEventListener("drop", (event) => event.dataTransfer.files.length && take(event.dataTransfer.files[0]));
  byId("file").addEventListener("change", (event) => event.target.files.length && take(event.target.files[0]));
  byId("many").addEventListener("submit", (event) => {
    event.preventDefault();
    run(map);
  });
  byId("sheet").addEventListener("change", (event) => take(table.file, event.target.value));
  for (const id of ["x-column", "y-column"]) byId(id).addEventListener("change", suggest);

  function mark(event, over) {
    event.preventDefault();
    drop.classList.toggle("drop-over", over);
  }
}

let table = null;

async function take(file, sheet = null) {
  fill(byId("result"));
  byId("many").hidden = true;
  byId("file").value = "";
  try {
    table = await describe(file, sheet);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    refuse(`${word("points-file-unread")} ${error.message}`);
    return;
  }
  if (!table.rows.length) {
    refuse(word("points-file-unread"));
    return;
  }
  byId("many").hidden = false;
  byId("sheet-choice").hidden = table.sheets.length < 2;
  fill(byId("sheet"), table.sheets.map((name) => el("option", { selected: name === sheet }, name)));
  byId("file-name").textContent = word("points-file", { name: file.name, size: sizeOf(file.size), encoding: table.encoding === "GB18030" ? "GBK" : table.encoding });
  fill(byId("preview"), preview(table));
  for (const [id, chosen] of [["x-column", table.x], ["y-column", table.y]]) {
    fill(byId(id), table.columns.map((name, index) => el("option", { value: index, selected: index === chosen }, name)));
  }
  fill(byId("many-notes"), [notesView(table.notes)].filter(Boolean));
  byId("many-crs").value = table.crs ?? "";
  suggest();
}

function preview({ columns, rows }) {
  return [
    el("thead", {}, el("tr", {}, columns.map((name) => el("th", { scope: "col" }, name)))),
    el("tbody", {}, rows.map((row) => el("tr", {}, row.map((cell) => el("td", {}, cell))))),
  ];
}

/** Return the table with the columns that are chosen. */
function asChosen() {
  return { ...table, x: Number(byId("x-column").value), y: Number(byId("y-column").value) };
}

/** Say which system the numbers look like; a person chooses it. */
function suggest() {
  const found = systemOf(table.rows, asChosen());
  const option = [...byId("many-crs").options].find(({ value }) => value === found);
  if (found === "degrees") byId("crs-hint").textContent = word("points-crs-degrees");
  else byId("crs-hint").textContent = option ? word("points-crs-hint", { system: option.textContent }) : "";
}

async function run(map) {
  const chosen = asChosen();
  const crs = byId("many-crs").value;
  const began = performance.now();
  try {
    const { blob, encoding, notes } = await answered(chosen, crs);
    const tally = await counted(blob, chosen, encoding);
    const seconds = (performance.now() - began) / 1000;
    fill(byId("result"), resultView(tally, blob, { name: chosen.file.name, seconds, notes }));
    await drawSample(map, tally.sample, crs);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    refuse(error.message);
  } finally {
    byId("progress").hidden = true;
  }
}

/** Send the table; columns are named where a person chose others than the service would take. */
async function answered({ file, type, sheet, columns, x, y }, crs) {
  fill(byId("result"));
  byId("progress").hidden = false;
  stage(word("points-sending", { share: 0 }), 0);
  const isChosen = x !== table.x || y !== table.y;
  const parameters = {
    crs, sheet, columns: COLUMNS.join(","), x_column: isChosen ? columns[x] : null, y_column: isChosen ? columns[y] : null,
  };
  const sending = send({ file, type }, parameters, {
    onSent: (share) => stage(word("points-sending", { share: Math.floor(share * 100) }), share),
    onReceived: (bytes) => stage(word("points-receiving", { size: sizeOf(bytes) }), null),
  });
  byId("stop").onclick = sending.stop;
  return sending.answer;
}

function counted(blob, chosen, encoding) {
  return tallied(blob, encoding, new Tally(chosen, COLUMNS), (rows) => stage(word("points-counting", { rows: figure(rows) }), null));
}

/** Tell what is being done; a share of null is not known. */
function stage(text, share) {
  byId("stage").textContent = text;
  if (share === null) byId("bar").removeAttribute("value");
  else byId("bar").value = share;
}

async function drawSample(map, sample, crs) {
  const answers = sample.length ? await answersTo(sample, crs) : [];
  map.scatter(answers);
  byId("map-note").textContent = word("points-sample", { count: figure(answers.length) });
}

function refuse(reason) {
  fill(byId("result"), el("p", { class: "refusal", role: "alert" }, reason));
}
