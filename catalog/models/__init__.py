from catalog.models.products import (
    Brand,
    Category,
    Price,
    Product,
    ProductImage,
    ProductQuerySet,
    ProductVariant,
)
from catalog.models.stock import Stock, StockMovement

__all__ = [
    "Brand",
    "Category",
    "Price",
    "Product",
    "ProductImage",
    "ProductQuerySet",
    "ProductVariant",
    "Stock",
    "StockMovement",
]
