from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.models import SearchMiss
from catalog.serializers.facets import MissedSearch
from catalog.views.examples import MISS_EXAMPLE
from ecommerce_backend.common.permissions import HasPermission


class SearchMissesView(ListAPIView[SearchMiss]):
    permission_classes = (HasPermission("catalog.view_searchmiss"),)
    serializer_class = MissedSearch

    def get_queryset(self) -> QuerySet[SearchMiss]:
        return SearchMiss.objects.order_by("-count", "query")

    @extend_schema(
        operation_id="list_search_misses", tags=["staff_catalog"], examples=[MISS_EXAMPLE]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List searches that found nothing, the most frequent first; never by whom.

        They are counted within five minutes.
        """
        return self.list(request)
