"use strict";

const place = document.getElementById("docs");
const json = { headers: { Accept: "application/vnd.oai.openapi+json" } };

// JSON, because a document of this size takes the browser seconds to read as YAML.
fetch(place.dataset.schema, json)
  .then((response) => response.json())
  .then((spec) =>
    SwaggerUIBundle({
      spec,
      domNode: place,
      deepLinking: true,
      docExpansion: "list",
      displayRequestDuration: true,
      persistAuthorization: false,
      tryItOutEnabled: true,
      validatorUrl: null,
    }),
  );
