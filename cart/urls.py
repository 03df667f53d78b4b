from django.urls import URLPattern, URLResolver, path, re_path

from cart.views import carts, lines

urlpatterns: list[URLPattern | URLResolver] = [
    path("cart/", carts.CartView.as_view(), name="cart"),
    path("cart/lines/", lines.CartLinesView.as_view(), name="cart-lines"),
    # A SKU may hold any character but NUL, which PostgreSQL has no text for.
    re_path(r"^cart/lines/(?P<sku>[^\0]+)/$", lines.CartLineView.as_view(), name="cart-line"),
    path("cart/merge/", carts.CartMergeView.as_view(), name="cart-merge"),
]
