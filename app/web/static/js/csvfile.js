// What the beginning of a CSV file tells: encoding, delimiter, header, and the columns of the place.

import { CSVRows } from "./csvrows.js";

const START = 64 * 1024;
const SHOWN_ROWS = 4;
const X_NAMES = ["lon", "lng", "long", "longitude", "经度", "x", "x坐标", "东坐标", "easting"];
const Y_NAMES = ["lat", "latitude", "纬度", "y", "y坐标", "北坐标", "northing"];

/** Return what a file's beginning tells, or null if it is no CSV that can be read. */
export async function describe(file) {
  const bytes = new Uint8Array(await file.slice(0, START).arrayBuffer());
  const encoding = encodingOf(bytes, file.size > START);
  if (!encoding) return null;
  const text = new TextDecoder(encoding).decode(bytes);
  const delimiter = delimiterOf(text);
  const rows = new CSVRows(delimiter).add(text.endsWith("\n") || file.size > START ? text : `${text}\n`);
  if (rows.length < 2) return null;
  const [names, ...shown] = rows;
  return {
    file, encoding, delimiter, names,
    rows: shown.slice(0, SHOWN_ROWS),
    x: indexOf(names, X_NAMES),
    y: indexOf(names, Y_NAMES),
  };
}

/** Return UTF-8 or GB18030, whichever the bytes are; the last character may be cut off. */
function encodingOf(bytes, isCut) {
  for (const encoding of ["utf-8", "gb18030"]) {
    try {
      new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: isCut });
      return encoding;
    } catch {
      // The next one, then.
    }
  }
  return null;
}

function delimiterOf(text) {
  const header = text.slice(0, text.indexOf("\n"));
  const count = (mark) => header.split(mark).length;
  return [",", "\t", ";", "|"].reduce((best, mark) => (count(mark) > count(best) ? mark : best));
}

function indexOf(names, known) {
  const plain = names.map((name) => name.trim().toLowerCase());
  const found = known.map((name) => plain.indexOf(name)).find((index) => index >= 0);
  return found ?? -1;
}

/** Return the id of the projected system that numbers look like, "degrees", or null. */
export function systemOf(rows, x, y) {
  const pair = rows.map((row) => [Number(row[x]), Number(row[y])]).find(([a, b]) => a && b);
  if (!pair) return null;
  const [east, north] = pair;
  if (Math.abs(east) <= 180 && Math.abs(north) <= 90) return "degrees";
  if (east > 41e6 && east < 42e6) return "EPSG:4529";
  if (east > 13e6 && east < 15e6) return "EPSG:3857";
  if (east > 3e5 && east < 7e5 && north > 4e6 && north < 5e6) return "EPSG:4550";
  return null;
}
