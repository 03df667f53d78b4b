"""The staff's workplace: Django admin under the shop's own name."""

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig


class ShopAdminSite(AdminSite):
    @property
    def site_header(self) -> str:  # type: ignore[override]
        return f"{settings.STORE_NAME} – staff"

    @property
    def site_title(self) -> str:  # type: ignore[override]
        return settings.STORE_NAME

    index_title = "What needs doing"


class ShopAdminConfig(AdminConfig):
    default_site = "ecommerce_backend.admin_site.ShopAdminSite"
