from orders.admin.orders import OrderAdmin
from orders.admin.payments import PaymentAdmin, ProviderEventAdmin, RefundAdmin
from orders.admin.rates import ShippingMethodAdmin, TaxRateAdmin

__all__ = [
    "OrderAdmin",
    "PaymentAdmin",
    "ProviderEventAdmin",
    "RefundAdmin",
    "ShippingMethodAdmin",
    "TaxRateAdmin",
]
