// The list of features: whoever uses no mouse chooses in it what is to be edited.

import { el, fill } from "../shared/dom.js";
import { page, word } from "../shared/page.js";

const MOST = 1000;
let listed = "";

/** Keep the list as the features are; a list of thousands helps nobody. */
export function showChoice(node, { topology, chosen }, nameOf) {
  const own = [...topology.features.values()].filter(({ collection }) => collection === page.collection).slice(0, MOST);
  const options = own.map(({ key }) => [key, nameOf(key)]).sort(([, one], [, other]) => one.localeCompare(other, page.lang));
  const now = JSON.stringify(options);
  if (now !== listed) fill(node, el("option", { value: "" }, word("edit-choose-none")), options.map(([key, name]) => el("option", { value: key }, name)));
  listed = now;
  node.value = chosen.length === 1 ? chosen[0] : "";
}
