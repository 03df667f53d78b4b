from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from users.requests import AuthenticatedRequest
from users.serializers.accounts import ChangeProfile, ProfileSerializer
from users.services import accounts
from users.views import examples


class ProfileView(APIView):
    @extend_schema(
        operation_id="get_profile",
        tags=["account"],
        responses=ProfileSerializer,
        examples=[examples.PROFILE],
    )
    def get(self, request: AuthenticatedRequest) -> Response:
        """Show my account."""
        return Response(ProfileSerializer(request.user).data)

    @extend_schema(
        operation_id="change_profile",
        tags=["account"],
        request=ChangeProfile,
        responses=ProfileSerializer,
        examples=[examples.NEW_NAME, examples.RENAMED],
    )
    def patch(self, request: AuthenticatedRequest) -> Response:
        """Change my name."""
        form = ChangeProfile(data=request.data)
        form.is_valid(raise_exception=True)
        user = accounts.change_profile(user=request.user, **form.validated_data)
        return Response(ProfileSerializer(user).data)
