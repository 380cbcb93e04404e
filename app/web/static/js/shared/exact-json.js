// JSON of ours as it was written: whole numbers of more digits than JavaScript's numbers hold.

// Digits that no decimal point stands before; within a text they do no harm, the parser knows texts.
const LONG = /(?:^|[^.\d])\d{16}/;
const WHOLE = /^-?\d+$/;

/** A number as JavaScript has it, or a BigInt where that would change its digits. */
const number = (text) => {
  const plain = Number(text);
  return WHOLE.test(text) && !Number.isSafeInteger(plain) ? BigInt(text) : plain;
};

/** Return a promise of what a JSON text says; long whole numbers (parcel codes of 18 digits) are BigInt. */
export async function exactly(text) {
  if (!LONG.test(text)) return JSON.parse(text);
  const { parse } = await import("lossless-json");
  return parse(text, undefined, { parseNumber: number, onDuplicateKey: ({ newValue }) => newValue });
}

/** Return a value of a property as text; a list or an object as its JSON. */
export function valueText(value) {
  if (value === null || value === undefined) return "—";
  return typeof value === "object" ? jsonOf(value) : String(value);
}

/** Return a value as JSON, with long whole numbers digit by digit. */
export function jsonOf(value) {
  if (Array.isArray(value)) return `[${value.map(jsonOf).join(",")}]`;
  if (typeof value === "bigint") return String(value);
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{${Object.entries(value).filter(([, each]) => each !== undefined).map(([name, each]) => `${JSON.stringify(name)}:${jsonOf(each)}`).join(",")}}`;
}
