// Counts of an answered CSV, read piece by piece, and some of its points, taken at random.

import { pointOf } from "./csv-file.js";
import { CSVRows } from "./csv-rows.js";

const SAMPLE = 1000;
const ADDED = ["zone_id", "certain", "locate_fault"];

/** Counts rows by zone and by fault; keeps `SAMPLE` points of them, each row as likely as any. */
export class Tally {
  constructor(table, requested) {
    this.reader = new CSVRows(table.delimiter);
    this.table = table;
    // Answers stand behind the table's own columns, in the order asked for, the fault last.
    const names = [...requested, "locate_fault"];
    this.places = Object.fromEntries(ADDED.map((name) => [name, table.columns.length + names.indexOf(name)]));
    this.rows = -1;
    this.zones = new Map();
    this.faults = new Map();
    this.uncertain = 0;
    this.sample = [];
    this.answered = 0;
  }

  add(text) {
    for (const row of this.reader.add(text)) this.count(row);
  }

  end() {
    for (const row of this.reader.end()) this.count(row);
    this.rows = Math.max(this.rows, 0);
  }

  count(row) {
    const fault = row.at(this.places.locate_fault);
    if (this.rows < 0 || fault === undefined) {
      // Titles above the header, and units below it, have no cells of answers.
      if (fault !== undefined) this.rows = 0;
      return;
    }
    this.rows += 1;
    if (fault) {
      const [code, ...words] = fault.split(" ");
      const known = this.faults.get(code) ?? { words: words.join(" "), rows: 0 };
      known.rows += 1;
      this.faults.set(code, known);
      return;
    }
    const zone = row.at(this.places.zone_id) || null;
    this.zones.set(zone, (this.zones.get(zone) ?? 0) + 1);
    if (row.at(this.places.certain) === "false") this.uncertain += 1;
    const point = pointOf(row, this.table);
    if (point) this.keep([point.x, point.y]);
  }

  /** Algorithm R: the n-th point takes a place with probability SAMPLE / n. */
  keep(point) {
    this.answered += 1;
    if (this.sample.length < SAMPLE) {
      this.sample.push(point);
      return;
    }
    const place = Math.floor(Math.random() * this.answered);
    if (place < SAMPLE) this.sample[place] = point;
  }

  get faulty() {
    return [...this.faults.values()].reduce((sum, { rows }) => sum + rows, 0);
  }
}

/** Read an answered CSV from a Blob, a piece at a time; `told(rows)` is called between pieces. */
export async function tallied(blob, encoding, tally, report) {
  const decoder = new TextDecoder(encoding);
  const reader = blob.stream().getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    tally.add(decoder.decode(part.value, { stream: true }));
    report(tally.rows);
  }
  tally.add(decoder.decode());
  tally.end();
  return tally;
}
