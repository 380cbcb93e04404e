// Long work in short turns: between them the page reacts.

const TURN_MS = 16; // a frame
const LOOK_AFTER = 4000; // vertices, until the clock is looked at

let begun = -Infinity;

const isOver = () => performance.now() - begun > TURN_MS;

/** End this turn: what follows runs in a task of its own. */
async function nextTurn() {
  await new Promise((resolve) => setTimeout(resolve, 0));
  begun = performance.now();
}

/** Go on in a task of its own if this one has taken its time. */
export async function ownTurn() {
  if (isOver()) await nextTurn();
}

/**
 * Do something with each thing, in their order and in turns; `work` returns how many vertices that were.
 * Before the clock is looked at, `settle` finishes what was put off, and before each turn
 * `isWanted` says whether to go on. Returns whether all were done.
 */
export async function inTurns(things, work, { settle = () => {}, isWanted = () => true } = {}) {
  let passed = LOOK_AFTER;
  for (const thing of things) {
    if (passed >= LOOK_AFTER) {
      passed = 0;
      settle();
      if (isOver()) await nextTurn();
      if (!isWanted()) return false;
    }
    passed += work(thing) + 1;
  }
  settle();
  return true;
}
