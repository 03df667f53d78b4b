"""Who may use the routes of accounts (see ecommerce_backend.tests.access.rules)."""

from typing import Final

from ecommerce_backend.tests.access.rules import Rules, everybody, owner, signed_in, staff

_GROUPS: Final = "/api/v1/staff/customer-groups/"

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
    "GET /api/v1/users/me/export/": signed_in(),
    "DELETE /api/v1/users/me/": signed_in("account_in_use", "last_superuser"),
    "GET /api/v1/users/me/addresses/": signed_in(),
    "POST /api/v1/users/me/addresses/": signed_in(),
    "GET /api/v1/users/me/addresses/{id}/": owner(),
    "PUT /api/v1/users/me/addresses/{id}/": owner(),
    "PATCH /api/v1/users/me/addresses/{id}/": owner(),
    "DELETE /api/v1/users/me/addresses/{id}/": owner(),
    f"GET {_GROUPS}": staff("users.view_customergroup"),
    f"POST {_GROUPS}": staff("users.add_customergroup"),
    f"GET {_GROUPS}{{id}}/": staff("users.view_customergroup"),
    f"PATCH {_GROUPS}{{id}}/": staff("users.change_customergroup"),
    f"DELETE {_GROUPS}{{id}}/": staff("users.delete_customergroup"),
    f"GET {_GROUPS}{{id}}/members/": staff("users.view_customergroup", "users.view_user"),
    f"POST {_GROUPS}{{id}}/members/": staff("users.change_customergroup", "users.view_user"),
    f"DELETE {_GROUPS}{{id}}/members/{{member_id}}/": staff(
        "users.change_customergroup", "users.view_user"
    ),
    "GET /account/verify-email/": everybody(),
    "POST /account/verify-email/": everybody("400"),
    "GET /account/change-email/": everybody(),
    "POST /account/change-email/": everybody("400"),
    "GET /account/reset-password/": everybody(),
    "POST /account/reset-password/": everybody("400"),
    "GET /account/forgotten-password/": everybody(),
    "POST /account/forgotten-password/": everybody("400"),
}
