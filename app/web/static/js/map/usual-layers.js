// Which layers a reader has switched on and off, remembered by this browser until he goes back to the usual ones.

import { page } from "../shared/page.js";

const NAME = "heping-layers";
/** Pages that say themselves what they show, and links, are shown as they say. */
const STATED = ["collections", "revision"];
const isStated = () => page.offline || STATED.some((name) => new URLSearchParams(window.location.search).has(name));

/** Return the layers that are shown at first, of all. */
export const usual = (all) => all.filter((layer) => layer.visible).map(({ id }) => id);

/** Return the layers that were shown last; null where nobody has chosen any. */
export function remembered(all) {
  if (isStated()) return null;
  try {
    const { on = [], off = [] } = JSON.parse(window.localStorage.getItem(NAME)) ?? {};
    if (!on.length && !off.length) return null;
    return all.filter(({ id, visible }) => (visible ? !off.includes(id) : on.includes(id))).map(({ id }) => id);
  } catch {
    return null; // forbidden by the browser, or not ours
  }
}

/** Keep how what is shown differs from the usual: layers that come later are shown as they should be. */
export function remember(all, shown) {
  if (isStated()) return;
  const on = all.filter(({ id, visible }) => !visible && shown.has(id)).map(({ id }) => id);
  const off = all.filter(({ id, visible }) => visible && !shown.has(id)).map(({ id }) => id);
  try {
    if (on.length || off.length) window.localStorage.setItem(NAME, JSON.stringify({ on, off }));
    else window.localStorage.removeItem(NAME);
  } catch {
    // then they are not remembered
  }
}
