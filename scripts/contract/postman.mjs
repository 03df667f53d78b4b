/**
 * Make the Postman collection from the OpenAPI document; the same document gives the same bytes.
 *
 *     node scripts/contract/postman.mjs docs/openapi.yml docs/nexus.postman_collection.json
 */

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";

import converter from "openapi-to-postmanv2";
import { parse } from "yaml";

import { HANDED_ON, JOURNEY, STORED } from "./postman_journey.mjs";

const METHODS = ["get", "put", "post", "patch", "delete"];
const OPTIONS = {
  folderStrategy: "Tags",
  parametersResolution: "Example",
  enableOptionalParameters: false,
  includeAuthInfoInExample: false,
};
// What was stored along the way is sent in the place of the document's examples.
const VALUES = {
  "Idempotency-Key": "{{$guid}}",
  "X-Cart-Token": "{{cartToken}}",
  "X-Order-Token": "{{orderToken}}",
  country: "{{country}}",
  "addresses/id": "{{addressId}}",
  "attributes/id": "{{attributeId}}",
  "brands/id": "{{brandId}}",
  "categories/id": "{{categoryId}}",
  "categories/slug": "{{categorySlug}}",
  "collections/id": "{{collectionId}}",
  "collections/slug": "{{collectionSlug}}",
  "customer-groups/id": "{{customerGroupId}}",
  "images/id": "{{imageId}}",
  "imports/id": "{{importId}}",
  "lines/sku": "{{sku}}",
  "orders/number": "{{orderNumber}}",
  "price-lists/id": "{{priceListId}}",
  "products/id": "{{productId}}",
  "products/product_id": "{{productId}}",
  "products/slug": "{{productSlug}}",
  "reviews/id": "{{reviewId}}",
  "stock/sku": "{{sku}}",
  "variants/id": "{{variantId}}",
  "warehouses/id": "{{warehouseId}}",
};
const OF_THE_CATALOGUE = ["staff_catalog", "staff_stock"];

/** List what the document offers as [operation, path, method]. */
function operations({ paths }) {
  return Object.entries(paths).flatMap(([path, item]) =>
    METHODS.filter((method) => method in item).map((method) => [item[method], path, method]),
  );
}

/** Leave out what is noise in Postman: refusals, headers of answers, request ids. */
function trim(document) {
  for (const [operation, path] of operations(document)) {
    operation.responses = Object.fromEntries(
      Object.entries(operation.responses)
        .filter(([status]) => status.startsWith("2"))
        .map(([status, response]) => [status, shown(response)]),
    );
    operation.parameters = operation.parameters
      .map((parameter) => whole(document, parameter))
      .filter(({ name }) => name !== "X-Request-ID")
      .map(({ example, examples, ...stated }) => ({
        ...stated,
        example: storedFor(stated, path) ?? example ?? exampleOf(examples, stated.schema),
      }));
  }
}

/** Fix what a form holds as its example has it: the converter would throw dice. */
function fixForms(document) {
  for (const [{ requestBody }] of operations(document)) {
    const form = requestBody?.content["multipart/form-data"];
    if (!form) continue;
    form.schema = structuredClone(whole(document, form.schema));
    const [{ value: shown }] = Object.values(form.examples);
    for (const [name, stated] of Object.entries(form.schema.properties)) {
      const { allOf = [], ...own } = stated;
      const member = Object.assign({}, ...allOf.map((part) => whole(document, part)), own);
      if (member.format === "binary") continue;
      const example = shown[name] ?? member.default ?? exampleOf(undefined, member);
      form.schema.properties[name] = { ...member, example };
    }
  }
}

function whole(document, { $ref, ...stated }) {
  return $ref ? resolve(document, $ref) : stated;
}

/** Keep of an answer what the document shows; the converter would throw dice for the rest. */
function shown({ description, content = {} }) {
  const isShown = Object.values(content).some((media) => "example" in media || "examples" in media);
  return isShown ? { description, content } : { description };
}

/** Name the variable that stands in for a parameter: `{slug}` is of whatever stands before it. */
function storedFor({ name, in: place }, path) {
  if (place !== "path") return VALUES[name];
  const parts = path.split("/");
  return VALUES[`${parts[parts.indexOf(`{${name}}`) - 1]}/${name}`];
}

function resolve(document, reference) {
  const place = reference.slice("#/".length).split("/");
  return place.reduce((part, name) => part[name], document);
}

/** Choose the value of a parameter that has none, so that the same one is chosen next time. */
function exampleOf(examples, { default: usual, enum: choices, examples: values }) {
  return Object.values(examples ?? {})[0]?.value ?? values?.[0] ?? usual ?? choices?.[0] ?? "";
}

