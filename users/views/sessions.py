from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins
from rest_framework.viewsets import GenericViewSet

from ecommerce_backend.common.openapi import id_in_path
from users.models import LoginSession
from users.requests import AuthenticatedRequest
from users.serializers.sign_in import LoginSessionSerializer
from users.services import sessions
from users.views import examples


@extend_schema_view(
    list=extend_schema(
        operation_id="list_sessions",
        tags=["auth"],
        description="List the devices on which I am signed in, the one last used first.",
        examples=[examples.THIS_DEVICE],
    ),
    destroy=extend_schema(
        operation_id="end_session",
        tags=["auth"],
        parameters=[id_in_path(example=7)],
        description="Sign a device out; its tokens stop working with the next request.",
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
