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

async function start() {
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
