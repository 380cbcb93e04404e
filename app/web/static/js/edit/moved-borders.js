// Pieces of the plan's borders that were moved: how accurate they are now is asked, the old figure is of the old line.

const BORDERS = "borders";
const byId = (id) => document.getElementById(id);

/** Return the stored pieces of borders whose line is another now. */
const moved = (topology) => [...topology.features.values()].filter((feature) => feature.collection === BORDERS && feature.stored && topology.hasOtherShape(feature));

/** Ask for accuracy and basis while a piece is moved; `nameOf(key)` names it. */
export function askOfMoved(topology, nameOf) {
  const found = moved(topology);
  byId("moved").hidden = byId("moved").disabled = !found.length;
  byId("moved-names").textContent = found.map(({ key }) => nameOf(key)).join("、");
}

/** Return the changes with what was answered in the moved pieces. */
export function withAnswers(changes, topology) {
  const found = new Map(moved(topology).map((feature) => [feature.id, feature]));
  if (!found.size) return changes;
  const basis = byId("moved-basis").value.trim();
  const said = { accuracy_m: Number(byId("moved-accuracy").value), method: basis, method_en: basis, basis, basis_en: basis };
  const answered = (put) => (found.has(put.id) ? { ...put, properties: { ...found.get(put.id).properties, ...said } } : put);
  return changes.map((change) => (change.collection === BORDERS ? { ...change, put: change.put.map(answered) } : change));
}
