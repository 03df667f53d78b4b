import factory
from factory.django import DjangoModelFactory

from catalog.tests.factories import ProductFactory
from reviews.models import Review
from reviews.services.ratings import refresh
from users.tests.factories import UserFactory


class ReviewFactory(DjangoModelFactory[Review]):
    """A published review of four stars; the product's rating follows."""

    class Meta:
        model = Review

    product = factory.SubFactory(ProductFactory)
    author = factory.SubFactory(UserFactory)
    rating = 4
    title = factory.Sequence(lambda n: f"Opinion {n}")
    text = "It does what it says."
    status = Review.Status.PUBLISHED

    @classmethod
    def _create(cls, model_class, *args, **fields):  # type: ignore[no-untyped-def]
        review = model_class.objects.create(*args, **fields)
        refresh([review.product])
        return review
