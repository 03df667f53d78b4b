from functools import cache
from typing import Any

from django.http import HttpResponse
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from ecommerce_backend.api_document import API_VERSION
from ecommerce_backend.common.openapi.generator import document

RENDERERS = (OpenApiYamlRenderer, OpenApiYamlRenderer2, OpenApiJsonRenderer, OpenApiJsonRenderer2)
_DOCUMENT: dict[str, Any] = {"type": "object", "additionalProperties": True}
_BEGINNING = OpenApiExample(
    "The beginning",
    value={"openapi": "3.1.0", "info": {"title": "Nexus API", "version": API_VERSION}},
    response_only=True,
)


class SchemaView(APIView):
    """Shows the document that it is part of."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="get_openapi_document",
        tags=["meta"],
        responses={
            (200, *(renderer.media_type for renderer in RENDERERS)): OpenApiResponse(
                _DOCUMENT, examples=[_BEGINNING]
            )
        },
    )
    def get(self, request: Request) -> HttpResponse:
        """Show the OpenAPI document of the API, in YAML or JSON."""
        renderer = request.accepted_renderer
        charset = f"; charset={renderer.charset}" if renderer.charset else ""
        return HttpResponse(
            document_as(renderer.media_type), content_type=f"{renderer.media_type}{charset}"
        )


@cache
def document_as(media_type: str) -> bytes:
    """Return the document as sent; writing it takes longer than all else that the API does."""
    (renderer,) = [kind for kind in RENDERERS if kind.media_type == media_type]
    return bytes(renderer().render(document(), renderer_context={}))
