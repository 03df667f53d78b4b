from django.urls import URLPattern, URLResolver, path, re_path
from rest_framework.routers import SimpleRouter

from catalog.views import stock
from catalog.views.brands import BrandViewSet
from catalog.views.categories import CategoryViewSet
from catalog.views.products import ProductViewSet

router = SimpleRouter(use_regex_path=False)
router.register("categories", CategoryViewSet, basename="category")
router.register("brands", BrandViewSet, basename="brand")
router.register("products", ProductViewSet, basename="product")

# A SKU may hold any character but NUL, which PostgreSQL has no text for.
_SKU = r"^staff/stock/(?P<sku>[^\0]+)"

urlpatterns: list[URLPattern | URLResolver] = [
    *router.urls,
    path("staff/stock/", stock.StockListView.as_view(), name="staff-stock"),
    re_path(
        rf"{_SKU}/adjustments/$",
        stock.StockAdjustmentsView.as_view(),
        name="staff-stock-adjustments",
    ),
    re_path(
        rf"{_SKU}/movements/$", stock.StockMovementsView.as_view(), name="staff-stock-movements"
    ),
]
