from typing import Any

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connections
from django.http.response import HttpResponseBase
from rest_framework.views import APIView

from ecommerce_backend import metrics
from ecommerce_backend.common.replica.follower import follower
from ecommerce_backend.common.replica.pins import is_pinned, marks_of
from ecommerce_backend.common.replica.router import (
    is_reading_from_replica,
    reading_from_replica,
)
from ecommerce_backend.env_databases import REPLICA

_OVER_TIME = "57014"  # query_canceled: the primary would take as long
_log = structlog.get_logger("replica")


class ReplicaFailed(Exception):
    """The replica could not answer; the same question may be asked of the primary."""


class ReadsFromReplica(APIView):
    """A view whose GET shows what everybody sees, and may show it as it was seconds ago."""

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not _may_read_from_replica(request):
            return super().dispatch(request, *args, **kwargs)
        try:
            with reading_from_replica():
                response = super().dispatch(request, *args, **kwargs)
        except ReplicaFailed as failure:
            _log.warning("replica.failed", reason=str(failure.__cause__))
            follower().leave()
            connections[REPLICA].close()
            metrics.count_replica_read(outcome="failed")
            return super().dispatch(request, *args, **kwargs)
        metrics.count_replica_read(outcome="replica")
        return response


def _may_read_from_replica(request: Any) -> bool:
    if REPLICA not in settings.DATABASES or request.method not in {"GET", "HEAD"}:
        return False
    if not follower().is_current():
        metrics.count_replica_read(outcome="behind")
        return False
    if is_pinned(marks_of(request)):
        metrics.count_replica_read(outcome="pinned")
        return False
    return True


def raise_if_of_replica(error: Exception) -> None:
    """Let an error of the replica reach the view that can ask again, instead of the client.

    Raises ReplicaFailed.
    """
    if not is_reading_from_replica() or not isinstance(error, (OperationalError, InterfaceError)):
        return
    if getattr(error.__cause__, "sqlstate", None) != _OVER_TIME:
        raise ReplicaFailed from error
