"""Whose cart it is: finding, making, locking and forgetting them."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from cart.models import Cart
from cart.selectors import find_cart, token_digest
from ecommerce_backend.common.preconditions import PreconditionFailed
from users.models import User

TOKEN_BYTES = 32
BATCH_SIZE = 500


@dataclass(frozen=True, kw_only=True)
class OpenCart:
    """A cart, and the token to come back with if it was made just now for a guest."""

    cart: Cart
    token: str | None = None


def lock_current(
    *, user: User | None, token: str | None, expected_versions: Collection[int] | None = None
) -> Cart | None:
    """Return the caller's cart with its row locked, None when there is none.

    `expected_versions` are those the caller is ready to change, None for any; a cart that does
    not exist is at version 0. Raises PreconditionFailed.
    """
    cart = _lock(find_cart(user=user, token=token))
    _check_version(cart.version if cart else 0, expected_versions)
    return cart


def obtain(
    *, user: User | None, token: str | None, expected_versions: Collection[int] | None = None
) -> OpenCart:
    """Return the caller's cart with its row locked, a new one when there is none.

    A token that opens no cart is not honored: its bearer gets a new cart with a new token.
    Raises PreconditionFailed.
    """
    cart = lock_current(user=user, token=token, expected_versions=expected_versions)
    if cart is not None:
        return OpenCart(cart=cart)
    if user is not None:
        cart = _lock_first_cart_of(user)
        _check_version(cart.version, expected_versions)
        return OpenCart(cart=cart)
    new_token = secrets.token_urlsafe(TOKEN_BYTES)
    cart = Cart.objects.create(token_hash=token_digest(new_token), currency=settings.STORE_CURRENCY)
    return OpenCart(cart=cart, token=new_token)


def lock_all(cart_ids: Collection[int]) -> dict[int, Cart]:
    """Return the carts that are still there, by id, their rows locked in key order."""
    rows = Cart.objects.filter(pk__in=cart_ids).order_by("pk")
    return {cart.pk: cart for cart in rows.select_for_update(no_key=True, of=("self",))}


def save_changed(cart: Cart) -> None:
    """Count one change of a cart or its lines. Call with the row locked."""
    cart.version += 1
    cart.save(update_fields=["currency", "version", "updated_at"])


def discard_abandoned() -> int:
    """Delete the guest carts nobody has touched for the promised time; return how many.

    In batches, each its own transaction; a cart that is in use this moment is passed over.
    """
    limit = timezone.now() - timedelta(seconds=settings.GUEST_CART_LIFETIME_SECONDS)
    discarded = 0
    while True:
        with transaction.atomic():
            abandoned = Cart.objects.abandoned_before(limit).order_by("pk")
            rows = abandoned.select_for_update(no_key=True, of=("self",), skip_locked=True)
            batch = list(rows.values_list("pk", flat=True)[:BATCH_SIZE])
            Cart.objects.filter(pk__in=batch).delete()
        discarded += len(batch)
        if len(batch) < BATCH_SIZE:
            return discarded


def _lock(cart: Cart | None) -> Cart | None:
    try:
        return Cart.objects.lock(cart.pk) if cart else None
    except Cart.DoesNotExist:  # merged or discarded since it was found
        return None


def _lock_first_cart_of(user: User) -> Cart:
    # Of two first visits at once one makes the cart and the other waits for it and finds it.
    cart, _ = Cart.objects.get_or_create(
        customer=user, defaults={"currency": settings.STORE_CURRENCY}
    )
    return Cart.objects.lock(cart.pk)


def _check_version(version: int, expected: Collection[int] | None) -> None:
    if expected is not None and version not in expected:
        raise PreconditionFailed
