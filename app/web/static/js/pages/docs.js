// The API's documentation, drawn by Swagger UI from our own OpenAPI document.

const place = document.getElementById("swagger-ui");

window.SwaggerUIBundle({
  domNode: place,
  url: place.dataset.url,
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  // Swagger UI would otherwise ask a validator on another server.
  validatorUrl: null,
  presets: [window.SwaggerUIBundle.presets.apis],
});
