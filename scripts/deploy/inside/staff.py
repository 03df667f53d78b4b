"""The first account of the staff: python -c … exists | create, in the shop's container.

`create` reads {"email": …, "password": …} from standard input, because arguments can be seen by
everybody on the machine.
"""

import json
import sys

import django


def main(action: str) -> None:
    django.setup()
    # Models can be imported once Django is set up.
    from django.contrib.auth.password_validation import validate_password  # noqa: PLC0415
    from django.core.exceptions import ValidationError  # noqa: PLC0415

    from users.models import User  # noqa: PLC0415

    if action == "exists":
        print(json.dumps(User.objects.filter(is_superuser=True, is_active=True).exists()))
        return
    account = json.load(sys.stdin)
    try:
        validate_password(account["password"])
        user = User(email=account["email"])
        user.is_staff = user.is_superuser = True
        user.set_password(account["password"])
        user.full_clean()
    except ValidationError as error:
        raise SystemExit(" ".join(error.messages)) from error
    user.save()


if __name__ == "__main__":
    main(sys.argv[1])
