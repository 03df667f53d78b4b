import os
import stat
from pathlib import Path

import pytest

from scripts.deploy import __main__ as starter
from scripts.deploy import envfile, nginx_files, secret_files
from scripts.deploy.outcome import Code, Stop
from scripts.deploy.setup import packages, settings_file, steps
from scripts.deploy.setup.steps import Step
from scripts.deploy.site import CHECKOUT, Site

EXAMPLE = (CHECKOUT / ".env.prod.example").read_text()


@pytest.fixture
def empty(tmp_path: Path) -> Site:
    """A checkout on a server where nothing was set up."""
    (tmp_path / ".env.prod.example").write_text(EXAMPLE)
    (tmp_path / "nginx").symlink_to(CHECKOUT / "nginx")
    site = Site(tmp_path)
    site.prepare()
    return site


def test_settings_are_made_of_the_example(empty: Site) -> None:
    given = {"DOMAIN": "shop.example", "ACME_EMAIL": "a@b.example", "SHOP_NAME": "Tom's $hop"}
    settings_file.make(empty, given)

    assert settings_file.is_done(empty)
    assert empty.settings["SHOP_NAME"] == "Tom's $hop"
    assert empty.settings.keys() == envfile.read(empty.root / ".env.prod.example").keys()
    assert stat.S_IMODE(empty.env_file.stat().st_mode) & 0o007 == 0


def test_what_the_example_does_not_name_is_added(empty: Site) -> None:
    text = settings_file.filled(EXAMPLE, {"COMPOSE_PROJECT_NAME": "second"})

    assert text == EXAMPLE + "COMPOSE_PROJECT_NAME=second\n"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DOMAIN", "https://shop.example"),
        ("DOMAIN", "shop"),
        ("DOMAIN", "Shop.example"),
        ("DOMAIN", "-shop.example"),
        ("DOMAIN", "shop.example; include /etc/passwd"),
        ("ACME_EMAIL", "nobody"),
        ("ACME_EMAIL", "a b@shop.example"),
    ],
)
def test_a_required_value_of_no_form_is_refused(name: str, value: str, empty: Site) -> None:
    given = {"DOMAIN": "shop.example", "ACME_EMAIL": "a@b.example"} | {name: value}

    with pytest.raises(Stop, match=f"{name} cannot be") as stop:
        settings_file.make(empty, given)

    assert stop.value.code == Code.REFUSED
    assert not empty.env_file.exists()


def test_nobody_is_asked_where_nobody_is(empty: Site) -> None:
    with pytest.raises(Stop) as stop:
        settings_file.make(empty, {})

    assert (stop.value.code, stop.value.hint) == (Code.USAGE, "Give it with --domain.")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to another group")
def test_secrets_are_made_once_and_fit_together(empty: Site) -> None:
    secret_files.make_missing(empty)
    made = {path.name: path.read_text() for path in empty.secrets.iterdir()}

    assert secret_files.missing(empty) == []
    assert secret_files.odd(empty) == []
    assert made["database_url"] == f"postgresql://nexus_app:{made['db_app_password']}@db:5432/nexus"
    assert made["redis_password"] not in made["redis_acl"]
    filled = {name: text for name, text in made.items() if text}
    assert made.keys() - filled.keys() == secret_files.MAY_BE_EMPTY
    assert len(set(filled.values())) == len(filled)
    assert secret_files.make_missing(empty) == []
    assert {path.name: path.read_text() for path in empty.secrets.iterdir()} == made


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to another group")
def test_secrets_that_others_may_read_are_noticed_and_mended(empty: Site) -> None:
    secret_files.make_missing(empty)
    (empty.secrets / "jwt_signing_key").chmod(0o644)
    os.chown(empty.secrets / "redis_acl", -1, 0)

    assert secret_files.odd(empty) == [
        "jwt_signing_key has mode 0644, not 0440",
        "redis_acl belongs to group 0, not 10010",
    ]
    secret_files.mend(empty)
    assert secret_files.odd(empty) == []


