from typing import ClassVar

from rest_framework import serializers

from ecommerce_backend.common.serializers import CountField, OneLineField, StrictSerializer
from users.models import CustomerGroup, User

CODE_LENGTH = 64


class WriteCustomerGroup(StrictSerializer):
    """A customer group as staff mean it to be."""

    code = serializers.SlugField(max_length=CODE_LENGTH)
    name = OneLineField(max_length=150)


class StaffCustomerGroup(serializers.ModelSerializer[CustomerGroup]):
    """A customer group as staff see it."""

    member_count = CountField()

    class Meta:
        model = CustomerGroup
        fields: ClassVar = ["id", "code", "name", "member_count", "created_at"]


class AddMember(StrictSerializer):
    """Whom to add: an account by its address."""

    email = serializers.EmailField(max_length=254)


class CustomerGroupMember(serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields: ClassVar = ["id", "email", "first_name", "last_name"]
