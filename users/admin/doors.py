"""The admin's doors: the password, then a code, or for who has none yet the way to get one."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from ecommerce_backend.common.client_address import client_address
from ecommerce_backend.common.errors import DomainError
from users.admin import pending
from users.admin.forms import CodeField
from users.admin.pending import Pending
from users.admin.sign_in import SignInForm
from users.models import User
from users.services import codes, second_factors
from users.services.codes import WrongCode
from users.services.second_factors import Enrolment
from users.services.sessions import InvalidCredentials


class PasswordView(LoginView):
    """/admin/login/: ask for the password, and lead on to what else it takes."""

    admin_site: AdminSite | None = None
    authentication_form = SignInForm
    template_name = "admin/login.html"

    def get_default_redirect_url(self) -> str:
        return reverse("admin:index")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**context),
            **page_context(self.admin_site, self.request, title="Log in"),
            self.redirect_field_name: self.get_success_url(),
            "username": self.request.user.get_username(),
        }

    def form_valid(self, form: Any) -> HttpResponse:
        user: User = form.get_user()
        goal = self.get_success_url()
        if user.has_second_factor:
            pending.remember(self.request, user, goal=goal)
            return HttpResponseRedirect(reverse("admin:second-factor"))
        if settings.STAFF_MFA == "required":
            pending.remember(self.request, user, goal=goal)
            return HttpResponseRedirect(reverse("admin:second-factor-enrolment"))
        pending.enter(self.request, user)
        return HttpResponseRedirect(goal)


class CodeForm(forms.Form):
    otp = CodeField()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["otp"].widget.attrs["autofocus"] = True


@method_decorator([never_cache, sensitive_post_parameters("otp")], name="dispatch")
class _SecondDoor(FormView[CodeForm]):
    """A page for whoever has given the password; everybody else is sent to give it."""

    admin_site: AdminSite | None = None
    form_class = CodeForm
    title: ClassVar[str]
    user: User
    pending: Pending

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        found = pending.of(request)
        if found is None:
            return HttpResponseRedirect(reverse("admin:login"))
        self.user, self.pending = found
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        page = page_context(self.admin_site, self.request, title=self.title)
        return {**super().get_context_data(**context), **page, "account": self.user.email}

    def refused(self, form: CodeForm, refusal: DomainError) -> HttpResponse:
        form.add_error("otp", str(refusal))
        return self.form_invalid(form)


class CodeView(_SecondDoor):
    """/admin/second-factor/: ask for a code of the app, or a recovery code."""

    template_name = "admin/second_factor/code.html"
    title = "Your code"

    def form_valid(self, form: CodeForm) -> HttpResponse:
        otp, address = form.cleaned_data["otp"], client_address(self.request)
        try:
            codes.pass_at_sign_in(user=self.user, otp=otp, address=address)
        except InvalidCredentials:
            return self.refused(form, WrongCode())
        except DomainError as refusal:
            return self.refused(form, refusal)
        pending.enter(self.request, self.user)
        return HttpResponseRedirect(self.pending.goal)


class EnrolmentView(_SecondDoor):
    """/admin/second-factor/enrolment/: add a second factor, and show the recovery codes once."""

    template_name = "admin/second_factor/enrolment.html"
    title = "Add a second factor"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        found = pending.of(request)
        if found is not None and found[0].has_second_factor:
            return HttpResponseRedirect(reverse("admin:second-factor"))
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        enrolment = self._enrolment()
        secret = enrolment.secret
        groups = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
        shown = {"enrolment": enrolment, "secret": groups}
        return {**super().get_context_data(**context), **shown}

    def form_valid(self, form: CodeForm) -> HttpResponse:
        try:
            made = second_factors.confirm(user=self.user, otp=form.cleaned_data["otp"])
        except DomainError as refusal:
            return self.refused(form, refusal)
        pending.enter(self.request, self.user)
        page = page_context(self.admin_site, self.request, title="Recovery codes")
        shown = {**page, "codes": made, "goal": self.pending.goal}
        return render(self.request, "admin/second_factor/recovery_codes.html", shown)

    def _enrolment(self) -> Enrolment:
        """Show again what this session began, whatever others began meanwhile."""
        sealed_secret = self.pending.sealed_secret
        known = second_factors.begun(user=self.user, sealed_secret=sealed_secret)
        if known is not None:
            return known
        enrolment = second_factors.begin(user=self.user)
        self.pending.sealed_secret = enrolment.sealed_secret
        pending.save(self.request, self.pending)
        return enrolment


def page_context(site: AdminSite | None, request: HttpRequest, *, title: str) -> dict[str, Any]:
    """Return what every page of the admin shows."""
    context = site.each_context(request) if site else {}
    return {**context, "title": title, "subtitle": None, "app_path": request.get_full_path()}
