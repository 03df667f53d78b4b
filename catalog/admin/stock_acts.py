"""What staff can do to the stock of a SKU in the admin, apart from adjusting it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from catalog.admin.stock_forms import CountForm, SafetyStockForm, TermsForm, TransferForm
from catalog.models import Stock, Warehouse
from catalog.services import stock as service
from users.models import User


@dataclass(frozen=True, kw_only=True)
class Act:
    """One button. `run` is given the stock row, who does it, and what was typed."""

    name: str
    label: str
    question: str
    form: Callable[..., forms.Form]
    run: Callable[..., object]


def _count(stock: Stock, *, actor: User, **typed: Any) -> None:
    service.count(variant=stock.variant, actor=actor, **typed)


def _transfer(
    stock: Stock, *, actor: User, source: Warehouse, target: Warehouse, quantity: int, reason: str
) -> None:
    service.transfer({stock.pk: quantity}, source=source, target=target, reason=reason, actor=actor)


def _set_terms(stock: Stock, *, actor: User, policy: str, **typed: Any) -> None:
    service.set_terms(variant=stock.variant, policy=Stock.Policy(policy), actor=actor, **typed)


def _keep_back(stock: Stock, *, actor: User, **typed: Any) -> None:
    service.set_safety_stock(variant=stock.variant, actor=actor, **typed)


ACTS: Mapping[str, Act] = {
    act.name: act
    for act in (
        Act(
            name="count",
            label="Count",
            question="How many lie there? The ledger gets the difference to what is on hand.",
            form=CountForm,
            run=_count,
        ),
        Act(
            name="transfer",
            label="Transfer",
            question="How many go from where to where? What is promised to orders stays.",
            form=TransferForm,
            run=_transfer,
        ),
        Act(
            name="terms",
            label="Sell ahead",
            question="May customers order when nothing is left, and how much?",
            form=TermsForm,
            run=_set_terms,
        ),
        Act(
            name="safety-stock",
            label="Keep back",
            question="How many units of a warehouse are not for sale?",
            form=SafetyStockForm,
            run=_keep_back,
        ),
    )
}
