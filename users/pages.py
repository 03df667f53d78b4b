"""The pages behind mailed links, for shops whose storefront has none of its own.

A link is opened by a click on the page, never by fetching it: mail programs fetch links too.
"""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.debug import sensitive_post_parameters

from ecommerce_backend.common.client_address import client_address
from ecommerce_backend.common.errors import DomainError, Invalid
from users.links import Purpose
from users.serializers.sign_in import PASSWORD_LENGTH, TOKEN_LENGTH
from users.services import emails, mailing, passwords
from users.services.passwords import LinkInvalid


class LinkForm(forms.Form):
    token = forms.CharField(max_length=TOKEN_LENGTH, widget=forms.HiddenInput)


class NewPasswordForm(LinkForm):
    new_password = forms.CharField(
        max_length=PASSWORD_LENGTH,
        strip=False,
        label="New password",
        help_text="Ten characters or more; a few words make a good one.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "autofocus": True}),
    )


class EmailForm(forms.Form):
    email = forms.EmailField(
        label="Your email address",
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
    )


class AccountPage(View):
    """A form, what it says when it was right, and `act`, which takes its fields and the address."""

    form: ClassVar[type[forms.Form]]
    title: ClassVar[str]
    button: ClassVar[str]
    done: ClassVar[str]
    offer: ClassVar[str] = ""  # the page where a new link can be had

    def act(self, **fields: Any) -> None:
        raise NotImplementedError

    def get(self, request: HttpRequest) -> HttpResponse:
        blank = self.form(initial={"token": request.GET.get("token", "")})
        return self._page("form", form=blank)

    def post(self, request: HttpRequest) -> HttpResponse:
        filled = self.form(request.POST)
        if not filled.is_valid():
            return self._page("form", form=filled, status=400)
        try:
            self.act(**filled.cleaned_data, address=client_address(request))
        except Invalid as refusal:
            for fault in refusal.faults:
                filled.add_error(fault["pointer"].lstrip("/"), fault["detail"])
            return self._page("form", form=filled, status=400)
        except DomainError as refusal:
            filled.add_error(None, str(refusal))
            offer = self.offer if isinstance(refusal, LinkInvalid) else ""
            return self._page("form", form=filled, offer=offer, status=refusal.http_status)
        return self._page("done", done=self.done)

    def _page(self, name: str, *, status: int = 200, **more: Any) -> HttpResponse:
        shown = {"title": self.title, "button": self.button, "store_name": settings.STORE_NAME}
        return render(self.request, f"account/{name}.html", {**shown, **more}, status=status)


class VerifyEmailPage(AccountPage):
    """/account/verify-email/: confirm an address."""

    form = LinkForm
    title = "Confirm your address"
    button = "Confirm my address"
    done = "Your address is confirmed. You can sign in now."

    def act(self, **fields: Any) -> None:
        emails.verify_email(**fields)


class ChangeEmailPage(AccountPage):
    """/account/change-email/: make a new address the account's."""

    form = LinkForm
    title = "Use this address"
    button = "Use this address"
    done = "Your account uses the new address from now on."

    def act(self, **fields: Any) -> None:
        emails.change_email(**fields)


@method_decorator(sensitive_post_parameters("new_password"), name="dispatch")
class ResetPasswordPage(AccountPage):
    """/account/reset-password/: choose a new password."""

    form = NewPasswordForm
    title = "Choose a new password"
    button = "Save the new password"
    done = "Your password is changed, and every device was signed out. Sign in with the new one."
    offer = "forgotten-password"

    def act(self, **fields: Any) -> None:
        passwords.reset_password(**fields)


class ForgottenPasswordPage(AccountPage):
    """/account/forgotten-password/: have a link mailed."""

    form = EmailForm
    title = "Forgotten password"
    button = "Send me a link"
    done = "If there is an account with this address, a link is on its way to it."

    def act(self, **fields: Any) -> None:
        mailing.send_link_later(Purpose.RESET_PASSWORD, **fields)
