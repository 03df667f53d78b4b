from typing import Any

from django.core.management.base import BaseCommand, CommandError

from users import totp
from users.services import second_factors


class Command(BaseCommand):
    help = (
        "Seal the secrets of second factors under DJANGO_SECRET_KEY that were sealed under"
        " DJANGO_SECRET_KEY_PREVIOUS, which can go afterwards."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            count = second_factors.seal_anew()
        except totp.SecretUnreadable as error:
            raise CommandError(
                "A secret was sealed under a key that is neither the present nor the previous one."
            ) from error
        self.stdout.write(f"{count} sealed anew.")
