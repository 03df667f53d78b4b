"""What Prometheus reads. docs/monitoring.md says what each metric means.

Counters are kept by the worker that counts (`counters`), and meet in PROMETHEUS_MULTIPROC_DIR.
What the database, the reports and the disk know is asked for at a scrape (`shop`,
`installation`); what is dear to compute was written down by a job before (`measuring`).
"""

from ecommerce_backend.metrics.counters import (
    count_audit_record,
    count_cache_read,
    count_csp_violation,
    count_limited_request,
    count_replica_read,
    observe_request,
    report_degraded,
    report_replica_lag,
    report_worker,
)

__all__ = [
    "count_audit_record",
    "count_cache_read",
    "count_csp_violation",
    "count_limited_request",
    "count_replica_read",
    "observe_request",
    "report_degraded",
    "report_replica_lag",
    "report_worker",
]
