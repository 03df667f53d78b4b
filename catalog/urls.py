from django.urls import URLPattern, URLResolver, path, re_path
from rest_framework.routers import SimpleRouter

from catalog.views import back_in_stock, guests_in_line, stock, stock_bookings, stock_terms
from catalog.views.brands import BrandViewSet
from catalog.views.categories import CategoryViewSet
from catalog.views.curated import CollectionViewSet
from catalog.views.products import ProductViewSet
from catalog.views.related import RelatedProductsView, UpSellsView
from catalog.views.search_misses import SearchMissesView
from catalog.views.staff_attributes import StaffAttributeViewSet
from catalog.views.staff_collections import StaffCollectionViewSet
from catalog.views.staff_images import StaffImageViewSet
from catalog.views.staff_imports import (
    CatalogExportView,
    CatalogImportViewSet,
    ImportAttemptsView,
    ImportReportView,
)
from catalog.views.staff_links import StaffProductLinksViewSet
from catalog.views.staff_price_lists import PriceListEntryViewSet, StaffPriceListViewSet
from catalog.views.staff_products import StaffProductViewSet
from catalog.views.staff_repricing import PriceChangesView
from catalog.views.staff_shelves import StaffBrandViewSet, StaffCategoryViewSet
from catalog.views.staff_variants import StaffVariantViewSet
from catalog.views.warehouses import WarehouseViewSet

router = SimpleRouter(use_regex_path=False)
router.register("categories", CategoryViewSet, basename="category")
router.register("brands", BrandViewSet, basename="brand")
router.register("collections", CollectionViewSet, basename="collection")
router.register("products", ProductViewSet, basename="product")
router.register("staff/products", StaffProductViewSet, basename="staff-product")
router.register(
    "staff/products/<int:product_id>/variants", StaffVariantViewSet, basename="staff-variant"
)
router.register("staff/products/<int:product_id>/images", StaffImageViewSet, basename="staff-image")
router.register("staff/catalog/imports", CatalogImportViewSet, basename="staff-import")
router.register("staff/categories", StaffCategoryViewSet, basename="staff-category")
router.register("staff/brands", StaffBrandViewSet, basename="staff-brand")
router.register("staff/attributes", StaffAttributeViewSet, basename="staff-attribute")
router.register("staff/collections", StaffCollectionViewSet, basename="staff-collection")
router.register("staff/price-lists", StaffPriceListViewSet, basename="staff-price-list")
router.register("staff/warehouses", WarehouseViewSet, basename="staff-warehouse")

# A SKU may hold any character but NUL, which PostgreSQL has no text for.
_SKU = r"^staff/stock/(?P<sku>[^\0]+)"

urlpatterns: list[URLPattern | URLResolver] = [
    *router.urls,
    path("products/<slug:slug>/related/", RelatedProductsView.as_view(), name="product-related"),
    path("products/<slug:slug>/up-sells/", UpSellsView.as_view(), name="product-up-sells"),
    path(
        "staff/products/<int:pk>/links/",
        StaffProductLinksViewSet.as_view({"get": "retrieve", "put": "update"}),
        name="staff-product-links",
    ),
    path(
        "staff/price-lists/<int:pk>/entries/",
        PriceListEntryViewSet.as_view({"get": "list", "put": "put"}),
        name="staff-price-list-entries",
    ),
    path("staff/price-changes/", PriceChangesView.as_view(), name="staff-price-changes"),
    path("staff/search-misses/", SearchMissesView.as_view(), name="staff-search-misses"),
    path(
        "staff/catalog/imports/<int:pk>/attempts/",
        ImportAttemptsView.as_view(),
        name="staff-import-attempts",
    ),
    path(
        "staff/catalog/imports/<int:pk>/report/",
        ImportReportView.as_view(),
        name="staff-import-report",
    ),
    path("staff/catalog/export/", CatalogExportView.as_view(), name="staff-catalog-export"),
    path(
        "staff/categories/<int:pk>/position/",
        StaffCategoryViewSet.as_view({"put": "place"}),
        name="staff-category-position",
    ),
    path(
        "staff/collections/<int:pk>/products/",
        StaffCollectionViewSet.as_view({"get": "products", "put": "arrange"}),
        name="staff-collection-products",
    ),
    path(
        "guests/back-in-stock/",
        guests_in_line.GuestBackInStockView.as_view(),
        name="guest-back-in-stock",
    ),
    path(
        "guests/back-in-stock/confirmation/",
        guests_in_line.GuestConfirmationView.as_view(),
        name="guest-back-in-stock-confirmation",
    ),
    path(
        "guests/back-in-stock/withdrawal/",
        guests_in_line.GuestWithdrawalView.as_view(),
        name="guest-back-in-stock-withdrawal",
    ),
    path("back-in-stock/", back_in_stock.BackInStockView.as_view(), name="back-in-stock"),
    re_path(
        r"^back-in-stock/(?P<sku>[^\0]+)/$",
        back_in_stock.BackInStockOfSkuView.as_view(),
        name="back-in-stock-sku",
    ),
    path("staff/stock/", stock.StockListView.as_view(), name="staff-stock"),
    path(
        "staff/stock/transfers/",
        stock_bookings.StockTransfersView.as_view(),
        name="staff-stock-transfers",
    ),
    re_path(
        rf"{_SKU}/adjustments/$",
        stock_bookings.StockAdjustmentsView.as_view(),
        name="staff-stock-adjustments",
    ),
    re_path(
        rf"{_SKU}/counts/$", stock_bookings.StockCountsView.as_view(), name="staff-stock-counts"
    ),
    re_path(rf"{_SKU}/terms/$", stock_terms.StockTermsView.as_view(), name="staff-stock-terms"),
    re_path(
        rf"{_SKU}/safety-stock/$",
        stock_terms.SafetyStockView.as_view(),
        name="staff-safety-stock",
    ),
    re_path(
        rf"{_SKU}/movements/$", stock.StockMovementsView.as_view(), name="staff-stock-movements"
    ),
]
