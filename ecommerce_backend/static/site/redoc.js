"use strict";

const place = document.getElementById("docs");
const json = { headers: { Accept: "application/vnd.oai.openapi+json" } };

// ReDoc ends its menu with a picture from its maker's server. Nothing here loads from elsewhere,
// by whichever of the two ways React sets an address.
const picture = HTMLImageElement.prototype;
const address = Object.getOwnPropertyDescriptor(picture, "src");
const local = (url) => (new URL(url, location.href).origin === location.origin ? url : "data:,");
Object.defineProperty(picture, "src", {
  ...address,
  set(url) {
    address.set.call(this, local(url));
  },
});
picture.setAttribute = function setAttribute(name, value) {
  Element.prototype.setAttribute.call(this, name, name === "src" ? local(value) : value);
};

fetch(place.dataset.schema, json)
  .then((response) => response.json())
  .then((spec) =>
    Redoc.init(
      spec,
      {
        hideDownloadButton: true,
        nativeScrollbars: true,
        scrollYOffset: ".docs-header",
        theme: {
          colors: { primary: { main: "#3f3cbb" } },
          rightPanel: { backgroundColor: "#1b1b3a" },
          typography: { fontFamily: "system-ui, sans-serif", headings: { fontFamily: "system-ui, sans-serif" } },
        },
      },
      place,
    ),
  );
