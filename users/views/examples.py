"""What the API's documentation shows."""

from typing import Final

PROFILE: Final = {
    "email": "ada@shop.example",
    "first_name": "Ada",
    "last_name": "Customer",
    "created_at": "2026-11-22T14:29:41Z",
}
TOKENS: Final = {
    "access": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzaWQiOjd9.6Yc1",
    "refresh": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJqdGkiOiI0ZiJ9.p0Qx",
}
SIGNED_IN: Final = {**TOKENS, "user": PROFILE}
CREDENTIALS: Final = {"email": "ada@shop.example", "password": "correct horse battery"}
REGISTRATION: Final = {**CREDENTIALS, "first_name": "Ada", "last_name": "Customer"}
ADDRESS: Final = {
    "full_name": "Ada Customer",
    "company": "",
    "line1": "1 Analytical Row",
    "line2": "",
    "city": "London",
    "region": "",
    "postal_code": "N1 9GU",
    "country": "GB",
    "phone": "+44 20 7946 0000",
    "is_default_shipping": True,
    "is_default_billing": False,
}
SAVED_ADDRESS: Final = {"id": 12, **ADDRESS}
SESSION: Final = {
    "id": 7,
    "created_at": "2026-11-22T14:29:41Z",
    "last_seen_at": "2026-11-23T08:02:10Z",
    "expires_at": "2026-12-22T14:29:41Z",
    "address": "203.0.113.7",
    "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
    "is_current": True,
}
