// Rows of a CSV text that comes in pieces; quoted cells may hold delimiters and line breaks.

/** Gathers text and gives whole rows as lists of cells. Lines end in LF, CR LF or CR. */
export class CSVRows {
  constructor(delimiter) {
    this.delimiter = delimiter;
    this.waiting = "";
  }

  /** Take a piece of text; return the rows that are whole by now. */
  add(text) {
    const whole = this.waiting + text;
    // A CR may be half of a CR LF.
    const settled = whole.endsWith("\r") ? whole.slice(0, -1) : whole;
    const lines = settled.split(/\r\n|\r|\n/);
    this.waiting = lines.pop() + whole.slice(settled.length);
    return this.rows(lines);
  }

  /** Return the row that is left when the text ends without a line break. */
  end() {
    const last = this.waiting.replace(/\r$/, "");
    const rest = last ? [last] : [];
    this.waiting = "";
    return this.rows(rest, true);
  }

  rows(lines, ended = false) {
    const rows = [];
    let open = "";
    for (const line of lines) {
      const whole = open ? `${open}\n${line}` : line;
      if (whole.includes('"') && hasOpenQuote(whole)) {
        open = whole;
        continue;
      }
      open = "";
      if (whole) rows.push(this.cells(whole));
    }
    if (open && ended) rows.push(this.cells(open));
    else if (open) this.waiting = `${open}\n${this.waiting}`;
    return rows;
  }

  cells(line) {
    if (!line.includes('"')) return line.split(this.delimiter);
    const cells = [];
    let cell = "";
    for (const part of line.split(this.delimiter)) {
      cell = cell ? cell + this.delimiter + part : part;
      if (hasOpenQuote(cell)) continue;
      cells.push(cell.startsWith('"') ? cell.slice(1, cell.lastIndexOf('"')).replaceAll('""', '"') : cell);
      cell = "";
    }
    if (cell) cells.push(cell);
    return cells;
  }
}

function hasOpenQuote(text) {
  let quotes = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) quotes += 1;
  return quotes % 2 === 1;
}
