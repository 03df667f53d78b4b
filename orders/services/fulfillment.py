"""Parcels leave, and arrive."""

from collections.abc import Mapping, Sequence

from django.utils import timezone

from catalog.services import stock
from ecommerce_backend.common import events
from ecommerce_backend.common.errors import DomainError, Fault
from ecommerce_backend.common.transactions import unit_of_work
from orders.models import InvalidTransition, Order, OrderLine, Shipment, ShipmentLine
from users.models import User

# A goodwill refund does not keep the goods back.
_PAID = (Order.PaymentStatus.PAID, Order.PaymentStatus.PARTIALLY_REFUNDED)


class OverShipment(DomainError):
    code = "over_shipment"
    message = "No more can be shipped than was ordered and has not left yet."
    advice = "Read the order again; `errors` says how many units are left."


class NothingToDeliver(DomainError):
    code = "nothing_to_deliver"
    message = "There is no such parcel on its way."
    advice = "Read the order again; the parcel may have been marked already."


@unit_of_work
def ship_order(
    *,
    order: Order,
    actor: User | None,
    lines: Mapping[str, int] | None = None,
    carrier: str = "",
    tracking_number: str = "",
    tracking_url: str = "",
) -> Shipment:
    """Send one parcel of a paid order. `lines` are units by SKU; without, all that is left.

    Raises InvalidTransition and OverShipment.
    """
    locked = Order.objects.lock(order.pk)
    _require_shippable(locked)
    order_lines = list(locked.lines.order_by("position"))
    units = _units(order_lines, lines)
    shipment = Shipment.objects.create(
        order=locked, carrier=carrier, tracking_number=tracking_number, tracking_url=tracking_url
    )
    _fill(shipment, [line for line in order_lines if line.pk in units], units)
    _note_shipment(shipment, locked, order_lines, units, actor)
    return shipment


@unit_of_work
def deliver_shipments(
    *, order: Order, actor: User | None, shipment_id: int | None = None
) -> list[Shipment]:
    """Note that a parcel has arrived, or without `shipment_id` all that are on their way.

    When everything has left and arrived, the order is completed. Raises NothingToDeliver.
    """
    locked = Order.objects.lock(order.pk)
    under_way = list(locked.shipments.filter(delivered_at=None).order_by("pk"))
    arrived = [parcel for parcel in under_way if shipment_id in {None, parcel.pk}]
    if not arrived:
        raise NothingToDeliver
    now = timezone.now()
    for parcel in arrived:
        parcel.delivered_at = now
    Shipment.objects.bulk_update(arrived, ["delivered_at"])
    facts = {"shipments": [parcel.pk for parcel in arrived]}
    locked.note("delivered", actor=actor, details=facts)
    events.record("order.delivered", subject=f"order:{locked.number}", payload=facts)
    if len(arrived) == len(under_way) and locked.status == Order.Status.FULFILLED:
        locked.transition_to(Order.Status.COMPLETED, actor=actor)
        events.record("order.completed", subject=f"order:{locked.number}")
    return arrived


def _require_shippable(order: Order) -> None:
    if order.status != Order.Status.CONFIRMED or order.payment_status not in _PAID:
        raise InvalidTransition(
            "Only an order that is confirmed and paid can be shipped.",
            status=order.status,
            payment_status=order.payment_status,
        )


def _units(order_lines: Sequence[OrderLine], wanted: Mapping[str, int] | None) -> dict[int, int]:
    """Return units by order line id."""
    if wanted is None:
        return {line.pk: line.quantity_open for line in order_lines if line.quantity_open}
    by_sku = {line.sku: line for line in order_lines}
    faults: list[Fault] = []
    for position, (sku, quantity) in enumerate(wanted.items()):
        still_open = by_sku[sku].quantity_open if sku in by_sku else 0
        if quantity > still_open:
            faults.append(_too_many(position, sku, still_open))
    if faults:
        raise OverShipment(faults=faults)
    return {by_sku[sku].pk: quantity for sku, quantity in wanted.items()}


def _too_many(position: int, sku: str, available: int) -> Fault:
    return {
        "pointer": f"/lines/{position}/quantity",
        "code": OverShipment.code,
        "detail": f"{available} of {sku} can be shipped.",
        "available": available,
    }


def _fill(shipment: Shipment, lines: Sequence[OrderLine], units: Mapping[int, int]) -> None:
    ShipmentLine.objects.bulk_create(
        ShipmentLine(shipment=shipment, order_line=line, quantity=units[line.pk]) for line in lines
    )
    for line in lines:
        line.quantity_fulfilled += units[line.pk]
    OrderLine.objects.bulk_update(lines, ["quantity_fulfilled"])
    _let_go(lines, units, reference=shipment.order.number)


def _let_go(lines: Sequence[OrderLine], units: Mapping[int, int], *, reference: str) -> None:
    try:
        stock.ship({line.variant_id: units[line.pk] for line in lines}, reference=reference)
    except stock.NotOnHand as shortage:
        positions = {line_id: position for position, line_id in enumerate(units)}
        raise OverShipment(
            "Some of it was sold ahead and has not arrived yet.",
            faults=[
                _too_many(positions[line.pk], line.sku, shortage.shortages[line.variant_id])
                for line in lines
                if line.variant_id in shortage.shortages
            ],
        ) from shortage


def _note_shipment(
    shipment: Shipment,
    order: Order,
    order_lines: Sequence[OrderLine],
    units: Mapping[int, int],
    actor: User | None,
) -> None:
    is_complete = not any(line.quantity_open for line in order_lines)
    fulfillment = Order.FulfillmentStatus
    order.fulfillment_status = (
        fulfillment.FULFILLED if is_complete else fulfillment.PARTIALLY_FULFILLED
    )
    order.save(update_fields=["fulfillment_status", "updated_at"])
    facts = {
        "shipment": shipment.pk,
        "carrier": shipment.carrier,
        "tracking_number": shipment.tracking_number,
        "lines": {line.sku: units[line.pk] for line in order_lines if line.pk in units},
    }
    order.note("shipped", actor=actor, details=facts)
    events.record("order.shipped", subject=f"order:{order.number}", payload=facts)
    if is_complete:
        order.transition_to(Order.Status.FULFILLED, actor=actor)
        events.record("order.fulfilled", subject=f"order:{order.number}")
