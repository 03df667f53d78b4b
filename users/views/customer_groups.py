"""Customer groups for staff."""

from typing import Any, Final

from django.db.models import Count, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.mixins import ListModelMixin
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from ecommerce_backend.common import versions
from ecommerce_backend.common.openapi import id_in_path, refuses
from ecommerce_backend.common.permissions import HasPermission
from ecommerce_backend.common.transactions import unit_of_work
from users.models import CustomerGroup, User
from users.serializers.customer_groups import (
    AddMember,
    CustomerGroupMember,
    StaffCustomerGroup,
    WriteCustomerGroup,
)
from users.services import customer_groups

_ACTIONS = {"create": "add", "partial_update": "change", "destroy": "delete"}
_GROUP_ID: Final = id_in_path(example=4)
_WRITTEN: Final = {"code": "trade", "name": "Trade"}
_GROUP: Final = OpenApiExample(
    "Trade",
    response_only=True,
    value={"id": 4, **_WRITTEN, "member_count": 1, "created_at": "2026-11-20T09:30:00Z"},
)
_NEW_GROUP: Final = OpenApiExample("Trade", request_only=True, value=_WRITTEN)
_CHANGE: Final = OpenApiExample("Another name", request_only=True, value={"name": "Trade, gold"})
_NEW_MEMBER: Final = OpenApiExample(
    "By address", request_only=True, value={"email": "ada@example.com"}
)
_MEMBER: Final = OpenApiExample(
    "A customer",
    response_only=True,
    value={"id": 7, "email": "ada@example.com", "first_name": "Ada", "last_name": "Customer"},
)


class CustomerGroupViewSet(ListModelMixin, GenericViewSet[CustomerGroup]):
    lookup_value_converter = "int"
    serializer_class = StaffCustomerGroup

    def get_permissions(self) -> list[BasePermission]:
        return [HasPermission(f"users.{_ACTIONS.get(self.action, 'view')}_customergroup")()]

    def get_queryset(self) -> QuerySet[CustomerGroup]:
        return CustomerGroup.objects.annotate(member_count=Count("members")).order_by("name", "pk")

    @extend_schema(operation_id="list_customer_groups", tags=["staff_customers"], examples=[_GROUP])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List customer groups by name."""
        return super().list(request, *args, **kwargs)

    @extend_schema(
        operation_id="get_customer_group",
        tags=["staff_customers"],
        parameters=[_GROUP_ID, versions.ETAG],
        examples=[_GROUP],
    )
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show a customer group."""
        return self._shown(self.get_object().pk)

    @refuses(customer_groups.CustomerGroupExists)
    @extend_schema(
        operation_id="add_customer_group",
        tags=["staff_customers"],
        parameters=[versions.ETAG],
        request=WriteCustomerGroup,
        responses={201: StaffCustomerGroup},
        examples=[_NEW_GROUP, _GROUP],
    )
    def create(self, request: Request) -> Response:
        """Add a customer group without members."""
        form = WriteCustomerGroup(data=request.data)
        form.is_valid(raise_exception=True)
        return self._shown(customer_groups.create_group(**form.validated_data).pk, 201)

    @refuses(customer_groups.CustomerGroupExists)
    @extend_schema(
        operation_id="change_customer_group",
        tags=["staff_customers"],
        parameters=[_GROUP_ID, versions.IF_MATCH, versions.ETAG],
        request=WriteCustomerGroup,
        responses=StaffCustomerGroup,
        examples=[_CHANGE, _GROUP],
    )
    @unit_of_work
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change what a customer group is called."""
        form = WriteCustomerGroup(data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        group = self._locked(request, pk)
        customer_groups.change_group(group=group, changes=form.validated_data)
        return self._shown(pk)

    @refuses(customer_groups.CustomerGroupInUse)
    @extend_schema(
        operation_id="delete_customer_group",
        tags=["staff_customers"],
        parameters=[_GROUP_ID, versions.IF_MATCH],
        responses={204: None},
    )
    @unit_of_work
    def destroy(self, request: Request, pk: int) -> Response:
        """Delete a customer group that no price list is for; its members stay customers."""
        customer_groups.delete_group(group=self._locked(request, pk))
        return Response(status=204)

    def _locked(self, request: Request, pk: int) -> CustomerGroup:
        group = locked(pk)
        versions.require_seen(request, StaffCustomerGroup(self.get_queryset().get(pk=pk)).data)
        return group

    def _shown(self, pk: int, status: int = 200) -> Response:
        return versions.shown(StaffCustomerGroup(self.get_queryset().get(pk=pk)).data, status)


class CustomerGroupMemberViewSet(ListModelMixin, GenericViewSet[User]):
    serializer_class = CustomerGroupMember

    def get_permissions(self) -> list[BasePermission]:
        action = "change" if self.action in {"create", "destroy"} else "view"
        return [HasPermission(f"users.{action}_customergroup", "users.view_user")()]

    def get_queryset(self) -> QuerySet[User]:
        return User.objects.filter(customer_groups=self.kwargs.get("pk")).order_by("email", "pk")

    @extend_schema(
        operation_id="list_customer_group_members",
        tags=["staff_customers"],
        parameters=[_GROUP_ID],
        examples=[_MEMBER],
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List who is in a customer group by address."""
        get_object_or_404(CustomerGroup, pk=kwargs["pk"])
        return super().list(request, *args, **kwargs)

    @refuses(customer_groups.CustomerNotFound)
    @extend_schema(
        operation_id="add_customer_group_member",
        tags=["staff_customers"],
        parameters=[_GROUP_ID],
        request=AddMember,
        responses={201: CustomerGroupMember},
        examples=[_NEW_MEMBER, _MEMBER],
    )
    @unit_of_work
    def create(self, request: Request, pk: int) -> Response:
        """Let a customer buy on the terms of a group. Who is in it already stays."""
        form = AddMember(data=request.data)
        form.is_valid(raise_exception=True)
        member = customer_groups.add_member(group=locked(pk), **form.validated_data)
        return Response(CustomerGroupMember(member).data, 201)

    @refuses(customer_groups.CustomerNotFound)
    @extend_schema(
        operation_id="remove_customer_group_member",
        tags=["staff_customers"],
        parameters=[_GROUP_ID, id_in_path("member_id", example=7)],
        responses={204: None},
    )
    @unit_of_work
    def destroy(self, request: Request, pk: int, member_id: int) -> Response:
        """Take a customer out of a group."""
        customer_groups.remove_member(group=locked(pk), member_id=member_id)
        return Response(status=204)


def locked(pk: int) -> CustomerGroup:
    rows = CustomerGroup.objects.select_for_update(no_key=True, of=("self",))
    return get_object_or_404(rows, pk=pk)
