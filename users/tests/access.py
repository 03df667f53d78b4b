"""Who may use the routes of accounts (see ecommerce_backend.tests.access.rules)."""

from typing import Final

from ecommerce_backend.tests.access.rules import Rules, everybody, owner, signed_in

ACCESS: Final[Rules] = {
    "POST /api/v1/auth/register/": everybody(),
    "POST /api/v1/auth/login/": everybody(),
    "POST /api/v1/auth/refresh/": everybody(),
    "POST /api/v1/auth/logout/": everybody(),
    "POST /api/v1/auth/logout-all/": signed_in(),
    "GET /api/v1/auth/sessions/": signed_in(),
    "DELETE /api/v1/auth/sessions/{id}/": owner(),
    "POST /api/v1/auth/password-change/": signed_in(),
    "POST /api/v1/auth/password-reset/": everybody(),
    "POST /api/v1/auth/password-reset/confirmation/": everybody("link_invalid"),
    "POST /api/v1/auth/email-verification/": everybody(),
    "POST /api/v1/auth/email-verification/confirmation/": everybody("link_invalid"),
    "POST /api/v1/auth/email-change/": signed_in(),
    "POST /api/v1/auth/email-change/confirmation/": everybody("link_invalid"),
    "GET /api/v1/auth/totp/": signed_in(),
    "POST /api/v1/auth/totp/": signed_in(),
    "DELETE /api/v1/auth/totp/": signed_in("second_factor_missing"),
    "POST /api/v1/auth/totp/confirmation/": signed_in("second_factor_missing"),
    "POST /api/v1/auth/totp/recovery-codes/": signed_in("second_factor_missing"),
    "GET /api/v1/users/me/": signed_in(),
    "PATCH /api/v1/users/me/": signed_in(),
    "DELETE /api/v1/users/me/": signed_in("account_in_use", "last_superuser"),
    "GET /api/v1/users/me/addresses/": signed_in(),
    "POST /api/v1/users/me/addresses/": signed_in(),
    "GET /api/v1/users/me/addresses/{id}/": owner(),
    "PUT /api/v1/users/me/addresses/{id}/": owner(),
    "PATCH /api/v1/users/me/addresses/{id}/": owner(),
    "DELETE /api/v1/users/me/addresses/{id}/": owner(),
    "GET /account/verify-email/": everybody(),
    "POST /account/verify-email/": everybody("400"),
    "GET /account/change-email/": everybody(),
    "POST /account/change-email/": everybody("400"),
    "GET /account/reset-password/": everybody(),
    "POST /account/reset-password/": everybody("400"),
    "GET /account/forgotten-password/": everybody(),
    "POST /account/forgotten-password/": everybody("400"),
}
