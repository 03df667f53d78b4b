"""Whether a web server that nobody is sent to yet works: python -c … ADDRESS:PORT HOST.

Prints one line per question and ends with 1 at the first answer that is not as it must be.
"""

import http.client
import json
import re
import sys
import uuid

TIMEOUT = 20  # seconds; longer than the shop lets a query run
UNAUTHORIZED = 401
NOT_FOUND = 404
CONFLICT = 409


class Shop:
    """The server under test, asked as nginx asks it."""

    def __init__(self, address: str, host: str) -> None:
        self.address = address
        self.host = host

    def ask(self, method: str, path: str, expect: int, body: object = None) -> bytes:
        """Return the body of an answer. Ends the program if its status is another."""
        headers = {"Host": self.host, "X-Forwarded-Proto": "https", "Accept": "*/*"}
        content = None
        if body is not None:
            content = json.dumps(body)
            headers |= {"Content-Type": "application/json", "Idempotency-Key": uuid.uuid4().hex}
        connection = http.client.HTTPConnection(self.address, timeout=TIMEOUT)
        try:
            connection.request(method, path, content, headers)
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise SystemExit(f"{method} {path}: no answer ({error})") from error
        finally:
            connection.close()
        if answer.status != expect:
            said = text[:300].decode(errors="replace")
            raise SystemExit(f"{method} {path}: {answer.status} instead of {expect}: {said}")
        print(f"{method} {path}: {answer.status}")
        return text


def main(address: str, host: str) -> None:
    shop = Shop(address, host)
    shop.ask("GET", "/health/ready/", 200)
    shop.ask("GET", "/", 200)
    listed = json.loads(shop.ask("GET", "/api/v1/products/", 200))
    for card in listed["results"][:1]:
        product = json.loads(shop.ask("GET", f"/api/v1/products/{card['slug']}/", 200))
        if product["slug"] != card["slug"]:
            raise SystemExit(f"another product than {card['slug']} was shown")
    shop.ask("GET", "/api/v1/categories/", 200)
    page = shop.ask("GET", "/admin/login/", 200).decode()
    for link in re.findall(r'href="(/static/[^"]+\.css)"', page)[:1]:
        shop.ask("GET", link, 200)
    nobody = {"email": f"{uuid.uuid4().hex}@smoke-test.invalid", "password": uuid.uuid4().hex}
    shop.ask("POST", "/api/v1/auth/login/", UNAUTHORIZED, nobody)
    shop.ask("POST", "/api/v1/checkout/quote/", CONFLICT, {"shipping_address": ADDRESS})
    shop.ask("GET", "/api/v1/orders/", UNAUTHORIZED)
    shop.ask("GET", f"/api/v1/products/{uuid.uuid4().hex}/", NOT_FOUND)


ADDRESS = {
    "full_name": "Smoke Test",
    "line1": "1 Harbour Street",
    "city": "London",
    "postal_code": "E1 6AN",
    "country": "GB",
}

if __name__ == "__main__":
    main(*sys.argv[1:])
