from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from ecommerce_backend.common.openapi import refuses
from ecommerce_backend.common.pagination import NewestFirst
from ecommerce_backend.common.permissions import HasPermission
from reviews.filters import StaffReviewFilters
from reviews.models import Review
from reviews.serializers import DecideReview, ModeratedReviewSerializer
from reviews.services import moderation, writing
from reviews.views import examples
from users.requests import AuthenticatedRequest


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

    @extend_schema(operation_id="list_all_reviews", tags=["staff_reviews"], examples=[examples.OWN])
    def list(self, request: Request) -> Response:
        """List the reviews of all products; `status=pending` is the moderators' queue."""
        return super().list(request)

    @refuses(writing.ReviewNotFound)
    @extend_schema(
        operation_id="decide_review",
        tags=["staff_reviews"],
        parameters=[examples.REVIEW_ID],
        request=DecideReview,
        responses=ModeratedReviewSerializer,
        examples=[examples.REJECT, examples.REJECTED],
    )
    def decision(self, request: AuthenticatedRequest, pk: int) -> Response:
        """Publish a review or reject it; a repeat does no harm."""
        form = DecideReview(data=request.data)
        form.is_valid(raise_exception=True)
        review = moderation.decide_review(
            review=self.get_object(), moderator=request.user, **form.validated_data
        )
        return Response(ModeratedReviewSerializer(review).data)
