"""Public reads that browsers and proxies may keep."""

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.utils.cache import (
    get_conditional_response,
    patch_cache_control,
    patch_vary_headers,
    set_response_etag,
)
from rest_framework.request import Request
from rest_framework.response import Response

from ecommerce_backend.common.preconditions import PreconditionFailed
from ecommerce_backend.common.replica.views import ReadsFromReplica
from ecommerce_backend.common.responses import refusal

MAX_AGE = 60  # seconds for which a price or an availability may be out of date in a browser


class PubliclyCached(ReadsFromReplica):
    """A view that shows everybody the same: a strong ETag, 304 when it still holds.

    The tag is computed from the bytes of the answer (RFC 9110 §8.8.3), so that nothing has to be
    told what an answer depends on. Refusals are not kept.
    """

    is_publicly_cached = True  # for the OpenAPI document

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        final = super().finalize_response(request, response, *args, **kwargs)
        if request.method in {"GET", "HEAD"} and final.status_code == HTTPStatus.OK:
            final.add_post_render_callback(lambda rendered: _tagged(request, rendered))
        return final


def _tagged(request: Request, response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, public=True, max_age=MAX_AGE)
    patch_vary_headers(response, ["Accept"])
    set_response_etag(response)
    conditional: HttpResponse | None = get_conditional_response(
        request, etag=response["ETag"], response=response
    )
    if conditional is not None and conditional.status_code == HTTPStatus.PRECONDITION_FAILED:
        refused = refusal(request, PreconditionFailed())
        refused.render()
        return refused
    return conditional or response
