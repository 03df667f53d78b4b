from datetime import timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.module_loading import import_string

from ecommerce_backend.common.models import TimestampedModel


class Canonical(Func):
    """The form in which two spellings of an address are one: NFKC, then lower case."""

    template = "lower(normalize(%(expressions)s, NFKC))"
    output_field = models.CharField()


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.with_email(username or "").get()

    def with_email(self, email: str) -> "models.QuerySet[User]":
        """Return the account of an address, however it is spelt."""
        return self.filter(email_canonical=Canonical(Value(email.strip())))


class User(AbstractBaseUser, PermissionsMixin, TimestampedModel):
    """A person who can sign in, known by email address: a customer or one of the staff."""

    email = models.EmailField()
    email_canonical = models.GeneratedField(
        expression=Canonical(F("email")),
        output_field=models.CharField(max_length=254),
        db_persist=True,
    )
    email_verified_at = models.DateTimeField(null=True, blank=True, editable=False)
    second_factor_at = models.DateTimeField(null=True, blank=True, editable=False)
    first_name = models.CharField(max_length=150, blank=True)
    last_name = models.CharField(max_length=150, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False, help_text="May sign in to the admin.")

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="user_unique_email", fields=["email_canonical"])
        ]

    def __str__(self) -> str:
        return self.email

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """End the sessions of the admin with a second factor too, as a new password does."""
        digest: str = super()._get_session_auth_hash(secret=secret)  # type: ignore[misc]
        if self.second_factor_at is None:
            return digest
        return salted_hmac(
            digest, self.second_factor_at.isoformat(), secret=secret, algorithm="sha256"
        ).hexdigest()

    @property
    def is_email_verified(self) -> bool:
        return self.email_verified_at is not None

    @property
    def has_second_factor(self) -> bool:
        return self.second_factor_at is not None

    @cached_property
    def group_names(self) -> frozenset[str]:
        return frozenset(self.groups.values_list("name", flat=True))


class LoginSession(models.Model):
    """One sign-in on one device. Tokens die with it, whatever their own expiry says."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="login_sessions")
    created_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    second_factor_at = models.DateTimeField(null=True)
    address = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=256, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                name="login_session_live", fields=["user"], condition=Q(revoked_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"session {self.pk} of {self.user_id}"

    def is_live(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()


class RefreshToken(models.Model):
    """A refresh token that was given out. Only a digest of its id is kept."""

    session = models.ForeignKey(LoginSession, on_delete=models.CASCADE, related_name="tokens")
    jti_hash = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"refresh token {self.pk}"

    def is_in_grace(self, grace: timedelta, *, skew: timedelta) -> bool:
        """Tell whether it was used so recently that the answer may have been lost on the way.

        `skew` is by how much the clock of the host that used it may be ahead of ours.
        """
        return self.used_at is not None and -skew <= timezone.now() - self.used_at <= grace


class StaffSession(AbstractBaseSession):
    """Somebody's visit to the admin. Only a digest of the cookie is kept (see staff_sessions)."""

    session_key = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, related_name="staff_sessions"
    )

    @classmethod
    def live(cls) -> "models.QuerySet[StaffSession]":
        return cls.objects.filter(expire_date__gt=timezone.now())

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        return import_string(f"{settings.SESSION_ENGINE}.SessionStore")  # type: ignore[no-any-return]


class SecondFactor(models.Model):
    """A secret that somebody's authenticator app shares with the shop.

    It counts once `User.second_factor_at` is set, by the first code.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="second_factor")
    sealed_secret = models.CharField(max_length=255)
    last_step = models.BigIntegerField(null=True, help_text="Of the newest code that was used.")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"second factor of {self.user_id}"


class RecoveryCode(models.Model):
    """What stands in once for the app of a phone that is lost. Only a digest is kept."""

    factor = models.ForeignKey(SecondFactor, on_delete=models.CASCADE, related_name="codes")
    code_hash = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"recovery code {self.pk}"


class DataExport(models.Model):
    """Somebody's copy of what the shop holds on them, while a job makes it and for a week after."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="data_export")
    requested_at = models.DateTimeField(default=timezone.now)
    ready_at = models.DateTimeField(null=True)
    content = models.BinaryField(null=True, help_text="JSON.")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="data_export_ready_with_content",
                condition=Q(ready_at__isnull=True, content__isnull=True)
                | Q(ready_at__isnull=False, content__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"data of {self.user_id}"


class CustomerGroup(TimestampedModel):
    """Customers who buy on terms of their own: trade, schools, staff. One may be in several."""

    code = models.SlugField(max_length=64, unique=True)
    name = models.CharField(max_length=150)
    members = models.ManyToManyField(User, blank=True, related_name="customer_groups")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="customer_group_code_not_empty", condition=~Q(code=""))
        ]

    def __str__(self) -> str:
        return self.name


class AddressQuerySet(models.QuerySet["Address"]):
    def of(self, user: User) -> Self:
        return self.filter(user=user)


class Address(TimestampedModel):
    """An entry of a customer's address book. Orders copy it, so that it may change or go."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="addresses")
    full_name = models.CharField(max_length=150)
    company = models.CharField(max_length=150, blank=True)
    line1 = models.CharField(max_length=200)
    line2 = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=100)
    region = models.CharField(max_length=100, blank=True, help_text="State, province or county.")
    postal_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2, help_text="ISO 3166-1 alpha-2.")
    phone = models.CharField(max_length=32, blank=True)
    is_default_shipping = models.BooleanField(default=False)
    is_default_billing = models.BooleanField(default=False)

    objects = AddressQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "addresses"
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="address_one_default_shipping",
                fields=["user"],
                condition=Q(is_default_shipping=True),
            ),
            models.UniqueConstraint(
                name="address_one_default_billing",
                fields=["user"],
                condition=Q(is_default_billing=True),
            ),
            models.CheckConstraint(
                name="address_country_code", condition=Q(country__regex=r"^[A-Z]{2}$")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.full_name}, {self.line1}, {self.city}"
