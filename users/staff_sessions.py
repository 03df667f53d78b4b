"""Where the admin's sessions are kept: in the database, under a digest of the cookie.

A copy of the table signs nobody in. A session knows its user, so that it ends with the others.
"""

import hashlib
from typing import Any

from django.contrib.sessions.backends import db

from users.models import StaffSession


class SessionStore(db.SessionStore):
    """Django's own, but for the key. Its asynchronous half, which nobody uses, finds nothing."""

    @classmethod
    def get_model_class(cls) -> type[StaffSession]:
        return StaffSession

    def exists(self, session_key: str) -> bool:
        return super().exists(digest(session_key))

    def delete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            super().delete(digest(key))

    def create_model_instance(self, data: dict[str, Any]) -> StaffSession:
        row = super().create_model_instance(data)
        return StaffSession(
            session_key=digest(row.session_key),
            session_data=row.session_data,
            expire_date=row.expire_date,
            user_id=data.get("_auth_user_id"),
        )

    def load(self) -> dict[str, Any]:
        try:
            row = StaffSession.live().get(session_key=digest(self.session_key or ""))
        except StaffSession.DoesNotExist:
            self._session_key = None
            return {}
        return self.decode(row.session_data)


def digest(session_key: str) -> str:
    return hashlib.sha256(session_key.encode()).hexdigest()
