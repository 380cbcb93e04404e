// What the page shows, kept in the address after "#", so that a link brings it back.

const state = new Map();
const CHOICES = ["sel", "at"];
let quiet = false;
let acted = false;

// What a reader chooses becomes a step to go back by; what follows from it, or from going back, none.
for (const event of ["pointerdown", "keydown"]) window.addEventListener(event, () => { acted = true; }, { capture: true });

/** Read the address. Unknown names are kept out; values are checked by those who use them. */
export function read() {
  state.clear();
  const parameters = new URLSearchParams(window.location.hash.slice(1));
  for (const name of ["view", "sel", "at", "on", "base", "op", "ord"]) {
    if (parameters.has(name)) state.set(name, parameters.get(name));
  }
  return Object.fromEntries(state);
}

/** Write what has changed; null takes a name out. */
export function write(changes) {
  const chosen = CHOICES.map((name) => state.get(name)).join();
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === undefined || value === "") state.delete(name);
    else state.set(name, String(value));
  }
  const hash = [...state].map(([name, value]) => `${name}=${encodeURIComponent(value).replaceAll("%2C", ",")}`).join("&");
  if (window.location.hash.slice(1) === hash) return;
  quiet = true;
  const isStep = acted && chosen !== CHOICES.map((name) => state.get(name)).join();
  if (isStep) acted = false;
  window.history[isStep ? "pushState" : "replaceState"](null, "", `#${hash}`);
  quiet = false;
  document.dispatchEvent(new Event("addresschange"));
}

/** Tell `handler` when the reader changes the address by hand or follows a link within the page. */
export function onChange(handler) {
  window.addEventListener("hashchange", () => {
    acted = false;
    if (!quiet) handler(read());
  });
}

/** Return the numbers of a value such as "41.7,123.4,12", or null unless there are exactly `count`. */
export function numbers(value, count) {
  const parts = (value ?? "").split(",").map(Number);
  return parts.length === count && value !== "" && parts.every(Number.isFinite) ? parts : null;
}
