/**
 * Buy something, from the first look to the review, with a client that is typed by the document.
 *
 *     node build/journey.js http://127.0.0.1:8000 --staff orders@shop.example --password …
 *
 * Ends with 0, or with the first step that did not do what it must. Nothing here says what an
 * answer looks like: the compiler knows it from `schema.ts`, which is generated.
 */

import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";

import createClient, { type Client } from "openapi-fetch";

import type { components, paths } from "./schema.js";

type Schemas = components["schemas"];
type Shop = Client<paths>;

const UNITS = 2;
const PATIENCE_SECONDS = 30;
const ADDRESS = {
  full_name: "Nora Newcomer",
  line1: "1 Harbour Street",
  city: "London",
  postal_code: "E1 6AN",
  country: "GB",
} satisfies Schemas["PostalAddressRequest"];

class Unexpected extends Error {}

/** What a call of openapi-fetch comes back with. */
interface Answer<Body> {
  data?: Body;
  error?: { code: string; detail: string } | undefined;
  response: Response;
}

/** Somebody who is in the shop: a client, and what they were given to show again. */
class Visitor {
  readonly api: Shop;
  private readonly shown = new Map<string, string>();

  constructor(baseUrl: string) {
    this.api = createClient<paths>({ baseUrl });
    this.api.use({
      onRequest: ({ request }) => {
        this.shown.forEach((value, name) => request.headers.set(name, value));
        return request;
      },
      onResponse: ({ response }) => {
        const token = response.headers.get("X-Cart-Token");
        if (token) this.shown.set("X-Cart-Token", token);
      },
    });
  }

  signedIn({ access }: Schemas["SignedIn"]): void {
    this.shown.set("Authorization", `Bearer ${access}`);
    this.shown.delete("X-Cart-Token");
  }
}

async function travel(baseUrl: string, staff: Schemas["SignInRequest"]): Promise<void> {
  const customer = new Visitor(baseUrl);
  const { slug, sku } = await browse(customer.api);
  await fillCart(customer.api, sku);
  await register(customer);
  const placement = await checkOut(customer.api);
  const order = await placeOrder(customer.api, placement);
  await pay(customer.api, order);

  const clerk = new Visitor(baseUrl);
  clerk.signedIn(answered("sign in", await clerk.api.POST("/api/v1/auth/login/", { body: staff })));
  await ship(clerk.api, order);
  const shipped = answered(
    "the order",
    await customer.api.GET("/api/v1/orders/{number}/", {
      params: { path: { number: order.number } },
    }),
  );
  check(shipped.fulfillment_status === "fulfilled", "the customer sees that it was delivered");

  await review(customer.api, slug);
  await refusals(customer.api, placement);
}

async function browse(shop: Shop): Promise<{ slug: string; sku: string }> {
  const { results } = answered(
    "browse",
    await shop.GET("/api/v1/products/", { params: { query: { in_stock: true, page_size: 50 } } }),
  );
  for (const { slug, name } of results) {
    const found = answered(
      "search",
      await shop.GET("/api/v1/products/", { params: { query: { search: name } } }),
    );
    check(found.results.some((card) => card.slug === slug), `the search finds ${name}`);
    const product = await look(shop, slug);
    const variant = product.variants.find(({ available, price }) => price && available >= UNITS);
    if (variant) return { slug, sku: variant.sku };
  }
  throw new Unexpected("nothing on the first page can be bought twice");
}

async function look(shop: Shop, slug: string): Promise<Schemas["ProductDetail"]> {
  return answered(
    "the product",
    await shop.GET("/api/v1/products/{slug}/", { params: { path: { slug } } }),
  );
}

async function fillCart(shop: Shop, sku: string): Promise<void> {
  const added = await shop.POST("/api/v1/cart/lines/", { body: { sku, quantity: 1 } });
  check(answered("add to the cart", added).item_count === 1, "a guest has a cart with one unit");
  const changed = await shop.PUT("/api/v1/cart/lines/{sku}/", {
    params: {
      path: { sku },
      header: { "If-Match": added.response.headers.get("ETag") ?? "" },
    },
    body: { quantity: UNITS },
  });
  check(answered("change the cart", changed).item_count === UNITS, `now with ${UNITS}`);
}

async function register(customer: Visitor): Promise<void> {
  const email = `nora-${randomUUID()}@shop.example`;
  const account = { email, password: "a-harbour-of-ships", first_name: "Nora" };
  const registered = answered(
    "register",
    await customer.api.POST("/api/v1/auth/register/", { body: account }),
  );
  if (!("access" in registered)) {
    throw new Error(`the shop wants the address confirmed first: ${registered.detail}`);
  }
  customer.signedIn(registered);
  const cart = answered("the cart", await customer.api.GET("/api/v1/cart/"));
  check(cart.item_count === UNITS, "the cart followed into the account");
}

