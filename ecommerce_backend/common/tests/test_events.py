import pytest
from django.db import transaction

from ecommerce_backend.common import events
from ecommerce_backend.common.models import Event


@pytest.mark.django_db
def test_an_event_keeps_what_happened_to_what() -> None:
    event = events.record("order.placed", subject="order:8K2M", payload={"total": "19.99"})

    kept = Event.objects.get()
    assert kept == event
    assert str(kept) == "order.placed order:8K2M"
    assert kept.payload == {"total": "19.99"}


@pytest.mark.django_db
def test_an_event_needs_no_payload() -> None:
    assert events.record("cart.emptied", subject="cart:1").payload == {}


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match=r"order\.placed was recorded outside a transaction"):
        events.record("order.placed", subject="order:8K2M")

    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_event_goes_with_its_cause() -> None:
    with transaction.atomic():
        events.record("order.placed", subject="order:8K2M")
        transaction.set_rollback(True)

    assert not Event.objects.exists()
