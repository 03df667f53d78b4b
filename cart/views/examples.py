"""What the API's documentation shows."""

from typing import Final

CART: Final = {
    "token": None,
    "currency": "USD",
    "lines": [
        {
            "sku": "MUG-BLUE",
            "product": {"slug": "stoneware-mug", "name": "Stoneware mug"},
            "options": {"Color": "Blue"},
            "image": {
                "url": "https://shop.example/media/products/4f1c.webp",
                "alt": "A blue mug on a table",
                "width": 1200,
                "height": 1200,
            },
            "quantity": 2,
            "unit_price": "12.50",
            "total": "25.00",
            "available": 31,
            "warnings": [],
        }
    ],
    "item_count": 2,
    "subtotal": "25.00",
    "discount_total": "0.00",
    "total": "25.00",
}
NEW_CART: Final = {**CART, "token": "kT3vXw0oYk1c8Zb5mJ7uQe2rNf9sHd4aLg6pVi0xCyE"}
EMPTY_CART: Final = {
    **CART,
    "lines": [],
    "item_count": 0,
    "subtotal": "0.00",
    "total": "0.00",
}
MERGED_CART: Final = {
    **CART,
    "left_out": [{"sku": "LAMP-EU", "quantity": 1, "code": "currency_mismatch"}],
}
