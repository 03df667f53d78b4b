"""The staff's workplace: Django admin under the shop's own name."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.utils.module_loading import import_string

if TYPE_CHECKING:  # Django reads this file before there are models
    from django.contrib.auth.forms import AuthenticationForm


class ShopAdminSite(AdminSite):
    @property
    def site_header(self) -> str:  # type: ignore[override]
        return f"{settings.STORE_NAME} – staff"

    @property
    def site_title(self) -> str:  # type: ignore[override]
        return settings.STORE_NAME

    @property
    def login_form(self) -> "type[AuthenticationForm]":  # type: ignore[override]
        form: type[AuthenticationForm] = import_string("users.admin.sign_in.SignInForm")
        return form

    index_title = "What needs doing"
    enable_nav_sidebar = False  # lists of orders and products want the width


class ShopAdminConfig(AdminConfig):
    default_site = "ecommerce_backend.admin_site.ShopAdminSite"
