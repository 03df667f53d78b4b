from catalog.admin.attributes import AttributeAdmin
from catalog.admin.brands import BrandAdmin
from catalog.admin.categories import CategoryAdmin
from catalog.admin.curated import CollectionAdmin
from catalog.admin.imports import CatalogImportAdmin
from catalog.admin.price_lists import PriceListAdmin, PriceListEntryAdmin
from catalog.admin.products import ProductAdmin
from catalog.admin.search import SearchMissAdmin, SynonymAdmin
from catalog.admin.stock import StockAdmin, StockMovementAdmin
from catalog.admin.variants import VariantAdmin
from catalog.admin.warehouses import BackInStockRequestAdmin, WarehouseAdmin

__all__ = [
    "AttributeAdmin",
    "BackInStockRequestAdmin",
    "BrandAdmin",
    "CatalogImportAdmin",
    "CategoryAdmin",
    "CollectionAdmin",
    "PriceListAdmin",
    "PriceListEntryAdmin",
    "ProductAdmin",
    "SearchMissAdmin",
    "StockAdmin",
    "StockMovementAdmin",
    "SynonymAdmin",
    "VariantAdmin",
    "WarehouseAdmin",
]
