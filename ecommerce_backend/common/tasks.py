from urllib.parse import urlsplit

import structlog
from django.conf import settings
from procrastinate import JobContext
from procrastinate.contrib.django import app

from ecommerce_backend import reports
from ecommerce_backend.common import audit, jobs
from ecommerce_backend.common.jobs import Queue
from ecommerce_backend.served_certificate import look

_log = structlog.get_logger("jobs")


@app.periodic(cron="* * * * *")
@app.task(
    queue=Queue.SCHEDULED,
    queueing_lock="common.take_up_stalled_jobs",
    name="common.take_up_stalled_jobs",
    pass_context=True,
)
async def take_up_stalled_jobs(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Go on with what a killed worker left."""
    for job in await jobs.take_up_stalled(context.app):
        _log.warning("job_taken_up", job=job.id, task=job.task_name)


@app.periodic(cron="27 4 * * *")
@app.task(
    queue=Queue.SCHEDULED,
    queueing_lock="common.forget_old_jobs",
    name="common.forget_old_jobs",
    pass_context=True,
)
async def forget_old_jobs(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Forget jobs that are over, failed ones too."""
    await context.app.job_manager.delete_old_jobs(
        nb_hours=jobs.KEPT_HOURS,
        include_failed=True,
        include_cancelled=True,
        include_aborted=True,
    )


@app.periodic(cron="*/10 * * * *")
@app.task(
    queue=Queue.SCHEDULED,
    queueing_lock="common.watch_certificate",
    name="common.watch_certificate",
)
def watch_certificate(timestamp: int) -> None:  # noqa: ARG001
    """Report which certificate visitors are shown."""
    if settings.TLS_PROBE and settings.REPORTS_DIR:
        host, _, port = settings.TLS_PROBE.rpartition(":")
        served = look(host, int(port), name=urlsplit(settings.BASE_URL).hostname or "")
        reports.write(settings.REPORTS_DIR, "certificate", served.report())
        if served.error:
            _log.error("certificate_refused", error=served.error, not_after=served.not_after)


@app.periodic(cron="37 4 * * *")
@app.task(
    queue=Queue.SCHEDULED,
    queueing_lock="common.forget_old_audit_records",
    name="common.forget_old_audit_records",
)
def forget_old_audit_records(timestamp: int) -> None:  # noqa: ARG001
    """Keep addresses no longer than there is a reason to."""
    _log.info("audit_records_forgotten", rows=audit.purge())
