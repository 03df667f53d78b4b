from orders.models.orders import InvalidTransition, Order, OrderEvent, OrderLine, OrderQuerySet
from orders.models.payments import Payment, ProviderEvent, Refund, SandboxSession
from orders.models.rates import ShippingMethod, ShippingRate, TaxRate
from orders.models.shipments import Shipment, ShipmentLine

__all__ = [
    "InvalidTransition",
    "Order",
    "OrderEvent",
    "OrderLine",
    "OrderQuerySet",
    "Payment",
    "ProviderEvent",
    "Refund",
    "SandboxSession",
    "Shipment",
    "ShipmentLine",
    "ShippingMethod",
    "ShippingRate",
    "TaxRate",
]
