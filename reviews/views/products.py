from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status
from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from catalog.models import Product
from ecommerce_backend.common.openapi import refuses
from ecommerce_backend.common.replica.views import ReadsFromReplica
from reviews.filters import ReviewFilters
from reviews.models import Review
from reviews.pagination import DEFAULT_ORDERING, ORDERINGS, ReviewPages
from reviews.selectors import published_reviews, summaries
from reviews.serializers import (
    ModeratedReviewSerializer,
    ReviewSerializer,
    ReviewSummarySerializer,
    WriteReview,
)
from reviews.services import writing
from reviews.views import examples
from users.requests import AuthenticatedRequest

ORDERING = OpenApiParameter(
    "ordering", str, enum=list(ORDERINGS), default=DEFAULT_ORDERING, description="What comes first."
)


class ProductReviewsViewSet(ReadsFromReplica, mixins.ListModelMixin, GenericViewSet[Review]):
    permission_classes = (IsAuthenticatedOrReadOnly,)
    queryset = Review.objects.none()  # for the schema
    serializer_class = ReviewSerializer
    filterset_class = ReviewFilters
    pagination_class = ReviewPages

    def get_queryset(self) -> QuerySet[Review]:
        return published_reviews(self._product())

    @extend_schema(
        operation_id="list_reviews",
        tags=["reviews"],
        parameters=[examples.PRODUCT_SLUG, ORDERING],
        examples=[examples.PUBLIC],
    )
    def list(self, request: Request, slug: str) -> Response:
        """Read what customers think of a product."""
        return super().list(request)

    @refuses(writing.AlreadyReviewed)
    @extend_schema(
        operation_id="write_review",
        tags=["reviews"],
        parameters=[examples.PRODUCT_SLUG],
        request=WriteReview,
        responses={201: ModeratedReviewSerializer},
        examples=[examples.FIVE_STARS, examples.OWN],
    )
    def create(self, request: AuthenticatedRequest, slug: str) -> Response:
        """Review a product. One review per customer; it may wait for a moderator."""
        form = WriteReview(data=request.data)
        form.is_valid(raise_exception=True)
        review = writing.write_review(
            product=self._product(), author=request.user, **form.validated_data
        )
        return Response(ModeratedReviewSerializer(review).data, status.HTTP_201_CREATED)

    @extend_schema(
        operation_id="get_review_summary",
        tags=["reviews"],
        parameters=[examples.PRODUCT_SLUG],
        responses=ReviewSummarySerializer,
        filters=False,
        examples=[examples.SUMMARY],
    )
    def summary(self, request: Request, slug: str) -> Response:
        """Show the average rating, and how many gave how many stars."""
        product = self._product()
        return Response(ReviewSummarySerializer(summaries([product.pk])[product.pk]).data)

    def _product(self) -> Product:
        return get_object_or_404(Product.objects.published(), slug=self.kwargs["slug"])
