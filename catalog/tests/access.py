"""Who may use the routes of the catalogue (see ecommerce_backend.tests.access.rules)."""

from typing import Final

from ecommerce_backend.tests.access.rules import Rules, everybody, signed_in, staff

_VARIANTS: Final = "/api/v1/staff/products/{product_id}/variants/"
_IMAGES: Final = "/api/v1/staff/products/{product_id}/images/"

ACCESS: Final[Rules] = {
    "GET /api/v1/categories/": everybody(),
    "GET /api/v1/categories/{slug}/": everybody(),
    "GET /api/v1/brands/": everybody(),
    "GET /api/v1/collections/": everybody(),
    "GET /api/v1/collections/{slug}/": everybody(),
    "GET /api/v1/products/": everybody(),
    "GET /api/v1/products/facets/": everybody(),
    "GET /api/v1/products/suggest/": everybody(),
    "GET /api/v1/products/{slug}/": everybody(),
    "GET /api/v1/staff/search-misses/": staff("catalog.view_searchmiss"),
    "GET /api/v1/products/{slug}/related/": everybody(),
    "GET /api/v1/products/{slug}/up-sells/": everybody(),
    "POST /api/v1/guests/back-in-stock/": everybody(),
    "POST /api/v1/guests/back-in-stock/confirmation/": everybody("link_invalid"),
    "POST /api/v1/guests/back-in-stock/withdrawal/": everybody("link_invalid"),
    "GET /account/back-in-stock/": everybody(),
    "POST /account/back-in-stock/": everybody("400"),
    "GET /account/leave-lines/": everybody(),
    "POST /account/leave-lines/": everybody("400"),
    "GET /api/v1/back-in-stock/": signed_in(),
    "POST /api/v1/back-in-stock/": signed_in("available_now"),
    "DELETE /api/v1/back-in-stock/{sku}/": signed_in("not_waited_for"),
    "GET /api/v1/staff/products/": staff("catalog.view_product"),
    "POST /api/v1/staff/products/": staff("catalog.add_product"),
    "GET /api/v1/staff/products/{id}/": staff("catalog.view_product"),
    "PATCH /api/v1/staff/products/{id}/": staff("catalog.change_product"),
    "DELETE /api/v1/staff/products/{id}/": staff("catalog.delete_product", codes=("still_in_use",)),
    "GET /api/v1/staff/products/{id}/links/": staff("catalog.view_product"),
    "PUT /api/v1/staff/products/{id}/links/": staff("catalog.change_product"),
    "GET /api/v1/staff/categories/": staff("catalog.view_category"),
    "POST /api/v1/staff/categories/": staff("catalog.add_category"),
    "GET /api/v1/staff/categories/{id}/": staff("catalog.view_category"),
    "PATCH /api/v1/staff/categories/{id}/": staff("catalog.change_category"),
    "DELETE /api/v1/staff/categories/{id}/": staff(
        "catalog.delete_category", codes=("still_in_use",)
    ),
    "GET /api/v1/staff/brands/": staff("catalog.view_brand"),
    "POST /api/v1/staff/brands/": staff("catalog.add_brand"),
    "GET /api/v1/staff/brands/{id}/": staff("catalog.view_brand"),
    "PATCH /api/v1/staff/brands/{id}/": staff("catalog.change_brand"),
    "DELETE /api/v1/staff/brands/{id}/": staff("catalog.delete_brand", codes=("still_in_use",)),
    "GET /api/v1/staff/attributes/": staff("catalog.view_attribute"),
    "POST /api/v1/staff/attributes/": staff("catalog.add_attribute"),
    "GET /api/v1/staff/attributes/{id}/": staff("catalog.view_attribute"),
    "PATCH /api/v1/staff/attributes/{id}/": staff("catalog.change_attribute"),
    "DELETE /api/v1/staff/attributes/{id}/": staff(
        "catalog.delete_attribute", codes=("still_in_use",)
    ),
    "PUT /api/v1/staff/categories/{id}/position/": staff("catalog.change_category"),
    "GET /api/v1/staff/collections/": staff("catalog.view_collection"),
    "POST /api/v1/staff/collections/": staff("catalog.add_collection"),
    "GET /api/v1/staff/collections/{id}/": staff("catalog.view_collection"),
    "PATCH /api/v1/staff/collections/{id}/": staff("catalog.change_collection"),
    "DELETE /api/v1/staff/collections/{id}/": staff("catalog.delete_collection"),
    "GET /api/v1/staff/collections/{id}/products/": staff("catalog.view_collection"),
    "PUT /api/v1/staff/collections/{id}/products/": staff("catalog.change_collection"),
    "POST /api/v1/staff/price-changes/": staff("catalog.change_price"),
    "GET /api/v1/staff/price-lists/": staff("catalog.view_pricelist"),
    "POST /api/v1/staff/price-lists/": staff("catalog.add_pricelist"),
    "GET /api/v1/staff/price-lists/{id}/": staff("catalog.view_pricelist"),
    "PATCH /api/v1/staff/price-lists/{id}/": staff("catalog.change_pricelist"),
    "DELETE /api/v1/staff/price-lists/{id}/": staff("catalog.delete_pricelist"),
    "GET /api/v1/staff/price-lists/{id}/entries/": staff("catalog.view_pricelistentry"),
    "PUT /api/v1/staff/price-lists/{id}/entries/": staff("catalog.change_pricelistentry"),
    f"GET {_VARIANTS}": staff("catalog.view_productvariant"),
    f"POST {_VARIANTS}": staff("catalog.add_productvariant", "catalog.change_price"),
    f"GET {_VARIANTS}{{id}}/": staff("catalog.view_productvariant"),
    f"PATCH {_VARIANTS}{{id}}/": staff("catalog.change_productvariant", "catalog.change_price"),
    f"DELETE {_VARIANTS}{{id}}/": staff("catalog.delete_productvariant", codes=("variant_in_use",)),
    f"GET {_IMAGES}": staff("catalog.view_productimage"),
    # A form, as with imports.
    f"POST {_IMAGES}": staff("catalog.add_productimage", codes=("invalid",)),
    f"GET {_IMAGES}{{id}}/": staff("catalog.view_productimage"),
    f"PATCH {_IMAGES}{{id}}/": staff("catalog.change_productimage"),
    f"DELETE {_IMAGES}{{id}}/": staff("catalog.delete_productimage"),
    "GET /api/v1/staff/catalog/imports/": staff("catalog.view_catalogimport"),
    # The example of the document is a form, which the drive does not send.
    "POST /api/v1/staff/catalog/imports/": staff("catalog.add_catalogimport", codes=("invalid",)),
    "GET /api/v1/staff/catalog/imports/{id}/": staff("catalog.view_catalogimport"),
    "POST /api/v1/staff/catalog/imports/{id}/attempts/": staff(
        "catalog.add_catalogimport", codes=("import_cannot_go_on",)
    ),
    "GET /api/v1/staff/catalog/imports/{id}/report/": staff("catalog.view_catalogimport"),
    "GET /api/v1/staff/catalog/export/": staff("catalog.view_product", "catalog.view_price"),
    "GET /api/v1/staff/stock/": staff("catalog.view_stock"),
    "POST /api/v1/staff/stock/transfers/": staff("catalog.change_stock"),
    "POST /api/v1/staff/stock/{sku}/adjustments/": staff("catalog.change_stock"),
    "POST /api/v1/staff/stock/{sku}/counts/": staff("catalog.change_stock"),
    "PUT /api/v1/staff/stock/{sku}/terms/": staff("catalog.change_stock"),
    "PUT /api/v1/staff/stock/{sku}/safety-stock/": staff("catalog.change_stock"),
    "GET /api/v1/staff/stock/{sku}/movements/": staff("catalog.view_stockmovement"),
    "GET /api/v1/staff/warehouses/": staff("catalog.view_warehouse"),
    "POST /api/v1/staff/warehouses/": staff("catalog.add_warehouse"),
    "GET /api/v1/staff/warehouses/{id}/": staff("catalog.view_warehouse"),
    "PATCH /api/v1/staff/warehouses/{id}/": staff("catalog.change_warehouse"),
    "DELETE /api/v1/staff/warehouses/{id}/": staff(
        "catalog.delete_warehouse", codes=("warehouse_is_default", "warehouse_in_use")
    ),
}
