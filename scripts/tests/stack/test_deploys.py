"""Deploys while customers are in the shop. The control arms show that the load would notice."""

import json
import os
import subprocess
import time

from scripts.deploy.outcome import Code
from scripts.deploy.rollout import proxy
from scripts.tests.stack.conftest import Shop
from scripts.tests.stack.stack import wait_until

DEPLOYS = int(os.environ.get("DEPLOYS", "20"))
RATE = float(os.environ.get("RATE", "50"))
WATCH = os.environ.get("WATCH", "5")


def test_deploys_under_load_lose_no_request(shop: Shop) -> None:
    stack = shop.stack
    taken = []
    with shop.load(RATE) as load:
        for number in range(DEPLOYS):
            release = stack.commit(f"Release {number + 1} of the test")
            begun = time.monotonic()
            stack.deploy("deploy", "--skip-preflight", "--skip-backup", "--watch", WATCH)
            taken.append(time.monotonic() - begun)
            assert stack.state.release == release
            print(f"\ndeploy {number + 1}: {taken[-1]:.0f} s; {load.tally}", end="")

    print(f"\n{DEPLOYS} deploys in {sum(taken):.0f} s, each {min(taken):.0f} to {max(taken):.0f} s")
    print(f"{load.tally}")
    assert load.tally.failures == []
    assert load.tally.answers > 0.5 * RATE * sum(taken)  # else it was no load


def test_a_deploy_examines_the_server_and_backs_up_first(shop: Shop) -> None:
    stack = shop.stack
    before = backups(shop)
    release = stack.commit("A release deployed with everything")

    begun = time.monotonic()
    said = stack.deploy("deploy", "--watch", "2").stdout

    print(f"\na deploy with preflight and a proven backup took {time.monotonic() - begun:.0f} s")
    assert "Ready: " in said
    assert stack.state.release == release
    (made,) = backups(shop) - before
    assert made


def backups(shop: Shop) -> set[str]:
    """Return the sets that were restored in full and compared."""
    said = shop.stack.deploy("backup", "list", "--json").stdout
    sets = json.loads(said[said.index("{\n") :])["sets"]
    return {one["id"] for one in sets if one["verified_at"]}


def test_control_stopping_the_old_colour_at_once_loses_requests(shop: Shop) -> None:
    """The same switch in the wrong order: the old colour ends before nginx has let go of it."""
    stack, old = shop.stack, shop.stack.state
    new = old.idle_color
    stack.compose.up(f"web-{new}")
    wait_until(lambda: (found := stack.container(f"web-{new}")) is not None and found.is_healthy)
    with shop.load(RATE) as load:
        wait_until(lambda: load.tally.answers > RATE)
        stack.compose.stop(f"web-{old.color}", seconds=0)
        proxy.point_at(stack.site, stack.compose, new)
    print(f"\nstopped before the switch: {load.tally}")

    stack.compose.up(f"web-{old.color}")
    wait_until(
        lambda: (found := stack.container(f"web-{old.color}")) is not None and found.is_healthy
    )
    proxy.point_at(stack.site, stack.compose, old.color)
    proxy.await_drained(stack.compose, seconds=65)
    stack.compose.run("rm", "--stop", "--force", f"web-{new}")
    assert load.tally.failures != []


def test_control_restarting_nginx_loses_requests(shop: Shop) -> None:
    """What a reload is for."""
    with shop.load(RATE) as load:
        wait_until(lambda: load.tally.answers > RATE)
        shop.stack.compose.run("restart", "nginx")
        before = load.tally.answers
        wait_until(lambda: load.tally.answers > before + RATE)
    print(f"\nnginx restarted: {load.tally}")

    assert load.tally.failures != []


def test_of_two_deploys_at_once_the_second_is_refused(shop: Shop) -> None:
    stack = shop.stack
    stack.commit("A release that two people deploy")
    script = str(stack.root / "scripts" / "deploy.sh")
    command = [script, "deploy", "--skip-preflight", "--skip-backup"]
    with subprocess.Popen(
        [*command, "--watch", "1"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as first:
        wait_until(lambda: stack.site.lock.exists() and stack.site.lock.read_text() != "")

        second = stack.deploy("deploy", "--skip-preflight", "--skip-backup", check=False)

        said, _ = first.communicate()
    assert second.returncode == Code.LOCKED, second.stdout
    assert f"process {first.pid}" in second.stdout
    assert first.returncode == Code.DONE, said


def test_a_rollback_serves_the_release_before(shop: Shop) -> None:
    stack = shop.stack
    before = stack.state
    assert before.previous is not None
    with shop.load(RATE) as load:
        begun = time.monotonic()
        stack.deploy("rollback", "--watch", "2")
        seconds = time.monotonic() - begun

    print(f"\nrollback took {seconds:.0f} s: {load.tally}")
    assert stack.state.release == before.previous.release
    assert load.tally.failures == []
