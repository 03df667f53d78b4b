/**
 * The steps of the folder "From browsing to review": which operation, what it sends, what must
 * come back, and what is stored for later. The functions run inside Postman.
 */

/** The collection's variables, and what they are before anything ran. */
export const STORED = {
  baseUrl: "http://127.0.0.1:8000",
  accessToken: "",
  staffToken: "",
  catalogueToken: "",
  email: "",
  country: "GB",
  categorySlug: "",
  productSlug: "",
  sku: "",
  cartToken: "",
  addressId: "",
  shippingMethod: "",
  quote: "",
  orderKey: "",
  orderNumber: "",
  orderToken: "",
  reviewId: "",
  productId: "",
  variantId: "",
  imageId: "",
  attributeId: "",
  brandId: "",
  categoryId: "",
  collectionId: "",
  collectionSlug: "",
  customerGroupId: "",
  priceListId: "",
  warehouseId: "",
  importId: "",
};

const first = (answer) => answer.results[0]?.id ?? "";
/** What lists outside the journey hand on to the requests about one of their rows. */
export const HANDED_ON = {
  list_all_products: { productId: first },
  list_variants: { variantId: first },
  list_images: { imageId: first },
  list_attributes: { attributeId: first },
  list_all_brands: { brandId: first },
  list_all_categories: { categoryId: first },
  list_collections: { collectionSlug: (answer) => answer.results[0]?.slug ?? "" },
  list_all_collections: { collectionId: first },
  list_customer_groups: { customerGroupId: first },
  list_price_lists: { priceListId: first },
  list_warehouses: { warehouseId: first },
  list_catalog_imports: { importId: first },
};

const ADDRESS = {
  full_name: "Nora Newcomer",
  line1: "1 Harbour Street",
  city: "London",
  postal_code: "E1 6AN",
  country: "{{country}}",
};
const PLACEMENT = {
  shipping_address: ADDRESS,
  shipping_method: "{{shippingMethod}}",
  quote: "{{quote}}",
};
// A file sent as a form. Written out, for a collection cannot hold a file.
const SHEET = [
  "--sheet",
  'Content-Disposition: form-data; name="file"; filename="nothing-new.csv"',
  "Content-Type: text/csv",
  "",
  "sku,name,price,currency",
  "MUG-OF-THE-COLLECTION,Mug of the collection,23.50,USD",
  "--sheet",
  'Content-Disposition: form-data; name="dry_run"',
  "",
  "true",
  "--sheet--",
  "",
].join("\r\n");
/* global pm */

