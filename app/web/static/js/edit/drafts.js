// What has been edited and not been saved, kept in this browser until it is.

const PREFIX = "heping-edits:";

/** Keep the changes, made upon a revision; no changes keep nothing. */
export function keepDraft(collection, revision, changes, text) {
  if (!changes.some(({ put, delete: gone }) => put.length || gone.length)) return dropDraft(collection);
  const at = new Date().toISOString();
  try {
    window.localStorage.setItem(PREFIX + collection, text({ revision, at, changes }));
    return true;
  } catch {
    return false; // full, or forbidden by the browser: the page says so
  }
}

/** Return {revision, at, changes} of a draft; null if there is none that can be read. */
export function draftOf(collection) {
  try {
    const draft = JSON.parse(window.localStorage.getItem(PREFIX + collection));
    return Array.isArray(draft?.changes) && Number.isInteger(draft.revision) ? draft : null;
  } catch {
    return null;
  }
}

export function dropDraft(collection) {
  try {
    window.localStorage.removeItem(PREFIX + collection);
  } catch {
    return false;
  }
  return true;
}
