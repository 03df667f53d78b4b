"""Imports that no worker can bring to their end."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient
from zeal import zeal_ignore  # type: ignore[import-untyped]

from catalog.models import CatalogImport, ImportPart, Product
from catalog.services.imports import running
from catalog.services.imports.background import run_import
from catalog.services.imports.giving_up import close_abandoned_imports, forget_old_files
from catalog.tests.test_staff_imports import HEADER, LIST, jobs, send
from ecommerce_backend.common import jobs as job_queue

pytestmark = pytest.mark.django_db
ROWS = "".join(f"S{n},Lamp {n},9.99,USD\n" for n in range(5)) + "BAD,,1,USD\n"
TIMEOUT = OperationalError("canceling statement due to statement timeout\nCONTEXT: …")


@pytest.fixture
def sent(manager_client: APIClient) -> CatalogImport:
    return CatalogImport.objects.get(pk=send(manager_client, f"{HEADER}\n{ROWS}").json()["id"])


def try_in_vain(kept: CatalogImport, failure: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the import by two rows until the second batch fails, after it was written."""
    write: Any = vars(running)["write_rows"]

    def fail_at_the_second(rows: Any, **options: Any) -> Any:
        written = write(rows, **options)
        if any(row.sku == "S2" for row in rows):
            raise failure
        return written

    with monkeypatch.context() as patched:
        patched.setattr(running, "BATCH_ROWS", 2)
        patched.setattr(running, "write_rows", fail_at_the_second)
        with pytest.raises(type(failure)):
            run_import(import_id=kept.pk)


