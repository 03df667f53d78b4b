from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from users.models import User
from users.services import second_factors


class Command(BaseCommand):
    help = "Remove the second factor of somebody who lost it, and end all their sessions."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def handle(self, *_args: Any, **options: Any) -> None:
        user = User.objects.with_email(options["email"]).first()
        if user is None:
            raise CommandError("There is no account with this address.")
        if not user.has_second_factor:
            raise CommandError("This account has no second factor.")
        second_factors.reset(user=user)
        self.stdout.write(
            f"{user.email} was signed out everywhere and signs in by the password alone,"
            " which leads staff to add another second factor."
        )
