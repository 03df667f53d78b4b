from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, status
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from ecommerce_backend.common.openapi import id_in_path, refuses
from users.models import Address
from users.requests import AuthenticatedRequest
from users.serializers.addresses import AddressSerializer, SaveAddress
from users.services import addresses
from users.services.addresses import AddressNotFound
from users.views import examples

ID = id_in_path(example=12)


@extend_schema_view(
    list=extend_schema(
        operation_id="list_addresses",
        tags=["account"],
        description="List my addresses, oldest first.",
        examples=[examples.SAVED],
    ),
    retrieve=extend_schema(
        operation_id="get_address",
        tags=["account"],
        parameters=[ID],
        description="Show one of my addresses.",
        examples=[examples.SAVED],
    ),
)
class AddressViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[Address]):
    """My address book, with at most one default each for shipping and billing."""

    request: AuthenticatedRequest
    queryset = Address.objects.none()  # for the schema
    serializer_class = AddressSerializer
    lookup_value_converter = "int"

    def get_queryset(self) -> QuerySet[Address]:
        return Address.objects.of(self.request.user).order_by("pk")

    @extend_schema(
        operation_id="add_address",
        tags=["account"],
        request=SaveAddress,
        responses={201: AddressSerializer},
        examples=[examples.AT_HOME, examples.SAVED],
    )
    def create(self, request: AuthenticatedRequest) -> Response:
        """Add an address; made a default, it takes that over from the one before."""
        form = SaveAddress(data=request.data)
        form.is_valid(raise_exception=True)
        address = addresses.add_address(user=request.user, **form.validated_data)
        return Response(AddressSerializer(address).data, status.HTTP_201_CREATED)

    @refuses(AddressNotFound)
    @extend_schema(
        operation_id="replace_address",
        tags=["account"],
        parameters=[ID],
        request=SaveAddress,
        responses=AddressSerializer,
        examples=[examples.AT_HOME, examples.SAVED],
    )
    def update(self, request: AuthenticatedRequest, pk: int) -> Response:
        """Replace an address; what is left out becomes empty."""
        return self._save(request, pk, SaveAddress(data=request.data))

    @refuses(AddressNotFound)
    @extend_schema(
        operation_id="change_address",
        tags=["account"],
        parameters=[ID],
        request=SaveAddress(partial=True),
        responses=AddressSerializer,
        examples=[examples.MADE_DEFAULT, examples.SAVED],
    )
    def partial_update(self, request: AuthenticatedRequest, pk: int) -> Response:
        """Change parts of an address."""
        return self._save(request, pk, SaveAddress(data=request.data, partial=True))

    @refuses(AddressNotFound)
    @extend_schema(
        operation_id="remove_address",
        tags=["account"],
        parameters=[ID],
        responses={204: None},
    )
    def destroy(self, request: AuthenticatedRequest, pk: int) -> Response:
        """Remove an address; orders keep their own copy."""
        addresses.remove_address(user=request.user, address_id=pk)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _save(self, request: AuthenticatedRequest, pk: int, form: SaveAddress) -> Response:
        form.is_valid(raise_exception=True)
        address = addresses.change_address(user=request.user, address_id=pk, **form.validated_data)
        return Response(AddressSerializer(address).data)
