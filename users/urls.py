from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from users.views import (
    addresses,
    auth,
    customer_groups,
    emails,
    exports,
    passwords,
    profile,
    sessions,
    totp,
)

router = SimpleRouter(use_regex_path=False)
router.register("auth/sessions", sessions.SessionViewSet, basename="session")
router.register(
    "staff/customer-groups", customer_groups.CustomerGroupViewSet, basename="staff-customer-group"
)
router.register("users/me/addresses", addresses.AddressViewSet, basename="address")

urlpatterns: list[URLPattern | URLResolver] = [
    path("auth/register/", auth.RegisterView.as_view(), name="register"),
    path("auth/login/", auth.LoginView.as_view(), name="login"),
    path("auth/refresh/", auth.RefreshView.as_view(), name="refresh"),
    path("auth/logout/", auth.LogoutView.as_view(), name="logout"),
    path("auth/logout-all/", auth.LogoutAllView.as_view(), name="logout-all"),
    path("auth/password-change/", passwords.PasswordChangeView.as_view(), name="password-change"),
    path("auth/password-reset/", passwords.PasswordResetView.as_view(), name="password-reset"),
    path(
        "auth/password-reset/confirmation/",
        passwords.PasswordResetConfirmationView.as_view(),
        name="password-reset-confirmation",
    ),
    path(
        "auth/email-verification/",
        emails.EmailVerificationView.as_view(),
        name="email-verification",
    ),
    path(
        "auth/email-verification/confirmation/",
        emails.EmailVerificationConfirmationView.as_view(),
        name="email-verification-confirmation",
    ),
    path("auth/email-change/", emails.EmailChangeView.as_view(), name="email-change"),
    path(
        "auth/email-change/confirmation/",
        emails.EmailChangeConfirmationView.as_view(),
        name="email-change-confirmation",
    ),
    path("auth/totp/", totp.TotpView.as_view(), name="totp"),
    path("auth/totp/confirmation/", totp.TotpConfirmationView.as_view(), name="totp-confirmation"),
    path("auth/totp/recovery-codes/", totp.RecoveryCodesView.as_view(), name="totp-recovery-codes"),
    path("users/me/export/", exports.DataExportView.as_view(), name="my-data"),
    path("users/me/", profile.ProfileView.as_view(), name="me"),
    path(
        "staff/customer-groups/<int:pk>/members/",
        customer_groups.CustomerGroupMemberViewSet.as_view({"get": "list", "post": "create"}),
        name="staff-customer-group-members",
    ),
    path(
        "staff/customer-groups/<int:pk>/members/<int:member_id>/",
        customer_groups.CustomerGroupMemberViewSet.as_view({"delete": "destroy"}),
        name="staff-customer-group-member",
    ),
    *router.urls,
]
