from typing import Any

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.mixins import ListModelMixin
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from catalog.models import Attribute, AttributeCategory
from catalog.serializers.attributes import ChangeAttribute, StaffAttribute, WriteAttribute
from catalog.services.attributes import editing
from catalog.services.shelving import StillInUse
from catalog.staff_filters import AttributeFilters
from catalog.views import attribute_examples as examples
from ecommerce_backend.common import versions
from ecommerce_backend.common.openapi import refuses
from ecommerce_backend.common.permissions import HasPermission
from ecommerce_backend.common.transactions import unit_of_work

_ACTS = {"create": "add", "partial_update": "change", "destroy": "delete"}


class StaffAttributeViewSet(ListModelMixin, GenericViewSet[Attribute]):
    lookup_value_converter = "int"
    serializer_class = StaffAttribute
    filterset_class = AttributeFilters

    def get_permissions(self) -> list[BasePermission]:
        return [HasPermission(f"catalog.{_ACTS.get(self.action, 'view')}_attribute")()]

    def get_queryset(self) -> QuerySet[Attribute]:
        ties = AttributeCategory.objects.select_related("category")
        rows = Attribute.objects.prefetch_related("choices", Prefetch("ties", ties))
        return rows.order_by("position", "code")

    @extend_schema(
        operation_id="list_attributes", tags=["staff_catalog"], examples=[examples.ATTRIBUTE]
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List attributes of products in their order, with what they offer."""
        return super().list(request, *args, **kwargs)

    @extend_schema(
        operation_id="get_attribute",
        tags=["staff_catalog"],
        parameters=[examples.ATTRIBUTE_ID, versions.ETAG],
        examples=[examples.ATTRIBUTE],
    )
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show an attribute and what it offers."""
        return versions.shown(StaffAttribute(self.get_object()).data)

    @refuses(editing.AttributeExists)
    @extend_schema(
        operation_id="add_attribute",
        tags=["staff_catalog"],
        parameters=[versions.ETAG],
        request=WriteAttribute,
        responses={201: StaffAttribute},
        examples=[examples.NEW_ATTRIBUTE, examples.ATTRIBUTE],
    )
    def create(self, request: Request) -> Response:
        """Add an attribute; products get values of it by its code.

        Facts of its name that products have already stay what they are until they are written
        again.
        """
        form = WriteAttribute(data=request.data)
        form.is_valid(raise_exception=True)
        added = editing.add_attribute(**form.validated_data)
        return self._shown(added.pk, 201)

    @refuses(editing.AttributeExists, StillInUse)
    @extend_schema(
        operation_id="change_attribute",
        tags=["staff_catalog"],
        parameters=[examples.ATTRIBUTE_ID, versions.IF_MATCH, versions.ETAG],
        request=ChangeAttribute,
        responses=StaffAttribute,
        examples=[examples.ATTRIBUTE_CHANGE, examples.ATTRIBUTE],
    )
    @unit_of_work
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change what is named of an attribute; `choices` replaces all that it offers.

        A choice is known by its code. One that products have cannot be left out.
        """
        form = ChangeAttribute(data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        attribute = self._locked(request, pk)
        editing.change_attribute(attribute=attribute, changes=form.validated_data)
        return self._shown(pk)

    @refuses(StillInUse)
    @extend_schema(
        operation_id="delete_attribute",
        tags=["staff_catalog"],
        parameters=[examples.ATTRIBUTE_ID, versions.IF_MATCH],
        responses={204: None},
    )
    @unit_of_work
    def destroy(self, request: Request, pk: int) -> Response:
        """Delete an attribute that no product has a value of."""
        editing.delete_attribute(attribute=self._locked(request, pk))
        return Response(status=204)

    def _locked(self, request: Request, pk: int) -> Attribute:
        rows = self.get_queryset().select_for_update(no_key=True, of=("self",))
        attribute = get_object_or_404(rows, pk=pk)
        versions.require_seen(request, StaffAttribute(attribute).data)
        return attribute

    def _shown(self, pk: int, status: int = 200) -> Response:
        return versions.shown(StaffAttribute(self.get_queryset().get(pk=pk)).data, status)