async function converted(document) {
  const convert = promisify(converter.convertV2.bind(converter));
  const { result, reason, output } = await convert({ type: "json", data: document }, OPTIONS);
  if (!result) throw new Error(reason);
  return output[0].data;
}

/** Map each operation's id to the request made of it. */
function requestsById(document, collection) {
  const ids = new Map(
    operations(document).map(([operation, path, method]) => [
      `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ":$1")}`,
      operation.operationId,
    ]),
  );
  return new Map(
    collection.item
      .flatMap((folder) => folder.item)
      .map((item) => [ids.get(`${item.request.method} /${item.request.url.path.join("/")}`), item]),
  );
}

/** Let a request accept every answer, carry the token of whoever may ask, and hand on ids. */
function fill(item, operation) {
  const { request } = item;
  request.header = (request.header ?? []).filter(({ key }) => key !== "Accept");
  request.auth = authFor(operation, request);
  if (request.auth === undefined) delete request.auth;
  const handedOn = HANDED_ON[operation.operationId];
  if (handedOn) item.event = [afterwards([ANSWER, ...storing(handedOn)])];
}

function authFor({ security = [], tags }, { url }) {
  if (!security.some((scheme) => "bearer" in scheme)) return { type: "noauth" };
  if (!url.path.includes("staff")) return undefined;
  return bearer(tags.some((tag) => OF_THE_CATALOGUE.includes(tag)) ? "catalogueToken" : "staffToken");
}

function bearer(variable) {
  return { type: "bearer", bearer: [{ key: "token", value: `{{${variable}}}`, type: "string" }] };
}

/** Copy an operation's request into the journey, with what this step sends and expects. */
function step(requests, { operation, name, as, query = {}, headers = {}, body, raw, ...checks }) {
  const item = structuredClone(requests.get(operation));
  if (!item) throw new Error(`the document has no operation ${operation}`);
  const { request } = item;
  item.response = [];
  item.name = request.name = name;
  if (as === "guest") request.auth = { type: "noauth" };
  for (const header of request.header.filter(({ key }) => key in headers)) {
    Object.assign(header, { value: headers[header.key], disabled: false });
  }
  request.url.query = Object.entries(query).map(([key, value]) => ({ key, value }));
  if (body) request.body.raw = JSON.stringify(body, null, 2);
  if (raw) request.body = { mode: "raw", raw };
  item.event = [afterwards(script(checks))];
  return item;
}

const ANSWER = "const answer = pm.response.text() ? pm.response.json() : {};";

/** Let Postman run these lines after the answer has come. */
function afterwards(exec) {
  return { listen: "test", script: { type: "text/javascript", exec } };
}

function storing(store) {
  return Object.entries(store).map(
    ([variable, value]) => `pm.collectionVariables.set("${variable}", (${value})(answer));`,
  );
}

/** Write what is looked at in the answer to a step, and what is kept of it. */
function script({ status, tests = {}, store = {} }) {
  const stored = "const stored = (name) => pm.collectionVariables.get(name);";
  return [
    `pm.test("answers ${status}", () => pm.response.to.have.status(${status}));`,
    ANSWER,
    ...(Object.keys(tests).length ? [stored] : []),
    ...Object.entries(tests).map(
      ([what, holds]) =>
        `pm.test("${what}", () => pm.expect((${holds})(answer, stored)).to.be.true);`,
    ),
    ...storing(store),
  ];
}

/** Give everything an id that follows from where it stands, so that nothing changes by itself. */
function fixIds(items, place) {
  items.forEach((item, index) => {
    const here = `${place}/${index}/${item.name}`;
    item.id = uuid(here);
    fixIds(item.item ?? item.response ?? [], here);
  });
}

function uuid(name) {
  const hex = createHash("sha256").update(name).digest("hex");
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, "$1-$2-8$3-8$4-$5");
}

async function main([source, target]) {
  const document = parse(readFileSync(source, "utf8"));
  trim(document);
  fixForms(document);
  const collection = await converted(structuredClone(document));
  const requests = requestsById(document, collection);
  for (const [operation] of operations(document)) {
    fill(requests.get(operation.operationId), operation);
  }
  collection.item.unshift({
    name: "From browsing to review",
    description: "Run it as a whole; each request hands on what the next ones need.",
    item: JOURNEY.map((wanted) => step(requests, wanted)),
  });
  collection.auth = bearer("accessToken");
  collection.variable = Object.entries(STORED).map(([key, value]) => ({ key, value }));
  collection.info._postman_id = uuid(collection.info.name);
  delete collection.event;
  fixIds(collection.item, collection.info.name);
  writeFileSync(target, `${JSON.stringify(collection, null, 2)}\n`);
}

await main(process.argv.slice(2));
