from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_save


class CommonConfig(AppConfig):
    """The kernel. It is registered with Django for its tables; it holds no shop rule."""

    name = "ecommerce_backend.common"
    label = "common"
    verbose_name = "Kernel"

    def ready(self) -> None:
        post_save.connect(_announce_entry, sender="admin.LogEntry")


def _announce_entry(instance: Any, **_: Any) -> None:
    """Tell the audit stream what the admin's own history keeps."""
    from ecommerce_backend.common import audit  # noqa: PLC0415 – it needs the models

    kind = instance.content_type
    name = f"{kind.app_label}.{kind.model}" if kind else "unknown"
    audit.announce(
        audit.Action.ADMIN_CHANGED,
        subject=f"{name}:{instance.object_id}"[:128],
        actor_id=instance.user_id,
        details={"act": instance.get_action_flag_display()},
    )
