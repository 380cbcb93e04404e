// What the beginning of a table tells, asked of the service: it reads the whole alike.

import { address, refusal } from "../shared/api.js";
import { page } from "../shared/page.js";
import { parsePlace } from "./place-text.js";

const START = 64 * 1024;
const CSV = "text/csv";
const ODS = "application/vnd.oasis.opendocument.spreadsheet";
const XLS = "application/vnd.ms-excel";
const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/**
 * Return how a file would be read: {file, type, sheet, sheets, encoding, delimiter, columns, rows, x,
 * y, y_first, crs, notes}; x and y are positions of columns. Of a workbook, which must be whole, a
 * sheet may be named. Fails with a `Refusal` if it is no table that can be read.
 */
export async function describe(file, sheet = null) {
  const type = await mediaType(file);
  const headers = { "Content-Type": type, "Accept-Language": page.lang };
  const url = address(page.urls.describe, { lang: page.lang, sheet });
  const body = type === CSV ? file.slice(0, START) : file;
  const response = await fetch(url, { method: "POST", headers, body });
  if (!response.ok) throw await refusal(response);
  return { file, type, sheet, sheets: [], ...(await response.json()) };
}

/** Return what a file is by its first bytes: a workbook is a zip, or an OLE 2 file. */
async function mediaType(file) {
  const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  if (first === 0xd0 && second === 0xcf) return XLS;
  if (first !== 0x50 || second !== 0x4b) return CSV;
  return /\.ods$/i.test(file.name) ? ODS : XLSX;
}

/** Return the point {x, y} of a row, its two numbers in one column or in two; null if there is none. */
export function pointOf(row, { x, y, y_first }) {
  if (x === y) {
    const found = parsePlace(row[x] ?? "");
    return found && y_first && found.x < found.y ? { x: found.y, y: found.x } : found;
  }
  const [east, north] = [row[x], row[y]].map((text) => (text?.trim() ? Number(text) : NaN));
  if (Number.isFinite(east) && Number.isFinite(north)) return { x: east, y: north };
  return parsePlace(`${row[x] ?? ""}, ${row[y] ?? ""}`);
}

/** Return the id of the projected system that numbers look like, "degrees", or null. */
export function systemOf(rows, columns) {
  const found = rows.map((row) => pointOf(row, columns)).find((point) => point?.x && point?.y);
  if (!found) return null;
  const { x: east, y: north } = found;
  if (Math.abs(east) <= 180 && Math.abs(north) <= 90) return "degrees";
  if (east > 41e6 && east < 42e6) return "EPSG:4529";
  if (east > 13e6 && east < 15e6) return "EPSG:3857";
  if (east > 3e5 && east < 7e5 && north > 4e6 && north < 5e6) return "EPSG:4550";
  return null;
}
