from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from users.requests import AuthenticatedRequest
from users.serializers.accounts import ChangeProfile, ProfileSerializer
from users.services import accounts
from users.views import examples


class ProfileView(APIView):
    @extend_schema(
        responses=ProfileSerializer,
        examples=[OpenApiExample("Me", value=examples.PROFILE, response_only=True)],
    )
    def get(self, request: AuthenticatedRequest) -> Response:
        """Show my account."""
        return Response(ProfileSerializer(request.user).data)

    @extend_schema(
        request=ChangeProfile,
        responses=ProfileSerializer,
        examples=[
            OpenApiExample("Marriage", value={"last_name": "Lovelace"}, request_only=True),
            OpenApiExample(
                "Me", value={**examples.PROFILE, "last_name": "Lovelace"}, response_only=True
            ),
        ],
    )
    def patch(self, request: AuthenticatedRequest) -> Response:
        """Change my name."""
        form = ChangeProfile(data=request.data)
        form.is_valid(raise_exception=True)
        user = accounts.change_profile(user=request.user, **form.validated_data)
        return Response(ProfileSerializer(user).data)
