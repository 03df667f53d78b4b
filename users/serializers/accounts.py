from typing import ClassVar

from rest_framework import serializers

from ecommerce_backend.common.serializers import OneLineField, StrictSerializer
from users.models import User

NAME_LENGTH = 150


class ProfileSerializer(serializers.ModelSerializer[User]):
    is_email_verified = serializers.BooleanField()

    class Meta:
        model = User
        fields: ClassVar = ["email", "first_name", "last_name", "is_email_verified", "created_at"]
        read_only_fields = fields


class ChangeProfile(StrictSerializer):
    first_name = OneLineField(max_length=NAME_LENGTH, allow_blank=True, required=False)
    last_name = OneLineField(max_length=NAME_LENGTH, allow_blank=True, required=False)
