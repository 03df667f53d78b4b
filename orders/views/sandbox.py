"""The hosted page of the sandbox provider. It is the provider's, not the shop's."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ecommerce_backend.common import money
from orders.gateways import sandbox
from orders.models import SandboxSession


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """GET and POST /sandbox/pay/<token>/: approve or decline, then the way back to the shop."""
    session = get_object_or_404(SandboxSession, token=token)
    if request.method == "POST":
        sandbox.decide(token=token, is_approved=request.POST.get("decision") == "approve")
        # To this page, not to return_url: the policy lets a form lead to ourselves only.
        return redirect("sandbox-pay", token=token)
    return render(
        request,
        "orders/sandbox_pay.html",
        {
            "session": session,
            "amount": money.formatted(session.amount, session.currency),
            "store_name": settings.STORE_NAME,
        },
    )
