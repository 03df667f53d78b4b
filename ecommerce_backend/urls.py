from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.static import serve

from ecommerce_backend import csp_reports, health, pages, security_txt
from ecommerce_backend.metrics.page import metrics
from ecommerce_backend.schema_view import SchemaView

api: list[URLPattern | URLResolver] = [
    path("schema/", SchemaView.as_view(), name="schema"),
    path("", include("users.urls")),
    path("", include("catalog.urls")),
    path("", include("cart.urls")),
    path("", include("orders.urls")),
    path("", include("reviews.urls")),
]
urlpatterns = [
    path("", pages.landing, name="landing"),
    path("favicon.ico", pages.favicon),
    path(security_txt.PATH, security_txt.security_txt),
    path("api/v1/", include(api)),
    path("api/docs/", pages.swagger, name="swagger"),
    path("api/redoc/", pages.redoc, name="redoc"),
    path("health/", health.ready),
    path("health/ready/", health.ready, name="ready"),
    path("health/live/", health.live, name="live"),
    path(settings.METRICS_PATH.lstrip("/"), metrics, name="metrics"),
    path(settings.CSP_REPORTS_PATH.lstrip("/"), csp_reports.collect),
    path("account/", include("users.page_urls")),
    path("account/", include("catalog.page_urls")),
    path("sandbox/", include("orders.sandbox_urls")),
    path("admin/", admin.site.urls),
]
if settings.SERVE_MEDIA:
    urlpatterns.append(
        # No name of ours is longer, and the file system breaks off at 255 bytes.
        re_path(
            r"^media/(?P<path>[A-Za-z0-9_./-]{1,200})$",
            serve,
            {"document_root": settings.MEDIA_ROOT},
        )
    )

handler400 = "ecommerce_backend.common.problems.bad_request"
handler403 = "ecommerce_backend.common.problems.permission_denied"
handler404 = "ecommerce_backend.common.problems.not_found"
handler500 = "ecommerce_backend.common.problems.server_error"
