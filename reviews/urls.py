from django.urls import URLPattern, URLResolver, path

from reviews.views.own import OwnReviewViewSet
from reviews.views.products import ProductReviewsViewSet
from reviews.views.staff import StaffReviewViewSet

urlpatterns: list[URLPattern | URLResolver] = [
    path(
        "products/<slug:slug>/reviews/",
        ProductReviewsViewSet.as_view({"get": "list", "post": "create"}),
        name="product-reviews",
    ),
    path(
        "products/<slug:slug>/reviews/summary/",
        ProductReviewsViewSet.as_view({"get": "summary"}),
        name="product-reviews-summary",
    ),
    path(
        "reviews/<int:pk>/",
        OwnReviewViewSet.as_view({"patch": "partial_update", "delete": "destroy"}),
        name="review",
    ),
    path("users/me/reviews/", OwnReviewViewSet.as_view({"get": "list"}), name="my-reviews"),
    path("staff/reviews/", StaffReviewViewSet.as_view({"get": "list"}), name="staff-reviews"),
    path(
        "staff/reviews/<int:pk>/decision/",
        StaffReviewViewSet.as_view({"put": "decision"}),
        name="staff-review-decision",
    ),
]
