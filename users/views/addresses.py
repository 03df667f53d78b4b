from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import mixins, status
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from users.models import Address
from users.requests import AuthenticatedRequest
from users.serializers.addresses import AddressSerializer, SaveAddress
from users.services import addresses
from users.views import examples

SAVED = OpenApiExample("Saved", value=examples.SAVED_ADDRESS, response_only=True)
WHOLE = OpenApiExample("At home", value=examples.ADDRESS, request_only=True)
PART = OpenApiExample("Make it a default", value={"is_default_billing": True}, request_only=True)


@extend_schema_view(
    list=extend_schema(description="List my addresses, oldest first.", examples=[SAVED]),
    retrieve=extend_schema(description="Show one of my addresses.", examples=[SAVED]),
)
class AddressViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[Address]):
    """My address book, with at most one default each for shipping and billing."""

    request: AuthenticatedRequest
    queryset = Address.objects.none()  # for the schema
    serializer_class = AddressSerializer
    lookup_value_converter = "int"

    def get_queryset(self) -> QuerySet[Address]:
        return Address.objects.of(self.request.user).order_by("pk")

    @extend_schema(request=SaveAddress, responses={201: AddressSerializer}, examples=[WHOLE, SAVED])
    def create(self, request: AuthenticatedRequest) -> Response:
        """Add an address; made a default, it takes that over from the one before."""
        form = SaveAddress(data=request.data)
        form.is_valid(raise_exception=True)
        address = addresses.add_address(user=request.user, **form.validated_data)
        return Response(AddressSerializer(address).data, status.HTTP_201_CREATED)

    @extend_schema(request=SaveAddress, responses=AddressSerializer, examples=[WHOLE, SAVED])
    def update(self, request: AuthenticatedRequest, pk: int) -> Response:
        """Replace an address; what is left out becomes empty."""
        return self._save(request, pk, SaveAddress(data=request.data))

    @extend_schema(
        request=SaveAddress(partial=True), responses=AddressSerializer, examples=[PART, SAVED]
    )
    def partial_update(self, request: AuthenticatedRequest, pk: int) -> Response:
        """Change parts of an address."""
        return self._save(request, pk, SaveAddress(data=request.data, partial=True))

    @extend_schema(responses={204: None})
    def destroy(self, request: AuthenticatedRequest, pk: int) -> Response:
        """Remove an address; orders keep their own copy."""
        addresses.remove_address(user=request.user, address_id=pk)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _save(self, request: AuthenticatedRequest, pk: int, form: SaveAddress) -> Response:
        form.is_valid(raise_exception=True)
        address = addresses.change_address(user=request.user, address_id=pk, **form.validated_data)
        return Response(AddressSerializer(address).data)