async function checkOut(shop: Shop): Promise<Schemas["PlaceOrderRequest"]> {
  const saved = { ...ADDRESS, is_default_shipping: true };
  const home = answered(
    "save the address",
    await shop.POST("/api/v1/users/me/addresses/", { body: saved }),
  );
  check(home.is_default_shipping, "the address is in the address book");
  const methods = answered(
    "shipping methods",
    await shop.GET("/api/v1/shipping-methods/", { params: { query: { country: home.country } } }),
  );
  const chosen = methods.at(-1);
  if (!chosen) throw new Unexpected(`nothing is shipped to ${home.country}`);
  const quote = answered(
    "quote",
    await shop.POST("/api/v1/checkout/quote/", {
      body: { shipping_address: ADDRESS, shipping_method: chosen.code },
    }),
  );
  check(quote.shipping_total === chosen.amount, `${chosen.name} costs ${quote.shipping_total}`);
  return { shipping_address: ADDRESS, shipping_method: quote.shipping_method, quote: quote.quote };
}

/** Place the order, and again with the same key, as a client does that heard no answer. */
async function placeOrder(
  shop: Shop,
  body: Schemas["PlaceOrderRequest"],
): Promise<Schemas["PlacedOrder"]> {
  const params = { header: { "Idempotency-Key": randomUUID() } };
  const order = answered("order", await shop.POST("/api/v1/orders/", { params, body }));
  const again = answered("order again", await shop.POST("/api/v1/orders/", { params, body }));
  check(again.number === order.number, `one order was placed, ${order.number}`);
  return order;
}

async function pay(shop: Shop, { number, total }: Schemas["PlacedOrder"]): Promise<void> {
  const payment = answered(
    "pay",
    await shop.POST("/api/v1/orders/{number}/payments/", {
      params: { path: { number }, header: { "Idempotency-Key": randomUUID() } },
      body: { provider: "manual" },
    }),
  );
  check(payment.amount === total, `the shop asks for ${payment.amount} ${payment.currency}`);
  check(payment.next_action?.type === "instructions", "it says how to transfer the money");
}

async function ship(staff: Shop, { number }: Schemas["PlacedOrder"]): Promise<void> {
  const params = () => ({ path: { number }, header: { "Idempotency-Key": randomUUID() } });
  const captured = answered(
    "capture",
    await staff.POST("/api/v1/staff/orders/{number}/captures/", { params: params(), body: {} }),
  );
  check(captured.status === "captured", "staff found the money on the bank statement");
  const parcel = { carrier: "Harbour Post", tracking_number: "HP123456789GB" };
  const shipment = answered(
    "ship",
    await staff.POST("/api/v1/staff/orders/{number}/shipments/", {
      params: params(),
      body: parcel,
    }),
  );
  check(shipment.lines.length === 1, "the parcel is on its way");
  answered(
    "deliver",
    await staff.POST("/api/v1/staff/orders/{number}/deliveries/", {
      params: params(),
      body: { shipment: shipment.id },
    }),
  );
}

async function review(shop: Shop, slug: string): Promise<void> {
  const before = (await look(shop, slug)).review_count;
  const written = answered(
    "review",
    await shop.POST("/api/v1/products/{slug}/reviews/", {
      params: { path: { slug } },
      body: { rating: 5, title: "Sturdy", text: "Came quickly and does what it should." },
    }),
  );
  check(written.verified_purchase, "the review counts as a verified purchase");
  const deadline = Date.now() + PATIENCE_SECONDS * 1000;
  while ((await look(shop, slug)).review_count !== before + 1) {
    if (Date.now() > deadline) throw new Unexpected("the review does not show");
    await pause(200);
  }
  check(true, "the review shows on the product");
}

/** What went wrong is told by `code`; a code that cannot come would not compile. */
async function refusals(shop: Shop, body: Schemas["PlaceOrderRequest"]): Promise<void> {
  const params = { header: { "Idempotency-Key": randomUUID() } };
  const { error: empty } = await shop.POST("/api/v1/orders/", { params, body });
  check(empty?.code === "cart_empty", "an empty cart makes no order");

  const wrong = { email: "nobody@shop.example", password: "not-the-password" };
  const { error: stranger } = await shop.POST("/api/v1/auth/login/", { body: wrong });
  check(stranger?.code === "invalid_credentials", "a stranger is not let in");

  const { error: invalid } = await shop.POST("/api/v1/cart/lines/", {
    body: { sku: "NO-SUCH-THING", quantity: 1000 },
  });
  check(invalid?.code === "invalid", "a thousand units are refused");
  const pointers = invalid?.errors?.map((fault) => fault.pointer);
  check(pointers?.includes("/quantity"), "and the refusal points at the quantity");
}

function answered<Body>(step: string, { data, error, response }: Answer<Body>): Body {
  if (data !== undefined) return data;
  throw new Unexpected(`${step}: ${response.status} ${error?.code}: ${error?.detail}`);
}

function check(holds: boolean | undefined, what: string): void {
  if (!holds) throw new Unexpected(`it is not so that ${what}`);
  console.log(`  ✓ ${what}`);
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { staff: { type: "string" }, password: { type: "string" } },
  });
  const [baseUrl] = positionals;
  const { staff = "orders@shop.example", password } = values;
  if (!baseUrl || !password) throw new Unexpected("give the shop's address and --password");
  await travel(baseUrl, { email: staff, password });
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof Unexpected)) throw error;
  console.error(`  ✗ ${error.message}`);
  process.exitCode = 1;
}
