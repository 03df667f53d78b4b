from typing import Any, ClassVar

from django import forms
from django.contrib.admin.forms import AdminPasswordChangeForm
from django.contrib.auth import forms as auth_forms
from django.db import transaction

from users.models import User
from users.services import accounts, passwords


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


class ChangeOwnPasswordForm(AdminPasswordChangeForm):
    @transaction.atomic
    def save(self, commit: bool = True) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        """Set the password and sign out everywhere else."""
        user = super().save(commit=commit)
        passwords.note_new_password(user=user, because="password changed")
        return user
