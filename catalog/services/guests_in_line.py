"""Guests in the back-in-stock line: by an address whose owner has confirmed it by a mailed link.

Until then nothing of them is stored but the job that mails the link. No answer tells whether an
address is in line.
"""

from django.db import connection
from procrastinate.contrib.django import app

from catalog.models import BackInStockRequest, ProductVariant, Stock
from catalog.selectors import variant_for_sale
from catalog.services import guest_links
from catalog.services.back_in_stock import MOST_REQUESTS, AvailableNow, TooManyRequests
from ecommerce_backend.common import mail, rate_limits
from ecommerce_backend.common.transactions import unit_of_work
from users.services.mailing import spend_mail

_LINE_LOCK = 0x6C69_6E65  # "line"


def ask(*, sku: str, email: str, address: str) -> None:
    """Mail a link to an address, which puts it in line when it is followed.

    Raises VariantNotFound, AvailableNow, RateLimited and LimiterUnavailable.
    """
    variant = variant_for_sale(sku)
    _require_gone(variant)
    spend_mail(email=email, address=address)
    app.configure_task("catalog.send_guest_confirmation").defer(variant_id=variant.pk, email=email)


def send_confirmation(*, variant_id: int, email: str) -> None:
    """Send what `ask` noted."""
    variant = ProductVariant.objects.select_related("product").filter(pk=variant_id).first()
    if variant is None or not email:
        return
    mail.send(
        "confirm_back_in_stock",
        to=email,
        context={
            "email": email,
            "product": variant.product.name,
            "variant": variant.label(),
            "link": guest_links.join_link(email, variant_id=variant.pk),
            "leave_link": guest_links.leave_link(email),
        },
    )


@unit_of_work
def confirm(*, token: str, address: str) -> None:
    """Put the address of a link in line; who is in line keeps their place.

    Raises LinkInvalid, VariantNotFound, AvailableNow, TooManyRequests, RateLimited and
    LimiterUnavailable.
    """
    rate_limits.spend({"link-address": rate_limits.network_of(address)})
    email, variant_id = guest_links.opened_to_join(token)
    named = ProductVariant.objects.filter(pk=variant_id).values_list("sku", flat=True)
    variant = variant_for_sale(named.first() or "")
    _lock_lines_of(email)
    _require_gone(variant)
    rows = BackInStockRequest.objects.filter(email__iexact=email)
    waiting = set(rows.filter(told_at=None).values_list("variant_id", flat=True))
    if variant.pk in waiting:
        return
    if len(waiting) >= MOST_REQUESTS:
        raise TooManyRequests(limit=MOST_REQUESTS)
    rows.filter(variant=variant).delete()  # told, and the mail not sent yet
    BackInStockRequest.objects.create(variant=variant, email=email)


def leave(*, token: str, address: str) -> None:
    """Take the address of a link out of every line, if it is in one.

    Raises LinkInvalid, RateLimited and LimiterUnavailable.
    """
    rate_limits.spend({"link-address": rate_limits.network_of(address)})
    email = guest_links.opened_to_leave(token)
    BackInStockRequest.objects.filter(email__iexact=email).delete()


def _require_gone(variant: ProductVariant) -> None:
    if Stock.objects.get(pk=variant.pk).available:
        raise AvailableNow


def _lock_lines_of(email: str) -> None:
    """Wait for others who confirm the same address: there is no account to lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(lower(%s)))", [_LINE_LOCK, email])
