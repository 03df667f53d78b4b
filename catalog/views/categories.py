from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from catalog.caching import PubliclyCached
from catalog.models import Category
from catalog.serializers import CategoryNode, CategoryPage
from catalog.services.storefront import departments
from catalog.views.examples import CATEGORY_EXAMPLE, CATEGORY_SLUG, TREE_EXAMPLE


class CategoryViewSet(PubliclyCached, ViewSet):
    authentication_classes = ()
    permission_classes = (AllowAny,)
    lookup_field = "slug"
    lookup_value_converter = "slug"

    @extend_schema(
        operation_id="list_categories",
        tags=["catalog"],
        responses=CategoryNode(many=True),
        examples=[TREE_EXAMPLE],
    )
    def list(self, request: Request) -> Response:
        """Show the whole tree of categories, branches inside their parents."""
        return Response(departments.tree())

    @extend_schema(
        operation_id="get_category",
        tags=["catalog"],
        parameters=[CATEGORY_SLUG],
        responses=CategoryPage,
        examples=[CATEGORY_EXAMPLE],
    )
    def retrieve(self, request: Request, slug: str) -> Response:
        """Show one category, the way to it and what is right below it."""
        category = get_object_or_404(Category, slug=slug)
        return Response(departments.page(category))
