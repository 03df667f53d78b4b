"""The pages behind mailed links, for shops whose storefront has none of its own.

A link is opened by a click on the page, never by fetching it: mail programs fetch links too.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from ecommerce_backend.common.client_address import client_address
from ecommerce_backend.common.errors import DomainError, Invalid
from users.links import Purpose
from users.serializers.sign_in import PASSWORD_LENGTH, TOKEN_LENGTH
from users.services import emails, mailing, passwords

_form = require_http_methods(["GET", "HEAD", "POST"])


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


@_form
def verify_email(request: HttpRequest) -> HttpResponse:
    """/account/verify-email/: confirm an address."""
    return _page(
        request,
        form=LinkForm,
        title="Confirm your address",
        button="Confirm my address",
        done="Your address is confirmed. You can sign in now.",
        act=emails.verify_email,
    )


@_form
def change_email(request: HttpRequest) -> HttpResponse:
    """/account/change-email/: make a new address the account's."""
    return _page(
        request,
        form=LinkForm,
        title="Use this address",
        button="Use this address",
        done="Your account uses the new address from now on.",
        act=emails.change_email,
    )


@sensitive_post_parameters("new_password")
@_form
def reset_password(request: HttpRequest) -> HttpResponse:
    """/account/reset-password/: choose a new password."""
    return _page(
        request,
        form=NewPasswordForm,
        title="Choose a new password",
        button="Save the new password",
        done="Your password is changed, and every device was signed out. Sign in with the new one.",
        act=passwords.reset_password,
    )


@_form
def forgotten_password(request: HttpRequest) -> HttpResponse:
    """/account/forgotten-password/: have a link mailed."""

    def send(*, email: str, address: str) -> None:
        mailing.send_link_later(Purpose.RESET_PASSWORD, email=email, address=address)

    return _page(
        request,
        form=EmailForm,
        title="Forgotten password",
        button="Send me a link",
        done="If there is an account with this address, a link is on its way to it.",
        act=send,
    )


def _page(
    request: HttpRequest,
    *,
    form: type[forms.Form],
    title: str,
    button: str,
    done: str,
    act: Callable[..., Any],
) -> HttpResponse:
    shown = {"title": title, "button": button, "store_name": settings.STORE_NAME}
    if request.method != "POST":
        blank = form(initial={"token": request.GET.get("token", "")})
        return render(request, "account/form.html", {**shown, "form": blank})
    filled = form(request.POST)
    status = 400
    if filled.is_valid():
        try:
            act(**filled.cleaned_data, address=client_address(request))
        except Invalid as refusal:
            for fault in refusal.faults:
                filled.add_error(fault["pointer"].lstrip("/"), fault["detail"])
        except DomainError as refusal:
            filled.add_error(None, str(refusal))
            status = refusal.http_status
        else:
            return render(request, "account/done.html", {**shown, "done": done})
    return render(request, "account/form.html", {**shown, "form": filled}, status=status)
