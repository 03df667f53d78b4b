from typing import Any, ClassVar

from django import forms
from django.contrib.admin.forms import AdminPasswordChangeForm
from django.contrib.auth import forms as auth_forms
from django.db import transaction

from ecommerce_backend.common.errors import DomainError
from users.models import User
from users.serializers.sign_in import OTP_LENGTH, PASSWORD_LENGTH
from users.services import accounts, passwords
from users.services.reauthentication import reauthenticate


class UniqueEmailMixin(forms.ModelForm[User]):
    """Refuse the address of another account, however it is spelt.

    The constraint is on a column that no form shows, so Django's forms pass over it.
    """

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if User.objects.with_email(email).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(accounts.EmailTaken.message, code="email_taken")
        return email


class AddUserForm(UniqueEmailMixin, auth_forms.BaseUserCreationForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields: ClassVar = ["email", "first_name", "last_name"]


class ChangeUserForm(UniqueEmailMixin, auth_forms.UserChangeForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields: ClassVar = [
            "email",
            "password",
            "first_name",
            "last_name",
            "is_active",
            "is_staff",
            "is_superuser",
            "groups",
            "user_permissions",
        ]


class SetPasswordForm(auth_forms.AdminPasswordChangeForm):  # type: ignore[type-arg]
    @transaction.atomic
    def save(self, commit: bool = True) -> User:  # noqa: FBT001, FBT002 - Django's signature
        """Set the password and sign its owner out everywhere."""
        user: User = super().save(commit=commit)
        passwords.note_new_password(user=user, because="password set by staff")
        return user


CODE_HELP = "Of your authenticator app, or a recovery code."


class CodeField(forms.CharField):
    """A code of the app, or a recovery code."""

    def __init__(self, **options: Any) -> None:
        attributes = {"autocomplete": "one-time-code", "spellcheck": "false"}
        widget = forms.TextInput(attrs=attributes)
        super().__init__(**{"max_length": OTP_LENGTH, "label": "Code", "widget": widget, **options})


class BothFactorsForm(forms.Form):
    """Ask again for what `user` signs in with; valid once it was right."""

    current_password = forms.CharField(
        max_length=PASSWORD_LENGTH,
        strip=False,
        label="Your password",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    otp = CodeField(help_text=CODE_HELP)

    def __init__(self, user: User, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        if not user.has_second_factor:
            del self.fields["otp"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            _reauthenticate(self, self.user, password=cleaned["current_password"])
        return cleaned


class ChangeOwnPasswordForm(AdminPasswordChangeForm):
    otp = CodeField(help_text=CODE_HELP)
    field_order = ("old_password", "otp", "new_password1", "new_password2")

    def __init__(self, user: User, *args: Any, **options: Any) -> None:
        super().__init__(user, *args, **options)
        if not user.has_second_factor:
            del self.fields["otp"]

    def clean_old_password(self) -> str:
        """Leave it to what also counts the tries."""
        return str(self.cleaned_data["old_password"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            _reauthenticate(self, self.user, password=cleaned["old_password"])
        return cleaned

    @transaction.atomic
    def save(self, commit: bool = True) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        """Set the password and sign out everywhere else."""
        user = super().save(commit=commit)
        passwords.note_new_password(user=user, because="password changed")
        return user


def _reauthenticate(form: forms.Form, user: User, *, password: str) -> None:
    try:
        reauthenticate(user=user, password=password, otp=form.cleaned_data.get("otp", ""))
    except DomainError as refusal:
        form.add_error(None, str(refusal))
