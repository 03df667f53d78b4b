import factory
from django.contrib.auth.models import Group
from factory.django import DjangoModelFactory

from users.models import Address, CustomerGroup, User

PASSWORD = "correct horse battery"  # noqa: S105


class UserFactory(DjangoModelFactory[User]):
    """A customer who can sign in with PASSWORD."""

    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"customer{n}@shop.example")
    first_name = "Ada"
    last_name = "Customer"

    @classmethod
    def _create(cls, model_class, *args, **fields):  # type: ignore[no-untyped-def]
        fields.setdefault("password", PASSWORD)
        return model_class.objects.create_user(*args, **fields)


def give_role(user: User, role: str) -> User:
    """Put somebody in a role, whose permissions the tests that flush the tables have lost."""
    user.groups.add(Group.objects.get_or_create(name=role)[0])
    return user


class CustomerGroupFactory(DjangoModelFactory[CustomerGroup]):
    """A group of nobody; give `members`."""

    class Meta:
        model = CustomerGroup

    code = factory.Sequence(lambda n: f"group-{n}")
    name = factory.Sequence(lambda n: f"Group {n}")

    @classmethod
    def _create(cls, model_class, *args, members=(), **fields):  # type: ignore[no-untyped-def]
        group = model_class.objects.create(*args, **fields)
        group.members.set(members)
        return group


class AddressFactory(DjangoModelFactory[Address]):
    class Meta:
        model = Address

    user = factory.SubFactory(UserFactory)
    full_name = "Ada Customer"
    line1 = "1 Analytical Row"
    city = "London"
    postal_code = "N1 9GU"
    country = "GB"
