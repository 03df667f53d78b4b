from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import mixins
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from ecommerce_backend.common.pagination import NewestFirst
from ecommerce_backend.common.permissions import HasPermission
from reviews.filters import StaffReviewFilters
from reviews.models import Review
from reviews.serializers import DecideReview, ModeratedReviewSerializer
from reviews.services import moderation
from reviews.views import examples
from users.requests import AuthenticatedRequest

QUEUED = OpenApiExample("Published", value=examples.OWN_REVIEW, response_only=True)
REJECTED = OpenApiExample("Rejected", value=examples.REJECTED, response_only=True)
REJECT = OpenApiExample(
    "Reject", value={"decision": "reject", "reason": "It advertises a shop."}, request_only=True
)


class StaffReviewViewSet(mixins.ListModelMixin, GenericViewSet[Review]):
    queryset = Review.objects.none()  # for the schema
    serializer_class = ModeratedReviewSerializer
    filterset_class = StaffReviewFilters
    pagination_class = NewestFirst

    def get_permissions(self) -> list[BasePermission]:
        name = "change_review" if self.action == "decision" else "view_review"
        return [HasPermission(f"reviews.{name}")()]

    def get_queryset(self) -> QuerySet[Review]:
        return Review.objects.select_related("author", "product")

    @extend_schema(examples=[QUEUED])
    def list(self, request: Request) -> Response:
        """List the reviews of all products; `status=pending` is the moderators' queue."""
        return super().list(request)

    @extend_schema(
        request=DecideReview, responses=ModeratedReviewSerializer, examples=[REJECT, REJECTED]
    )
    def decision(self, request: AuthenticatedRequest, pk: int) -> Response:
        """Publish a review or reject it; a repeat does no harm."""
        form = DecideReview(data=request.data)
        form.is_valid(raise_exception=True)
        review = moderation.decide_review(
            review=self.get_object(), moderator=request.user, **form.validated_data
        )
        return Response(ModeratedReviewSerializer(review).data)
