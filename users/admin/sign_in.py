from typing import Any

from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError

from ecommerce_backend.common import audit
from ecommerce_backend.common.audit import Action
from ecommerce_backend.common.client_address import client_address
from ecommerce_backend.common.errors import DomainError
from users.models import User
from users.selectors import may_enter_admin
from users.services import tries


class SignInForm(AdminAuthenticationForm):
    """The admin's door, under the same limits as the API's."""

    def clean(self) -> dict[str, Any]:
        email = self.cleaned_data.get("username") or ""
        address = client_address(self.request) if self.request else ""
        try:
            this_try = tries.spend_sign_in(email=email, address=address)
        except DomainError as refusal:
            raise ValidationError(str(refusal), code=refusal.code) from refusal
        try:
            cleaned = super().clean()
        except ValidationError:
            known = User.objects.with_email(email).first()
            subject = f"user:{known.pk}" if known else audit.NOBODY
            audit.record(Action.SIGN_IN_FAILED, subject=subject, details={"door": "admin"})
            raise
        this_try.forgive()
        return cleaned

    def confirm_login_allowed(self, user: User) -> None:
        super().confirm_login_allowed(user)
        if not may_enter_admin(user):
            raise self.get_invalid_login_error()
