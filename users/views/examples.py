"""What the API's documentation shows: the customer of the demo shop."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

_PROFILE: Final[dict[str, Any]] = {
    "email": "customer@shop.example",
    "first_name": "Robin",
    "last_name": "Example",
    "is_email_verified": True,
    "created_at": "2026-11-22T14:29:41Z",
}
_TOKENS: Final = {
    "access": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzaWQiOjd9.6Yc1",
    "refresh": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJqdGkiOiI0ZiJ9.p0Qx",
}
_ADDRESS: Final[dict[str, Any]] = {
    "full_name": "Robin Example",
    "company": "",
    "line1": "1 Sample Square",
    "line2": "",
    "city": "Burlington",
    "region": "VT",
    "postal_code": "05401",
    "country": "US",
    "phone": "+1 802 555 0114",
    "is_default_shipping": True,
    "is_default_billing": False,
}
_SESSION: Final[dict[str, Any]] = {
    "id": 7,
    "created_at": "2026-11-22T14:29:41Z",
    "last_seen_at": "2026-11-23T08:02:10Z",
    "expires_at": "2026-12-22T14:29:41Z",
    "address": "203.0.113.7",
    "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
    "is_current": True,
}

REGISTRATION = OpenApiExample(
    "A new customer",
    value={
        "email": "ada.merrow@example.com",
        "password": "correct horse battery",
        "first_name": "Ada",
        "last_name": "Merrow",
    },
    request_only=True,
)
REGISTERED = OpenApiExample(
    "Registered and signed in",
    value={
        **_TOKENS,
        "user": {
            **_PROFILE,
            "email": "ada.merrow@example.com",
            "is_email_verified": False,
            "first_name": "Ada",
            "last_name": "Merrow",
        },
    },
    response_only=True,
)
CREDENTIALS = OpenApiExample(
    "The demo customer",
    value={"email": "customer@shop.example", "password": "demo-customer-1"},
    request_only=True,
)
SIGNED_IN = OpenApiExample("Signed in", value={**_TOKENS, "user": _PROFILE}, response_only=True)
REFRESH = OpenApiExample(
    "The token of the last pair", value={"refresh": _TOKENS["refresh"]}, request_only=True
)
NEXT_PAIR = OpenApiExample("The next pair", value=_TOKENS, response_only=True)
PROFILE = OpenApiExample("Me", value=_PROFILE, response_only=True)
NEW_NAME = OpenApiExample("Marriage", value={"last_name": "Lovelace"}, request_only=True)
RENAMED = OpenApiExample("Me", value={**_PROFILE, "last_name": "Lovelace"}, response_only=True)
THIS_DEVICE = OpenApiExample("This device", value=_SESSION, response_only=True)
AT_HOME = OpenApiExample("At home", value=_ADDRESS, request_only=True)
MADE_DEFAULT = OpenApiExample(
    "Make it a default", value={"is_default_billing": True}, request_only=True
)
SAVED = OpenApiExample("Saved", value={"id": 12, **_ADDRESS}, response_only=True)
NEW_PASSWORD = OpenApiExample(
    "A new password",
    value={"current_password": "correct horse battery", "new_password": "staple and a lighthouse"},
    request_only=True,
)
_LINK: Final = "eyJ1c2VyIjo3fQ:1vNk2c:0Zp6"
BY_EMAIL = OpenApiExample("By address", value={"email": "customer@shop.example"}, request_only=True)
ON_ITS_WAY = OpenApiExample(
    "The same for any address",
    value={"detail": "If it can be done, a mail is on its way."},
    response_only=True,
    status_codes=["202"],
)
RESET = OpenApiExample(
    "With the link's token",
    value={"token": _LINK, "new_password": "staple and a lighthouse"},
    request_only=True,
)
LINK = OpenApiExample("The link's token", value={"token": _LINK}, request_only=True)
NEW_EMAIL = OpenApiExample(
    "A new address",
    value={"new_email": "robin@example.net", "current_password": "correct horse battery"},
    request_only=True,
)
PRESENT_PASSWORD = OpenApiExample(
    "The present password",
    value={"current_password": "correct horse battery"},
    request_only=True,
)
BOTH_FACTORS = OpenApiExample(
    "The password and a code",
    value={"current_password": "correct horse battery", "otp": "492039"},
    request_only=True,
)
CODE = OpenApiExample("What the app shows", value={"otp": "492039"}, request_only=True)
FACTOR_ON = OpenApiExample(
    "It is on", value={"is_active": True, "recovery_codes_left": 9}, response_only=True
)
ENROLMENT = OpenApiExample(
    "For the app",
    value={
        "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
        "uri": "otpauth://totp/Nexus:customer%40shop.example"
        "?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Nexus",
        "qr_code": "data:image/svg+xml;charset=utf-8,%3Csvg%20xmlns%3D%27…",
    },
    response_only=True,
    status_codes=["201"],
)
RECOVERY_CODES = OpenApiExample(
    "To be kept on paper",
    value={"recovery_codes": ["k7mw-2qah-x9fd-tnc4-83vb-epzr"] * 10},
    response_only=True,
)
MY_DATA = OpenApiExample(
    "A new customer",
    value={
        "exported_at": "2026-11-24T21:12:01Z",
        "account": [{"email": "customer@shop.example", "first_name": "Robin"}],
        "addresses": [_ADDRESS],
        "customer_groups": [{"code": "trade", "name": "Trade"}],
        "sessions": [{"created_at": "2026-11-22T14:29:41Z", "address": "203.0.113.7"}],
        "second_factor": [],
        "security_log": [{"recorded_at": "2026-11-22T14:29:41Z", "action": "sign_in.succeeded"}],
        "events": [{"recorded_at": "2026-11-22T14:29:41Z", "type": "customer.registered"}],
        "mails": [{"task_name": "users.greet", "status": "succeeded"}],
        "stored_answers": [],
        "back_in_stock_requests": [{"sku": "MUG-HARBOUR-SKY"}],
        "cart": [{"sku": "MUG-HARBOUR-OAT", "quantity": 2}],
        "orders": [],
        "order_lines": [],
        "order_history": [],
        "payments": [],
        "refunds": [],
        "shipments": [],
        "reviews": [],
    },
    response_only=True,
    status_codes=["200"],
)
PREPARING = OpenApiExample(
    "Much to gather",
    value={"detail": "Your data is being gathered; a mail tells when it is ready."},
    response_only=True,
    status_codes=["202"],
)
