"""What staff can do to an order in the admin. Each goes through a service."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django import forms

from orders.admin.forms import CancelForm, MarkPaidForm, NothingToAddForm, ShipForm
from orders.models import Order
from orders.services.cancellation import cancel_order
from orders.services.fulfillment import deliver_shipments, ship_order
from orders.services.payments import capture_manually

Status = Order.Status
_NOTHING_LEFT_YET = frozenset({Order.FulfillmentStatus.UNFULFILLED})
_SOMETHING_LEFT = frozenset(
    {Order.FulfillmentStatus.PARTIALLY_FULFILLED, Order.FulfillmentStatus.FULFILLED}
)


@dataclass(frozen=True, kw_only=True)
class Act:
    """One button. `statuses` are those in which it makes sense; the service decides."""

    name: str
    label: str
    question: str
    done: str
    statuses: frozenset[str]
    fulfillment_statuses: frozenset[str] = frozenset(Order.FulfillmentStatus)
    form: type[forms.Form]
    run: Callable[..., object]

    def makes_sense_for(self, order: Order) -> bool:
        return (
            order.status in self.statuses and order.fulfillment_status in self.fulfillment_statuses
        )


MARK_PAID = Act(
    name="mark-paid",
    label="Mark paid (bank transfer)",
    question="Is the whole amount on the shop's account? The order will be confirmed.",
    done="was marked paid",
    statuses=frozenset({Status.PENDING}),
    form=MarkPaidForm,
    run=capture_manually,
)
SHIP = Act(
    name="ship",
    label="Ship everything",
    question="Has everything that was still open left the building?",
    done="was shipped",
    statuses=frozenset({Status.CONFIRMED}),
    form=ShipForm,
    run=ship_order,
)
DELIVER = Act(
    name="deliver",
    label="Mark delivered",
    question="Have all parcels that were on their way arrived?",
    done="was marked delivered",
    statuses=frozenset({Status.CONFIRMED, Status.FULFILLED}),
    fulfillment_statuses=_SOMETHING_LEFT,
    form=NothingToAddForm,
    run=deliver_shipments,
)
CANCEL = Act(
    name="cancel",
    label="Cancel",
    question="Cancel the order? Its stock becomes free and money that came in goes back.",
    done="was canceled",
    statuses=frozenset({Status.PENDING, Status.CONFIRMED}),
    fulfillment_statuses=_NOTHING_LEFT_YET,
    form=CancelForm,
    run=cancel_order,
)
ACTS: Mapping[str, Act] = {act.name: act for act in (MARK_PAID, SHIP, DELIVER, CANCEL)}
