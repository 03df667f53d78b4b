"""The staff's workplace: Django admin under the shop's own name."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.admin.apps import AdminConfig
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
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

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        careful = import_string("ecommerce_backend.careful_admin.careful")
        super().register(model_or_iterable, careful(admin_class or ModelAdmin), **options)

    def has_permission(self, request: HttpRequest) -> bool:
        may_enter = import_string("users.selectors.may_enter_admin")
        user = request.user
        return user.is_authenticated and may_enter(user) and not _is_a_factor_short(user)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Refuse who is signed in and has lost the role, rather than ask for another password.

        Whoever needs a second factor by now is asked for the password, and then led on to that.
        """
        may_enter = import_string("users.selectors.may_enter_admin")
        if self.has_permission(request) and request.method == "GET":
            return HttpResponseRedirect(reverse("admin:index"))
        if request.user.is_authenticated and not self.has_permission(request):
            has_lost_the_role = not may_enter(request.user)
            logout(request)
            if has_lost_the_role:
                raise PermissionDenied
        view = import_string("users.admin.doors.PasswordView")
        return view.as_view(admin_site=self, extra_context=extra_context)(request)  # type: ignore[no-any-return]

    def get_urls(self) -> list[Any]:
        """Add what comes between the password and the admin's pages."""
        doors = {
            "second-factor": "users.admin.doors.CodeView",
            "second-factor/enrolment": "users.admin.doors.EnrolmentView",
        }
        pages = [
            path(
                f"{place}/",
                import_string(view).as_view(admin_site=self),
                name=place.replace("/", "-"),
            )
            for place, view in doors.items()
        ]
        own = import_string("users.admin.own_second_factor.OwnSecondFactorView")
        own_page = self.admin_view(own.as_view(admin_site=self))
        pages.append(path("second-factor/own/", own_page, name="own-second-factor"))
        return [*pages, *super().get_urls()]

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Let staff change their own password, and end their other sessions by it."""
        view = import_string("django.contrib.auth.views.PasswordChangeView")
        return view.as_view(  # type: ignore[no-any-return]
            form_class=import_string("users.admin.forms.ChangeOwnPasswordForm"),
            template_name="admin/own_account.html",
            success_url=reverse("admin:password_change_done"),
            extra_context={
                **self.each_context(request),
                "title": "Change my password",
                "buttons": {"change": "Change my password"},
                **(extra_context or {}),
            },
        )(request)

    index_title = "What needs doing"
    enable_nav_sidebar = False  # lists of orders and products want the width


def _is_a_factor_short(user: Any) -> bool:
    return settings.STAFF_MFA == "required" and not user.has_second_factor


class ShopAdminConfig(AdminConfig):
    default_site = "ecommerce_backend.admin_site.ShopAdminSite"
