from catalog.models.attributes import (
    Attribute,
    AttributeCategory,
    AttributeChoice,
    ProductAttributeValue,
)
from catalog.models.curated import Collection, CollectionProduct
from catalog.models.images import ImageUpload, ProductImage
from catalog.models.imports import CatalogImport, ImportFlaw, ImportPart
from catalog.models.links import BoughtTogether, ProductLink
from catalog.models.past_prices import PastListPrice, PastPrice
from catalog.models.price_lists import PriceList, PriceListEntry
from catalog.models.products import (
    Brand,
    Category,
    Price,
    Product,
    ProductQuerySet,
    ProductVariant,
)
from catalog.models.search import (
    LowestPrice,
    SearchEntry,
    SearchLanguage,
    SearchMiss,
    SearchWord,
    Synonym,
)
from catalog.models.stock import Stock, StockMovement
from catalog.models.waiting import BackInStockRequest
from catalog.models.warehouses import Warehouse, WarehouseStock

__all__ = [
    "Attribute",
    "AttributeCategory",
    "AttributeChoice",
    "BackInStockRequest",
    "BoughtTogether",
    "Brand",
    "CatalogImport",
    "Category",
    "Collection",
    "CollectionProduct",
    "ImageUpload",
    "ImportFlaw",
    "ImportPart",
    "LowestPrice",
    "PastListPrice",
    "PastPrice",
    "Price",
    "PriceList",
    "PriceListEntry",
    "Product",
    "ProductAttributeValue",
    "ProductImage",
    "ProductLink",
    "ProductQuerySet",
    "ProductVariant",
    "SearchEntry",
    "SearchLanguage",
    "SearchMiss",
    "SearchWord",
    "Stock",
    "StockMovement",
    "Synonym",
    "Warehouse",
    "WarehouseStock",
]
