from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from catalog.models import Product
from catalog.serializers.links import ProductLinks, SetLinks
from catalog.services.links import linked, set_links
from catalog.views import staff_examples as examples
from ecommerce_backend.common import versions
from ecommerce_backend.common.permissions import HasPermission
from ecommerce_backend.common.transactions import unit_of_work

_LINKS = OpenApiExample("A mug's", request_only=True, value={"related": [7, 31], "up_sell": [14]})
_SHOWN = OpenApiExample(
    "A mug's",
    response_only=True,
    value={
        "related": [
            {"id": 7, "name": "Cove Toast Rack", "slug": "cove-toast-rack", "status": "published"}
        ],
        "up_sell": [],
    },
)


class StaffProductLinksViewSet(ViewSet):
    lookup_value_converter = "int"

    def get_permissions(self) -> list[BasePermission]:
        act = "change" if self.action == "update" else "view"
        return [HasPermission(f"catalog.{act}_product")()]

    @extend_schema(
        operation_id="get_product_links",
        tags=["staff_catalog"],
        parameters=[examples.PRODUCT_ID, versions.ETAG],
        responses=ProductLinks,
        examples=[_SHOWN],
    )
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show which products staff lead to from a product, drafts too."""
        return versions.shown(_links(get_object_or_404(Product.objects.only("pk"), pk=pk)))

    @extend_schema(
        operation_id="set_product_links",
        tags=["staff_catalog"],
        parameters=[examples.PRODUCT_ID, versions.IF_MATCH, versions.ETAG],
        request=SetLinks,
        responses=ProductLinks,
        examples=[_LINKS, _SHOWN],
    )
    @unit_of_work
    def update(self, request: Request, pk: int) -> Response:
        """Say which products a product leads to, and in which order.

        What is not in a list is led to no longer. Sending it again changes nothing.
        """
        form = SetLinks(data=request.data)
        form.is_valid(raise_exception=True)
        try:
            product = Product.objects.lock(pk)
        except Product.DoesNotExist as error:
            raise Http404 from error
        versions.require_seen(request, _links(product))
        set_links(product=product, **form.validated_data)
        return versions.shown(_links(product))


def _links(product: Product) -> Any:
    return ProductLinks(linked(product)).data
