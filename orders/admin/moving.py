"""Moving orders along from the admin: buttons on an order, actions on the list."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from ecommerce_backend.common.admin import ReadOnlyAdmin
from ecommerce_backend.common.errors import DomainError
from orders.admin.acts import ACTS, CANCEL, DELIVER, MARK_PAID, SHIP, Act
from orders.models import Order


class MovableOrderAdmin(ReadOnlyAdmin):
    """Orders that people read, and change by what a service offers only."""

    change_form_template = "orders/admin/order.html"
    actions = ("mark_paid", "ship", "deliver", "cancel")

    def has_move_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("orders.change_order")

    def get_urls(self) -> list[URLPattern]:
        act = path(
            "<path:object_id>/act/<slug:name>/",
            self.admin_site.admin_view(self.act_view),
            name="orders_order_act",
        )
        return [act, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        order = self.get_object(request, object_id)
        acts = []
        if order is not None and self.has_move_permission(request):
            acts = [act for act in ACTS.values() if act.makes_sense_for(order)]
        return super().change_view(
            request, object_id, form_url, {**(extra_context or {}), "acts": acts}
        )

    def act_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        """Ask whether it is so, and on POST do it."""
        order = self.get_object(request, object_id)
        if name not in ACTS or order is None:
            raise Http404
        if not self.has_move_permission(request):
            raise PermissionDenied
        act = ACTS[name]
        form = act.form(request.POST or None)
        if request.method == "POST" and form.is_valid():
            self._move(request, act, order, **form.cleaned_data)
            return redirect("admin:orders_order_change", order.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{act.label}: {order.number}",
            "opts": self.opts,
            "order": order,
            "act": act,
            "form": form,
        }
        return TemplateResponse(request, "orders/admin/act.html", context)

    def _move(self, request: HttpRequest, act: Act, order: Order, **fields: Any) -> None:
        try:
            act.run(order=order, actor=request.user, **fields)
        except DomainError as refusal:
            self.message_user(request, f"{order.number}: {refusal}", messages.ERROR)
        else:
            self.log_change(request, order, act.label)
            self.message_user(request, f"{order.number} {act.done}.", messages.SUCCESS)

    @admin.action(description=MARK_PAID.label, permissions=["move"])
    def mark_paid(self, request: HttpRequest, chosen: QuerySet[Order]) -> None:
        self._move_all(request, MARK_PAID, chosen)

    @admin.action(description=SHIP.label, permissions=["move"])
    def ship(self, request: HttpRequest, chosen: QuerySet[Order]) -> None:
        self._move_all(request, SHIP, chosen)

    @admin.action(description=DELIVER.label, permissions=["move"])
    def deliver(self, request: HttpRequest, chosen: QuerySet[Order]) -> None:
        self._move_all(request, DELIVER, chosen)

    @admin.action(description=CANCEL.label, permissions=["move"])
    def cancel(self, request: HttpRequest, chosen: QuerySet[Order]) -> None:
        self._move_all(request, CANCEL, chosen)

    def _move_all(self, request: HttpRequest, act: Act, chosen: QuerySet[Order]) -> None:
        for order in chosen.order_by("pk"):
            self._move(request, act, order)
