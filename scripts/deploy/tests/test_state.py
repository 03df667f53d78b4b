import os
from pathlib import Path

import pytest

from scripts.deploy import state
from scripts.deploy.compose import Compose
from scripts.deploy.outcome import Code, Stop
from scripts.deploy.site import Site, write_atomically

RUNNING = state.State(
    color="green",
    release="v2",
    image="nexus:v2",
    schema="b",
    previous=state.Release(release="v1", image="nexus:v1", schema="a"),
    in_progress={"release": "v3"},
)


@pytest.fixture
def running(site: Site) -> Site:
    site.prepare()
    state.save(site, RUNNING)
    return site


def test_what_runs_is_read_as_it_was_written(running: Site) -> None:
    assert state.load(running) == RUNNING
    assert RUNNING.idle_color == "blue"


def test_nothing_runs_at_first(site: Site) -> None:
    assert state.load(site) is None


@pytest.mark.parametrize("content", ["", "{", "[]", '{"color": "blue"}', '{"color": 1}'])
def test_a_damaged_state_needs_a_hand(content: str, running: Site) -> None:
    running.state_file.write_text(content)

    with pytest.raises(Stop) as stop:
        state.load(running)

    assert stop.value.code == Code.NEEDS_A_HAND


def test_a_replaced_file_leaves_nothing_beside_it(tmp_path: Path) -> None:
    write_atomically(tmp_path / "file", "one")
    write_atomically(tmp_path / "file", "two", mode=0o600)

    assert (tmp_path / "file").read_text() == "two"
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path) == ["file"]  # noqa: PTH208


def test_compose_gets_the_running_release_and_nothing_of_the_shell(
    running: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_DOMAIN", "left-over.example")
    monkeypatch.setenv("DOCKER_HOST", "unix:///run/docker.sock")

    compose = Compose(running)

    assert compose.environment["NEXUS_IMAGE"] == "nexus:v2"
    assert compose.environment["SHOP_RELEASE"] == "v2"
    assert compose.environment["WEB_GREEN_ADDRESS"] == "10.213.240.12"
    assert compose.environment["DOCKER_HOST"] == "unix:///run/docker.sock"
    assert "SHOP_DOMAIN" not in compose.environment
    assert compose.arguments[-1] == str(running.env_file)
    assert "nexus-x" in compose.arguments


def test_the_operators_own_additions_come_after_the_compose_file(running: Site) -> None:
    running.compose_file.write_text("services: {}")
    running.compose_override.write_text("services: {}")

    arguments = Compose(running).arguments

    files = [arguments[at + 1] for at, word in enumerate(arguments) if word == "--file"]
    assert files == [str(running.compose_file), str(running.compose_override)]