def test_every_secret_of_the_compose_file_is_made(empty: Site) -> None:
    text = (CHECKOUT / "docker-compose.production.yml").read_text()
    wanted = {line.split("/")[-1].rstrip("}") for line in text.splitlines() if "secrets/" in line}
    files = {name for name in wanted if name.isidentifier()}

    assert files <= secret_files.MADE_HERE | {secret_files.BACKUP_KEY}


def test_nginx_has_its_files_and_keeps_what_commands_wrote(empty: Site) -> None:
    empty.env_file.write_text("DOMAIN=shop.example\n")
    nginx_files.write(empty, color="blue")

    assert nginx_files.are_current(empty, color="blue")
    assert (empty.nginx / "site/name.conf").read_text() == "server_name shop.example;\n"
    assert "10.213.240.11:8000" in empty.upstream.read_text()

    empty.upstream.write_text("server 10.213.240.12:8000;\n")
    (empty.nginx / "site/name.conf").write_text("server_name other.example;\n")
    assert not nginx_files.are_current(empty, color="blue")
    nginx_files.write(empty, color="blue")

    assert empty.upstream.read_text() == "server 10.213.240.12:8000;\n"
    assert (empty.nginx / "site/name.conf").read_text() == "server_name shop.example;\n"


def test_the_operators_own_file_replaces_one_of_site_and_no_other(empty: Site) -> None:
    empty.env_file.write_text("DOMAIN=shop.example\n")
    own = empty.production / "nginx.site"
    own.mkdir()
    (own / "timeouts.conf").write_text("keepalive_timeout 5s;\n")
    nginx_files.write(empty, color="blue")

    assert (empty.nginx / "site/timeouts.conf").read_text() == "keepalive_timeout 5s;\n"

    (own / "timeoutz.conf").write_text("")
    with pytest.raises(Stop, match=r"timeoutz\.conf: there is no such file"):
        nginx_files.are_current(empty, color="blue")


def test_steps_that_are_done_are_left_alone_and_a_failed_one_ends_the_run() -> None:
    done: list[str] = []

    def fail() -> None:
        raise Stop("no paint", hint="Buy some.")

    wanted = [
        Step("first", lambda: True, lambda: done.append("first")),
        Step("second", lambda: False, lambda: done.append("second")),
        Step("third", lambda: False, fail, hint="Blue is best."),
        Step("fourth", lambda: False, lambda: done.append("fourth")),
    ]

    with pytest.raises(Stop, match="third: no paint") as stop:
        steps.run(wanted)

    assert done == ["second"]
    assert stop.value.hint == ("Buy some. Blue is best. Then run init again; it goes on from here.")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n', ("debian", "bookworm")),
        ('ID=debian\nVERSION_ID="13"\nVERSION_CODENAME=trixie\n', ("debian", "trixie")),
        ('ID=ubuntu\nVERSION_ID="24.04"\nVERSION_CODENAME=noble\n', ("ubuntu", "noble")),
    ],
)
def test_docker_comes_from_the_repository_for_the_system(
    text: str, expected: tuple[str, str]
) -> None:
    system, suite = packages.supported(packages.os_release(text))

    assert (system, suite) == expected
    assert packages.sources(system, suite, "amd64") == (
        "Types: deb\n"
        f"URIs: https://download.docker.com/linux/{system}\n"
        f"Suites: {suite}\n"
        "Components: stable\n"
        "Architectures: amd64\n"
        "Signed-By: /etc/apt/keyrings/docker.asc\n"
    )


def test_a_system_that_nobody_tried_is_refused() -> None:
    with pytest.raises(Stop, match=r"debian 12, debian 13, ubuntu 24\.04; this is fedora 44"):
        packages.supported(packages.os_release("ID=fedora\nVERSION_ID=44\n"))


def test_a_rehearsal_of_init_changes_nothing(
    empty: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(empty.root.rglob("*"))

    assert starter.main(["--site", str(empty.root), "init", "--dry-run"]) == Code.DONE

    assert sorted(empty.root.rglob("*")) == before
    assert "→ Settings: .env.prod\n" in capsys.readouterr().out
