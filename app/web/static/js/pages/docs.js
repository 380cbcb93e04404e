// The API's documentation, drawn by Swagger UI from our own OpenAPI document.

const place = document.getElementById("swagger-ui");
const PREFILLED = new Set(["lon", "lat"]); // without a place there is no answer

/**
 * Return the document with examples of optional parameters told in words.
 *
 * Swagger UI would fill them in as values: all at once they fit nothing.
 */
function withoutPrefills(document) {
  for (const operations of Object.values(document.paths)) {
    for (const { parameters = [] } of Object.values(operations)) parameters.forEach(tellExample);
  }
  return document;
}

function tellExample(parameter) {
  if (parameter.required || PREFILLED.has(parameter.name)) return;
  for (const holder of [parameter, parameter.schema ?? {}]) {
    if (!("example" in holder)) continue;
    const example = [holder.example].flat().join(",");
    parameter.description = `${parameter.description ?? ""}\n\n\`${parameter.name}=${example}\``;
    delete holder.example;
  }
}

/** Mend what Swagger UI draws for readers without a mouse or without sight: links in buttons, lists without a name, a second main part. */
function mend() {
  for (const link of place.querySelectorAll(".opblock-summary-control a[href]")) link.removeAttribute("href"); // the button opens it, and writes the address
  for (const text of place.querySelectorAll(".microlight:not([tabindex])")) text.setAttribute("tabindex", "0");
  place.querySelector("main")?.setAttribute("role", "group"); // the page has its own
  for (const heading of place.querySelectorAll("h3:not([aria-level])")) heading.setAttribute("aria-level", "2");
  for (const heading of place.querySelectorAll("h4:not([aria-level])")) heading.setAttribute("aria-level", "3");
  for (const select of place.querySelectorAll("select:not([aria-label])")) select.setAttribute("aria-label", nameOf(select));
}

function nameOf(select) {
  const parameter = select.closest("[data-param-name]")?.dataset.paramName;
  return parameter ?? (select.id === "servers" ? place.dataset.server : "Media type");
}

async function start() {
  new MutationObserver(mend).observe(place, { childList: true, subtree: true });
  const answer = await fetch(place.dataset.url);
  window.SwaggerUIBundle({
    domNode: place,
    spec: withoutPrefills(await answer.json()),
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    // Swagger UI would otherwise ask a validator on another server.
    validatorUrl: null,
    presets: [window.SwaggerUIBundle.presets.apis],
  });
}

start();
