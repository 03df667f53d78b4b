"""Mail to one person, as text and as a page of the same words.

Jobs send it, never a request: a mail server may be slow, and how long an answer took must not
tell whether there was somebody to write to.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string


def send(template: str, *, to: str, context: Mapping[str, Any]) -> None:
    """Send the mail of `mails/{template}.txt`, whose first line is its subject, and of its `.html`.

    Raises OSError and smtplib.SMTPException, after which the job tries again.
    """
    known = {**context, "store_name": settings.STORE_NAME, "base_url": settings.BASE_URL}
    subject, _, text = render_to_string(f"mails/{template}.txt", known).partition("\n")
    mail = EmailMultiAlternatives(subject=subject.strip(), body=text.strip() + "\n", to=[to])
    mail.attach_alternative(render_to_string(f"mails/{template}.html", known), "text/html")
    mail.extra_headers = {"Auto-Submitted": "auto-generated"}  # RFC 3834 §5: no holiday notes back
    mail.send()
