from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from reviews.models import Review
from reviews.services.moderation import Decision, decide_reviews
from users.models import User


@admin.register(Review)
class ReviewAdmin(admin.ModelAdmin[Review]):
    """The moderators' queue. What an author wrote is theirs; staff only decide about it."""

    list_display = (
        "title_or_text",
        "rating",
        "product",
        "author",
        "status",
        "is_verified_purchase",
        "created_at",
    )
    list_filter = ("status", "rating", "is_verified_purchase", "created_at")
    list_select_related = ("product", "author")
    search_fields = ("title", "text", "product__name", "author__email")
    ordering = ("-created_at", "-pk")
    fields = (
        "product",
        "author",
        "rating",
        "title",
        "text",
        "is_verified_purchase",
        "status",
        "rejection_reason",
        "created_at",
        "updated_at",
    )
    readonly_fields = fields
    actions = ("publish", "reject")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Review | None = None) -> bool:
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Review | None = None) -> bool:
        return False

    @admin.display(description="Review", ordering="title")
    def title_or_text(self, review: Review) -> str:
        return review.title or review.text[:80] or "(only stars)"

    @admin.action(description="Publish the selected reviews", permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Review]) -> None:
        self._decide(request, queryset, Decision.PUBLISH)

    @admin.action(description="Reject the selected reviews", permissions=["change"])
    def reject(self, request: HttpRequest, queryset: QuerySet[Review]) -> None:
        self._decide(request, queryset, Decision.REJECT)

    def _decide(self, request: HttpRequest, queryset: QuerySet[Review], decision: Decision) -> None:
        assert isinstance(request.user, User)  # noqa: S101 - nobody else gets into the admin
        decided = decide_reviews(
            review_ids=queryset.values_list("pk", flat=True),
            decision=decision,
            moderator=request.user,
        )
        self.message_user(request, f"{len(decided)} decided: {decision}.", messages.SUCCESS)
