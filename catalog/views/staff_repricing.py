"""Changing many prices at once, for staff."""

from typing import Final

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.serializers.repricing import SHOWN, ChangePrices, PriceChanges
from catalog.services import repricing
from catalog.services.prices import PriceInvalid
from ecommerce_backend.common.idempotency import run_once
from ecommerce_backend.common.openapi import IDEMPOTENCY_KEY, refuses
from ecommerce_backend.common.permissions import HasPermission
from users.requests import AuthenticatedRequest

_LESS: Final = {"percent": "-10.00", "ending": "0.99", "keep_as_compare_at": True}
_TOKEN: Final = "5f0c2a9d41e84c0b9a7d3e6f10b2c4d85f0c2a9d41e84c0b9a7d3e6f10b2c4d8"  # noqa: S105
_LOOK: Final = OpenApiExample("Look first", request_only=True, value={**_LESS, "dry_run": True})
_DO: Final = OpenApiExample(
    "Do what was looked at",
    request_only=True,
    value={**_LESS, "dry_run": False, "preview": _TOKEN},
)
_CHANGES: Final = OpenApiExample(
    "A tenth less",
    response_only=True,
    value={
        "dry_run": True,
        "preview": _TOKEN,
        "count": 1,
        "totals": [{"currency": "USD", "before": "23.50", "after": "20.99"}],
        "changes": [
            {
                "sku": "MUG-HARBOUR-OAT",
                "currency": "USD",
                "before": "23.50",
                "after": "20.99",
                "compare_at": "23.50",
            }
        ],
    },
)


class PriceChangesView(APIView):
    permission_classes = (HasPermission("catalog.change_price"),)

    @refuses(repricing.PreviewOutdated, repricing.TooManyPrices, PriceInvalid)
    @extend_schema(
        operation_id="change_prices",
        tags=["staff_catalog"],
        parameters=[IDEMPOTENCY_KEY],
        request=ChangePrices,
        responses=PriceChanges,
        examples=[_LOOK, _DO, _CHANGES],
    )
    def post(self, request: AuthenticatedRequest) -> Response:
        """Change base prices by percent, or show what that would do.

        A dry run answers with a `preview`. Sent with the same change and without `dry_run` it is
        done, unless any of the prices has changed since.
        """
        form = ChangePrices(data=request.data)
        form.is_valid(raise_exception=True)
        return run_once(request, lambda: _done(form), principal=f"user:{request.user.pk}")


def _done(form: ChangePrices) -> Response:
    is_dry = form.validated_data["dry_run"]
    selection, rule = form.selection(), form.rule()
    if is_dry:
        found = repricing.preview(selection=selection, rule=rule)
    else:
        token = form.validated_data["preview"]
        found = repricing.change_prices(selection=selection, rule=rule, token=token)
    shown = {
        "dry_run": is_dry,
        "preview": found.token,
        "count": len(found.changes),
        "totals": found.totals(),
        "changes": found.changes[:SHOWN],
    }
    return Response(PriceChanges(shown).data)
