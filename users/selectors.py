"""Questions that other apps, and this one, may ask about accounts."""

from django.db import connection


def canonical_email(email: str) -> str:
    """Return the form by which the database tells accounts apart.

    The database is asked because its lower-casing is not Python's: a spelling such as "İ" for "i"
    that only one of them folds would be a second purse of attempts on the same account.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT lower(normalize(%s, NFKC))", [email.strip()])
        row = cursor.fetchone()
    return str(row[0]) if row else ""
