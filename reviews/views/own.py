from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from ecommerce_backend.common.openapi import refuses
from ecommerce_backend.common.pagination import NewestFirst
from reviews.models import Review
from reviews.serializers import ModeratedReviewSerializer, WriteReview
from reviews.services import writing
from reviews.views import examples
from users.requests import AuthenticatedRequest


class OwnReviewViewSet(mixins.ListModelMixin, GenericViewSet[Review]):
    """The reviews I wrote, in whatever state they are."""

    request: AuthenticatedRequest
    queryset = Review.objects.none()  # for the schema
    serializer_class = ModeratedReviewSerializer
    pagination_class = NewestFirst

    def get_queryset(self) -> QuerySet[Review]:
        return Review.objects.filter(author=self.request.user).select_related("author", "product")

    @extend_schema(operation_id="list_my_reviews", tags=["reviews"], examples=[examples.OWN])
    def list(self, request: Request) -> Response:
        """List the reviews I wrote, with what became of them."""
        return super().list(request)

    @refuses(writing.ReviewNotFound)
    @extend_schema(
        operation_id="change_review",
        tags=["reviews"],
        parameters=[examples.REVIEW_ID],
        request=WriteReview(partial=True),
        responses=ModeratedReviewSerializer,
        examples=[examples.FOUR_STARS, examples.CHANGED],
    )
    def partial_update(self, request: AuthenticatedRequest, pk: int) -> Response:
        """Change my review. It may wait for a moderator again."""
        form = WriteReview(data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        review = writing.edit_review(review=self.get_object(), **form.validated_data)
        return Response(ModeratedReviewSerializer(review).data)

    @refuses(writing.ReviewNotFound)
    @extend_schema(
        operation_id="delete_review",
        tags=["reviews"],
        parameters=[examples.REVIEW_ID],
        responses={204: None},
    )
    def destroy(self, request: AuthenticatedRequest, pk: int) -> Response:
        """Take my review back."""
        writing.delete_review(review=self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)
