from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob


def run_jobs() -> None:
    """Let a real worker do what is waiting, once. Only sees what has been committed."""
    with app.replace_connector(app.connector.get_worker_connector()) as worker_app:  # type: ignore[attr-defined]
        worker_app.run_worker(
            wait=False, listen_notify=False, install_signal_handlers=False, delete_jobs="always"
        )


def waiting_jobs(name: str) -> list[dict[str, int]]:
    """Return the arguments of the jobs of a kind that nobody has done yet, oldest first."""
    jobs = ProcrastinateJob.objects.filter(task_name=f"orders.tasks.{name}", status="todo")
    return list(jobs.order_by("pk").values_list("args", flat=True))
