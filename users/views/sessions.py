from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import mixins
from rest_framework.viewsets import GenericViewSet

from users.models import LoginSession
from users.requests import AuthenticatedRequest
from users.serializers.sign_in import LoginSessionSerializer
from users.services import sessions
from users.views import examples


@extend_schema_view(
    list=extend_schema(
        description="List the devices on which I am signed in, the one last used first.",
        examples=[OpenApiExample("This device", value=examples.SESSION, response_only=True)],
    ),
    destroy=extend_schema(
        description="Sign a device out; its tokens stop working with the next request."
    ),
)
class SessionViewSet(mixins.ListModelMixin, mixins.DestroyModelMixin, GenericViewSet[LoginSession]):
    """The devices on which I am signed in."""

    request: AuthenticatedRequest
    queryset = LoginSession.objects.none()  # for the schema
    serializer_class = LoginSessionSerializer
    lookup_value_converter = "int"

    def get_queryset(self) -> QuerySet[LoginSession]:
        return sessions.live_sessions(user=self.request.user)

    def perform_destroy(self, instance: LoginSession) -> None:
        sessions.revoke_session(session=instance, because="signed out from another device")
