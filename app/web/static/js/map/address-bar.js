// What the page shows, kept in the address after "#", so that a link brings it back.

const state = new Map();
let quiet = false;

/** Read the address. Unknown names are kept out; values are checked by those who use them. */
export function read() {
  state.clear();
  const parameters = new URLSearchParams(window.location.hash.slice(1));
  for (const name of ["view", "sel", "at", "on", "base"]) {
    if (parameters.has(name)) state.set(name, parameters.get(name));
  }
  return Object.fromEntries(state);
}

/** Write what has changed; null takes a name out. */
export function write(changes) {
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === undefined || value === "") state.delete(name);
    else state.set(name, String(value));
  }
  const hash = [...state].map(([name, value]) => `${name}=${encodeURIComponent(value).replaceAll("%2C", ",")}`).join("&");
  if (window.location.hash.slice(1) === hash) return;
  quiet = true;
  window.history.replaceState(null, "", `#${hash}`);
  quiet = false;
  document.dispatchEvent(new Event("addresschange"));
}

/** Tell `handler` when the reader changes the address by hand or follows a link within the page. */
export function onChange(handler) {
  window.addEventListener("hashchange", () => {
    if (!quiet) handler(read());
  });
}

/** Return the numbers of a value such as "41.7,123.4,12", or null unless there are exactly `count`. */
export function numbers(value, count) {
  const parts = (value ?? "").split(",").map(Number);
  return parts.length === count && value !== "" && parts.every(Number.isFinite) ? parts : null;
}