def end_jobs() -> None:
    """Let the jobs have failed for the last time."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed'")


def answer(client: APIClient, kept: CatalogImport) -> Any:
    return client.get(f"{LIST}{kept.pk}/").json()


def test_staff_see_why_a_try_broke_off(
    manager_client: APIClient, sent: CatalogImport, monkeypatch: pytest.MonkeyPatch
) -> None:
    try_in_vain(sent, TIMEOUT, monkeypatch)

    seen = answer(manager_client, sent)
    assert (seen["status"], seen["created"], seen["can_go_on"]) == ("running", 2, False)
    assert seen["problem"] == ("The database gave up: canceling statement due to statement timeout")


def test_an_import_whose_job_gave_up_has_failed_and_can_be_begun_again(
    manager_client: APIClient, sent: CatalogImport, monkeypatch: pytest.MonkeyPatch
) -> None:
    try_in_vain(sent, TIMEOUT, monkeypatch)
    assert close_abandoned_imports() == 0  # a job is left that may yet succeed
    end_jobs()

    assert close_abandoned_imports() == 1

    failed = answer(manager_client, sent)
    assert (failed["status"], failed["created"], failed["can_go_on"]) == ("failed", 2, True)
    assert failed["problem"] == (
        "Given up after many tries; it can be begun again."
        " The database gave up: canceling statement due to statement timeout"
    )
    assert close_abandoned_imports() == 0
    again = manager_client.post(f"{LIST}{sent.pk}/attempts/")
    assert (again.status_code, again.json()["status"]) == (202, "waiting")
    assert again.json()["ended_at"] is None
    assert len(jobs()) == 2
    run_import(import_id=sent.pk)
    ended = answer(manager_client, sent)
    counts = [ended[name] for name in ("created", "updated", "unchanged", "refused")]
    assert (ended["status"], counts, ended["problem"]) == ("succeeded", [5, 0, 0, 1], "")
    assert Product.objects.count() == 5
    assert sent.flaws.count() == 1
    assert not ImportPart.objects.exists()


def test_of_a_mistake_of_the_shop_nothing_is_lost_when_it_is_begun_again(
    manager_client: APIClient, sent: CatalogImport, monkeypatch: pytest.MonkeyPatch
) -> None:
    try_in_vain(sent, RuntimeError("a mistake"), monkeypatch)

    failed = answer(manager_client, sent)
    assert (failed["status"], failed["created"], failed["can_go_on"]) == ("failed", 2, True)
    assert failed["problem"] == "The shop made a mistake; its log names the import."
    manager_client.post(f"{LIST}{sent.pk}/attempts/")
    run_import(import_id=sent.pk)
    ended = answer(manager_client, sent)
    assert (ended["status"], ended["created"], ended["refused"]) == ("succeeded", 5, 1)
    assert sent.flaws.count() == 1


def test_all_or_nothing_that_was_given_up_says_that_nothing_is_in(
    manager_client: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = f"{HEADER}\n{ROWS.partition('BAD')[0]}"
    pk = send(manager_client, content, mode="all_or_nothing").json()["id"]
    kept = CatalogImport.objects.get(pk=pk)
    try_in_vain(kept, TIMEOUT, monkeypatch)
    end_jobs()

    close_abandoned_imports()

    failed = answer(manager_client, kept)
    assert (failed["status"], failed["created"], Product.objects.count()) == ("failed", 0, 0)
    manager_client.post(f"{LIST}{pk}/attempts/")
    run_import(import_id=pk)
    assert Product.objects.count() == answer(manager_client, kept)["created"] == 5


@pytest.mark.parametrize("is_locked", [True, False])
def test_an_import_that_ends_meanwhile_is_not_called_failed(
    sent: CatalogImport,
    monkeypatch: pytest.MonkeyPatch,
    is_locked: bool,  # noqa: FBT001
) -> None:
    """It ends between the look at imports and that at jobs. Without the second look it fails."""
    look = job_queue.open_arguments

    def end_and_look(task: str, argument: str) -> set[int]:
        run_import(import_id=sent.pk)
        end_jobs()
        return look(task, argument)

    monkeypatch.setattr(job_queue, "open_arguments", end_and_look)
    if not is_locked:
        monkeypatch.setattr(CatalogImport, "is_over", False)

    closed = close_abandoned_imports()

    sent.refresh_from_db()
    assert (closed, sent.status) == ((0, "succeeded") if is_locked else (1, "failed"))


def test_what_ran_to_its_end_cannot_go_on(manager_client: APIClient, sent: CatalogImport) -> None:
    run_import(import_id=sent.pk)

    refused = manager_client.post(f"{LIST}{sent.pk}/attempts/")

    assert (refused.status_code, refused.json()["code"]) == (409, "import_cannot_go_on")
    assert len(jobs()) == 1
    assert manager_client.post(f"{LIST}{sent.pk + 1}/attempts/").status_code == 404


@pytest.mark.parametrize(("age", "is_forgotten"), [(timedelta(6), False), (timedelta(8), True)])
def test_the_file_is_forgotten_after_a_week(
    manager_client: APIClient,
    sent: CatalogImport,
    age: timedelta,
    is_forgotten: bool,  # noqa: FBT001
) -> None:
    end_jobs()
    close_abandoned_imports()
    CatalogImport.objects.update(ended_at=timezone.now() - age)

    assert forget_old_files() == int(is_forgotten)

    assert ImportPart.objects.exists() != is_forgotten
    again = manager_client.post(f"{LIST}{sent.pk}/attempts/")
    assert again.status_code == (409 if is_forgotten else 202)


def test_staff_begin_it_again_in_the_admin(
    admin: Client, manager_client: APIClient, sent: CatalogImport
) -> None:
    send(manager_client, HEADER, name="open.csv")
    end_jobs()
    CatalogImport.objects.filter(file_name="open.csv").update(
        status="succeeded", ended_at=timezone.now()
    )
    close_abandoned_imports()

    act = {
        "action": "begin_again",
        "_selected_action": list(CatalogImport.objects.values_list("pk", flat=True)),
    }
    with zeal_ignore():  # one transaction per import, on purpose
        page = admin.post("/admin/catalog/catalogimport/", act, follow=True).content.decode()

    assert "Begun again: a.csv." in page
    assert "failed for what is wrong with its file. (open.csv)" in page
    sent.refresh_from_db()
    assert (sent.status, len(jobs())) == ("waiting", 3)
