import json
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.deploy.commands import rollback
from scripts.deploy.inside import program
from scripts.deploy.outcome import Code, Stop
from scripts.deploy.rollout import images, proxy
from scripts.deploy.rollout.watch import Answers, count
from scripts.deploy.site import Site
from scripts.deploy.state import Release, State

IDENTITY = ["-c", "user.name=t", "-c", "user.email=t@t"]
METRICS = """\
# TYPE nexus_http_request_seconds histogram
nexus_http_request_seconds_bucket{le="0.005",method="GET",route="landing",status="500"} 9.0
nexus_http_request_seconds_count{method="GET",route="landing",status="200"} 90.0
nexus_http_request_seconds_count{method="POST",route="cart/lines/",status="500"} 2.0
nexus_http_request_seconds_count{method="GET",route="landing",status="503"} 1.0
nexus_http_request_seconds_count{method="GET",route="api/v1/products/",status="404"} 1e+01
nexus_http_request_seconds_count{method="GET",route="health/ready/",status="503"} 70.0
nexus_http_request_seconds_sum{method="GET",route="landing",status="500"} 8.0
"""


def test_answers_are_counted_without_probes() -> None:
    assert count(METRICS) == Answers(all=103, errors=3)


@pytest.mark.parametrize(
    ("all_", "errors", "is_bad"),
    [(2, 2, False), (3, 3, True), (149, 3, True), (150, 3, False), (1000, 20, False)],
)
def test_a_release_is_bad_by_number_and_share_of_its_errors(
    all_: int,
    errors: int,
    is_bad: bool,  # noqa: FBT001
) -> None:
    assert Answers(all_, errors).since(Answers(0, 0)).is_bad is is_bad


def test_nginx_is_told_addresses_that_do_not_need_the_container(site: Site) -> None:
    assert proxy.upstream(site, "green") == (
        "# Written by scripts/deploy.sh.\nserver 10.213.240.12:8000 max_fails=0;  # green\n"
    )


def test_the_colour_before_is_asked_only_in_place_of_the_new_one(site: Site) -> None:
    assert proxy.upstream(site, "green", fallback="blue").splitlines()[1:] == [
        "server 10.213.240.12:8000 max_fails=0;  # green",
        "server 10.213.240.11:8000 max_fails=0 backup;  # blue",
    ]


@pytest.fixture
def checkout(site: Site) -> Site:
    for arguments in (
        ["init", "--quiet", "--initial-branch=main"],
        [*IDENTITY, "commit", "-q", "--allow-empty", "-m", "one"],
    ):
        subprocess.run(["git", "-C", str(site.root), *arguments], check=True)
    return site


def test_a_release_is_called_by_its_tag_or_by_its_commit(checkout: Site) -> None:
    release, commit = images.name_of(checkout, "HEAD")
    assert release == commit[:12]

    for tag in ("release/1.2", "odd~tag", "v1.10"):
        subprocess.run(["git", "-C", str(checkout.root), "tag", tag], check=tag != "odd~tag")

    assert images.name_of(checkout, commit[:8]) == ("v1.10", commit)


@pytest.mark.parametrize("ref", ["nowhere", "--output=/etc/passwd", ""])
def test_what_git_does_not_know_is_wrong_use(ref: str, checkout: Site) -> None:
    with pytest.raises(Stop) as stop:
        images.name_of(checkout, ref)

    assert stop.value.code == Code.USAGE


def test_a_tag_of_an_image_holds_no_plus(site: Site) -> None:
    assert images.tag(site, "web", "1.2+fix") == "nexus-x:1.2_fix"
    assert images.tag(site, "backup", "1.2") == "nexus-x-backup:1.2"


CONTRACTED = State(
    release="v2",
    image="nexus:v2",
    color="blue",
    contracts=["cart.0007_drop_note", "orders.0003_drop"],
)


def test_no_way_back_over_a_contract_step(site: Site) -> None:
    before = Release(release="v1", image="nexus:v1", contracts=["orders.0003_drop"])

    with pytest.raises(Stop, match=r"v1 uses what cart\.0007_drop_note has taken away") as stop:
        rollback.refuse_contracted(CONTRACTED, before, is_forced=False)

    assert stop.value.code == Code.REFUSED
    rollback.refuse_contracted(CONTRACTED, before, is_forced=True)
    same = Release(release="v1", image="nexus:v1", contracts=CONTRACTED.contracts)
    rollback.refuse_contracted(CONTRACTED, same, is_forced=False)


def test_migrations_that_contract_are_found(tmp_path: Path) -> None:
    """In a process of its own, as in the release's container."""
    migrations = tmp_path / "shelf" / "migrations"
    migrations.mkdir(parents=True)
    for folder in (migrations.parent, migrations):
        (folder / "__init__.py").touch()
    first = "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    "
    (migrations / "0001_initial.py").write_text(f"{first}operations = []\n")
    (migrations / "0002_drop.py").write_text(
        f'contracts = True\n{first}dependencies = [("shelf", "0001_initial")]\n'
    )
    (tmp_path / "shelf_settings.py").write_text('INSTALLED_APPS = ["shelf"]\n')

    said = subprocess.run(
        [sys.executable, "-c", program("contracts")],
        env={"PYTHONPATH": str(tmp_path), "DJANGO_SETTINGS_MODULE": "shelf_settings"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert json.loads(said) == ["shelf.0002_drop"]


def test_the_schema_is_that_of_migrations_and_libraries(checkout: Site) -> None:
    def commit(place: str, text: str) -> str:
        file = checkout.root / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        for arguments in (["add", "-A"], [*IDENTITY, "commit", "-q", "-m", place]):
            subprocess.run(["git", "-C", str(checkout.root), *arguments], check=True)
        return images.schema_of(checkout, images.name_of(checkout, "HEAD")[1])

    first = commit("cart/migrations/0001_initial.py", "")
    assert commit("cart/models.py", "") == first
    assert commit("cart/tests/test_migrations.py", "") == first
    second = commit("cart/migrations/0002_note.py", "")
    third = commit("requirements.txt", "procrastinate==4")

    assert len({first, second, third}) == 3
    assert images.schema_of(checkout, "0" * 40) == ""


def test_the_newest_images_stay_and_those_that_are_needed() -> None:
    names = [f"nexus:v{number}" for number in range(9, 0, -1)]

    assert images.superfluous(names, {"nexus:v9", "nexus:v2"}) == [
        "nexus:v4",
        "nexus:v3",
        "nexus:v1",
    ]