export const JOURNEY = [
  {
    operation: "list_products",
    name: "Browse what is in stock",
    as: "guest",
    query: { in_stock: "true", page_size: "20" },
    status: 200,
    tests: { "there is something to buy": (answer) => answer.results.length > 0 },
    store: {
      productSlug: (answer) => answer.results[0].slug,
      categorySlug: (answer) => answer.results[0].category.slug,
    },
  },
  {
    operation: "get_product",
    name: "Look at one product",
    as: "guest",
    status: 200,
    store: { sku: (answer) => answer.variants.find((variant) => variant.available > 0).sku },
  },
  {
    operation: "add_cart_line",
    name: "Put it into a guest's cart",
    as: "guest",
    body: { sku: "{{sku}}", quantity: 1 },
    status: 201,
    tests: { "one unit is in the cart": (answer) => answer.item_count === 1 },
    store: {
      cartToken: (answer) => answer.token,
      email: () => pm.variables.replaceIn("nora-{{$guid}}@shop.example"),
    },
  },
  {
    operation: "register_account",
    name: "Register, and take the cart along",
    as: "guest",
    headers: { "X-Cart-Token": "{{cartToken}}" },
    body: { email: "{{email}}", password: "a-harbour-of-ships", first_name: "Nora" },
    status: 201,
    store: { accessToken: (answer) => answer.access },
  },
  {
    operation: "get_cart",
    name: "See the cart in the account",
    status: 200,
    tests: { "the cart came along": (answer) => answer.item_count === 1 },
  },
  {
    operation: "add_address",
    name: "Save an address",
    body: { ...ADDRESS, is_default_shipping: true },
    status: 201,
    tests: { "it is where parcels go": (answer) => answer.is_default_shipping },
    store: { addressId: (answer) => answer.id },
  },
  {
    operation: "list_shipping_methods",
    name: "Choose how it is sent",
    query: { country: "{{country}}" },
    status: 200,
    store: { shippingMethod: (answer) => answer[0].code },
  },
  {
    operation: "quote_checkout",
    name: "Ask what it will cost",
    body: { shipping_address: ADDRESS, shipping_method: "{{shippingMethod}}" },
    status: 200,
    store: {
      quote: (answer) => answer.quote,
      orderKey: () => pm.variables.replaceIn("{{$guid}}"),
    },
  },
  {
    operation: "place_order",
    name: "Place the order",
    headers: { "Idempotency-Key": "{{orderKey}}" },
    body: PLACEMENT,
    status: 201,
    tests: { "it waits for the money": (answer) => answer.status === "pending" },
    store: { orderNumber: (answer) => answer.number },
  },
  {
    operation: "place_order",
    name: "Place it again, as if the answer had been lost",
    headers: { "Idempotency-Key": "{{orderKey}}" },
    body: PLACEMENT,
    status: 201,
    tests: {
      "it is the same order": (answer, stored) => answer.number === stored("orderNumber"),
      "and the shop says so": () => pm.response.headers.get("Idempotent-Replayed") === "true",
    },
  },
  {
    operation: "place_order",
    name: "Be refused another order: the cart is empty",
    body: PLACEMENT,
    status: 409,
    tests: { "the code is cart_empty": (answer) => answer.code === "cart_empty" },
  },
  {
    operation: "start_payment",
    name: "Pay by bank transfer",
    body: { provider: "manual" },
    status: 201,
    tests: { "it says how": (answer) => answer.next_action.type === "instructions" },
  },
  {
    operation: "sign_in",
    name: "Sign in as staff",
    body: { email: "{{staffEmail}}", password: "{{staffPassword}}" },
    status: 200,
    store: { staffToken: (answer) => answer.access },
  },
  {
    operation: "capture_payment",
    name: "Find the money on the bank statement",
    body: { reference: "{{orderNumber}}" },
    status: 201,
    tests: { "it is captured": (answer) => answer.status === "captured" },
  },
  {
    operation: "ship_order",
    name: "Send the parcel",
    headers: { "Idempotency-Key": "{{$guid}}" },
    body: { carrier: "Harbour Post", tracking_number: "HP123456789GB" },
    status: 201,
  },
  {
    operation: "deliver_shipments",
    name: "Note that it arrived",
    headers: { "Idempotency-Key": "{{$guid}}" },
    body: {},
    status: 201,
  },
  {
    operation: "get_order",
    name: "See where the order is",
    status: 200,
    tests: {
      "it is completed": (answer) => answer.status === "completed",
      "it is paid": (answer) => answer.payment_status === "paid",
    },
  },
  {
    operation: "write_review",
    name: "Review the product",
    body: { rating: 5, title: "Sturdy", text: "Came quickly and does what it should." },
    status: 201,
    tests: { "the purchase is verified": (answer) => answer.verified_purchase },
    store: { reviewId: (answer) => answer.id },
  },
  {
    operation: "sign_in",
    name: "Sign in as whoever keeps the catalogue",
    body: { email: "{{catalogueEmail}}", password: "{{cataloguePassword}}" },
    status: 200,
    store: { catalogueToken: (answer) => answer.access },
  },
  {
    operation: "start_catalog_import",
    name: "Try an import, which changes nothing",
    headers: { "Content-Type": "multipart/form-data; boundary=sheet" },
    raw: SHEET,
    status: 202,
    tests: { "it is a dry run": (answer) => answer.is_dry_run },
    store: { importId: (answer) => answer.id },
  },
];
