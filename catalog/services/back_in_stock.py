"""Who wants to hear when a SKU can be had again, and telling them: once each, first come first."""

from collections.abc import Collection
from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone
from procrastinate.contrib.django import app

from catalog.models import BackInStockRequest, Stock
from catalog.selectors import variant_for_sale
from catalog.services import guest_links
from ecommerce_backend.common import mail
from ecommerce_backend.common.errors import DomainError
from ecommerce_backend.common.transactions import unit_of_work
from users.models import User
from users.services.accounts import lock_account

MOST_REQUESTS = 50  # of one customer
TOLD_PER_UNIT = 3  # not everybody buys
WAVE = timedelta(hours=1)  # after which the next in line are told, if something is left
KEPT = timedelta(days=7)  # longer than a job tries to send
GUESTS_KEPT = timedelta(days=365)  # without being told; a guest cannot be asked again


class AvailableNow(DomainError):
    code = "available_now"
    message = "This can be ordered now."
    advice = "Offer the cart instead."


class TooManyRequests(DomainError):
    code = "too_many_back_in_stock_requests"
    message = f"You wait for {MOST_REQUESTS} things already."
    advice = "Let the customer give one up first."
    extension: ClassVar = {
        "limit": {"type": "integer", "minimum": 1, "maximum": 1000, "examples": [MOST_REQUESTS]}
    }


class NotWaitedFor(DomainError):
    code = "not_waited_for"
    message = "You do not wait for this."
    http_status = 404
    advice = "Read the list again."


@unit_of_work
def ask(*, customer: User, sku: str) -> BackInStockRequest:
    """Put a customer in line for one mail; who is in line keeps their place.

    Raises VariantNotFound, AvailableNow, TooManyRequests and AccountClosed.
    """
    variant = variant_for_sale(sku)
    locked = lock_account(customer)
    if Stock.objects.get(pk=variant.pk).available:
        raise AvailableNow
    BackInStockRequest.objects.filter(customer=locked, variant=variant).exclude(
        told_at=None
    ).delete()
    waiting = {one.variant_id: one for one in waiting_for(locked)}
    if variant.pk in waiting:
        return waiting[variant.pk]
    if len(waiting) >= MOST_REQUESTS:
        raise TooManyRequests(limit=MOST_REQUESTS)
    return BackInStockRequest.objects.create(customer=locked, variant=variant)


def withdraw(*, customer: User, sku: str) -> None:
    """Give up waiting.

    Raises NotWaitedFor.
    """
    asked = waiting_for(customer).filter(variant__sku=sku).first()
    if asked is None:
        raise NotWaitedFor
    asked.delete()


def waiting_for(customer: User) -> QuerySet[BackInStockRequest]:
    """Return what a customer waits for, oldest first."""
    requests = BackInStockRequest.objects.filter(customer=customer, told_at=None)
    return requests.select_related("variant__product").order_by("pk")


def tell_later(variant_ids: Collection[int]) -> None:
    """Have those told who wait for SKUs that can be had again. Call in that transaction."""
    waiting = BackInStockRequest.objects.filter(variant__in=variant_ids, told_at=None)
    for variant_id in waiting.order_by("variant_id").values_list("variant_id").distinct():
        app.configure_task("catalog.tell_back_in_stock").defer(variant_id=variant_id[0])


@unit_of_work
def tell(*, variant_id: int) -> int:
    """Have the next in line mailed, a few for each unit there is; return how many.

    No more than that within an hour, however often something comes back. The stock row is the
    lock, so that two callers do not tell the same person, nor too many together.
    """
    (stock,) = Stock.objects.lock([variant_id])
    requests = BackInStockRequest.objects.filter(variant=variant_id)
    told = requests.filter(told_at__gt=timezone.now() - WAVE).count()
    room = max(0, stock.available * TOLD_PER_UNIT - told)
    next_ones = list(
        requests.filter(told_at=None)
        .order_by("pk")
        .select_for_update(no_key=True, of=("self",))
        .values_list("pk", flat=True)[:room]
    )
    requests.filter(pk__in=next_ones).update(told_at=timezone.now())
    for request_id in next_ones:
        app.configure_task("catalog.send_back_in_stock").defer(request_id=request_id)
    return len(next_ones)


def tell_next_in_line() -> int:
    """Go on where more wait than could be told at once; return how many are told now."""
    BackInStockRequest.objects.filter(told_at__lt=timezone.now() - KEPT).delete()
    guests = BackInStockRequest.objects.filter(customer=None)
    guests.filter(created_at__lt=timezone.now() - GUESTS_KEPT).delete()
    waiting = BackInStockRequest.objects.filter(told_at=None).values("variant")
    stocked = Stock.objects.exclude(sellable=0, backorder_room=0).filter(pk__in=waiting)
    return sum(tell(variant_id=stock.pk) for stock in stocked.order_by("pk"))


def send(*, request_id: int) -> None:
    """Send what `tell` noted, unless it was withdrawn; when all is gone again, wait on."""
    request = (
        BackInStockRequest.objects.select_related("customer", "variant__product", "variant__stock")
        .filter(Q(customer__is_active=True) | ~Q(email=""), pk=request_id)
        .exclude(told_at=None)
        .first()
    )
    if request is None:
        return
    email = request.customer.email if request.customer else request.email
    if not request.variant.stock.available:
        BackInStockRequest.objects.filter(pk=request_id).update(told_at=None)
        return
    product = request.variant.product
    page = f"{settings.STOREFRONT_URL}/products/{product.slug}/"
    mail.send(
        "back_in_stock",
        to=email,
        context={
            "email": email,
            "product": product.name,
            "variant": request.variant.label(),
            # The shop itself has no page of a product for people.
            "link": page if settings.STOREFRONT_URL != settings.BASE_URL else "",
            "leave_link": "" if request.customer else guest_links.leave_link(email),
        },
    )
    # There is no other reason to know it.
    BackInStockRequest.objects.filter(pk=request_id, customer=None).update(email="")


def forget(*, user: User, **_: object) -> None:
    """Take an erased customer, and their address, out of every line. For `customer_erased`."""
    BackInStockRequest.objects.filter(Q(customer=user) | Q(email__iexact=user.email)).delete()
