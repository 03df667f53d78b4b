"""Public reads that browsers and proxies may keep."""

from contextlib import suppress
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.utils.cache import (
    get_conditional_response,
    patch_cache_control,
    patch_vary_headers,
    set_response_etag,
)
from django.utils.functional import cached_property
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.response import Response

from ecommerce_backend.common.preconditions import PreconditionFailed
from ecommerce_backend.common.replica.views import ReadsFromReplica
from ecommerce_backend.common.responses import refusal
from users.models import User
from users.selectors import is_in_customer_group

MAX_AGE = 60  # seconds for which a price or an availability may be out of date in a browser


class PubliclyCached(ReadsFromReplica):
    """A view that shows everybody the same: a strong ETag, 304 when it still holds.

    The tag is computed from the bytes of the answer (RFC 9110 §8.8.3), so that nothing has to be
    told what an answer depends on. Refusals are not kept.
    """

    is_publicly_cached = True  # for the OpenAPI document
    varies_by: tuple[str, ...] = ("Accept",)

    def is_for_everybody(self) -> bool:
        """Tell whether everybody would be shown this answer."""
        return True

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        final = super().finalize_response(request, response, *args, **kwargs)
        patch_vary_headers(final, self.varies_by)
        if request.method in {"GET", "HEAD"} and final.status_code == HTTPStatus.OK:
            if self.is_for_everybody():
                patch_cache_control(final, public=True, max_age=MAX_AGE)
            final.add_post_render_callback(lambda rendered: _tagged(request, rendered))
        return final


class PricedForCaller(PubliclyCached):
    """A view with prices, which are a customer's own where a group they are in has a price list.

    What a member of a group is shown is theirs alone and is kept nowhere; all others are shown the
    same. A token that is no good makes a guest, as for everything that guests may read.
    """

    ignores_bad_tokens = True  # for the OpenAPI document
    varies_by = ("Accept", "Authorization")

    def perform_authentication(self, request: Request) -> None:
        with suppress(AuthenticationFailed):  # and the caller is a guest from then on
            super().perform_authentication(request)

    @cached_property
    def customer_id(self) -> int | None:
        """The caller, if they may have prices of their own."""
        user = self.request.user
        return user.pk if isinstance(user, User) and is_in_customer_group(user) else None

    def is_for_everybody(self) -> bool:
        return self.customer_id is None


def _tagged(request: Request, response: HttpResponse) -> HttpResponse:
    set_response_etag(response)
    conditional: HttpResponse | None = get_conditional_response(
        request, etag=response["ETag"], response=response
    )
    if conditional is not None and conditional.status_code == HTTPStatus.PRECONDITION_FAILED:
        refused = refusal(request, PreconditionFailed())
        refused.render()
        return refused
    return conditional or response
