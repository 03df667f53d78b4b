from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from users.admin import pending
from users.admin.doors import page_context
from users.admin.forms import BothFactorsForm
from users.models import User
from users.services import second_factors

_BUTTONS = {"codes": "Make new recovery codes", "phone": "Use another phone"}


@method_decorator(sensitive_post_parameters("current_password", "otp"), name="dispatch")
class OwnSecondFactorView(FormView[BothFactorsForm]):
    """/admin/second-factor/own/: new recovery codes, another phone, or the first one."""

    admin_site: AdminSite | None = None
    form_class = BothFactorsForm
    template_name = "admin/own_account.html"
    user: User

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.user = request.user  # type: ignore[assignment]  # admin_view let nobody else in
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.user}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        standing = second_factors.standing_of(self.user)
        left = f"Recovery codes left: {standing.recovery_codes_left}."
        shown = {
            "intro": left if standing.is_active else "You sign in by a password alone.",
            "buttons": _BUTTONS if standing.is_active else {"phone": "Add a second factor"},
        }
        page = page_context(self.admin_site, self.request, title="Second factor")
        return {**super().get_context_data(**context), **page, **shown}

    def form_valid(self, form: BothFactorsForm) -> HttpResponse:
        if "codes" in form.data and self.user.has_second_factor:
            made = second_factors.replace_recovery_codes(user=self.user)
            page = page_context(self.admin_site, self.request, title="Recovery codes")
            shown = {**page, "codes": made, "goal": reverse("admin:index")}
            return render(self.request, "admin/second_factor/recovery_codes.html", shown)
        if self.user.has_second_factor:
            second_factors.remove(user=self.user)
        pending.remember(self.request, self.user, goal=reverse("admin:index"))
        return HttpResponseRedirect(reverse("admin:second-factor-enrolment"))
