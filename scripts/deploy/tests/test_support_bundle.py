import json
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from scripts.deploy.__main__ import main
from scripts.deploy.state import State, save
from scripts.deploy.support import bundle
from scripts.deploy.support.contents import contents
from scripts.deploy.support.redactor import Redactor
from scripts.deploy.tests.hosts import Host


@dataclass
class Ground:
    """Where secrets can lie in an installation, collected before they are all put there."""

    log: list[str] = field(default_factory=list)
    settings: dict[str, str | None] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    journal: list[str] = field(default_factory=list)
    nginx: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)

    def lay(self, host: Host) -> None:
        host.docker("logs", "\n".join(self.log) + "\n")
        host.settings(**self.settings)
        for name, lines in self.files.items():
            path = host.site.secrets / name
            path.unlink(missing_ok=True)
            path.write_text("\n".join(lines))
        services = host.services()
        services["worker"]["environment"] |= self.environment
        host.compose(services)
        runs = [{"at": "2026-05-04T10:00:00+00:00", "command": command} for command in self.journal]
        host.site.journal.write_text("".join(json.dumps(run) + "\n" for run in runs))
        host.site.upstream.parent.mkdir(parents=True)
        host.site.upstream.write_text("".join(f"# {comment}\n" for comment in self.nginx))
        host.docker("inspect", json.dumps([_container(self.health)]))


def _container(outputs: list[str]) -> dict[str, Any]:
    """Return what the engine knows of a container, the output of its healthchecks included."""
    health = {"Status": "healthy", "Log": [{"Output": output} for output in outputs]}
    state = {"Status": "running", "ExitCode": 0, "StartedAt": "2026-05-04T10:00:00Z"}
    labels = {"com.docker.compose.service": "worker", "com.docker.compose.oneoff": "False"}
    return {
        "Name": "/nexus-worker-1",
        "State": {**state, "Health": health},
        "RestartCount": 0,
        "Config": {"Image": "nexus:1", "Labels": labels},
    }


Plant = Callable[[Ground, str], None]


def in_log(before: str = "", after: str = "") -> Plant:
    """Put a secret into a line that a service wrote."""
    return lambda ground, secret: ground.log.append(f"{AT} {before}{secret}{after}")


def in_json_log(name: str) -> Plant:
    return lambda ground, secret: ground.log.append(json.dumps({"fields": {name: secret}}))


def in_secret(name: str, form: str = "{}") -> Plant:
    """Put it into a secret's file, and into a log where nothing tells what it is."""

    def plant(ground: Ground, secret: str) -> None:
        ground.files.setdefault(name, []).append(form.format(secret))
        ground.log.append(f"{AT} db said {secret} once")

    return plant


def in_settings(name: str, form: str = "{}") -> Plant:
    return lambda ground, secret: ground.settings.update({name: form.format(secret)})


def in_environment(name: str) -> Plant:
    return lambda ground, secret: ground.environment.update({name: secret})


def in_journal(before: str) -> Plant:
    return lambda ground, secret: ground.journal.append(before + secret)


def in_nginx(before: str) -> Plant:
    return lambda ground, secret: ground.nginx.append(before + secret)


def in_health(before: str, after: str) -> Plant:
    return lambda ground, secret: ground.health.append(before + secret + after)


AT = "2026-05-04T10:00:00Z"
KEY_LINE = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgZ5fK"
PLANTED: dict[str, tuple[str, Plant]] = {
    "password of a database URL": (
        "p4ss-w0rd-in-url",
        in_log("connecting to postgresql://nexus_app:", "@db:5432/nexus"),
    ),
    "password of a Redis URL": ("r3d1s-pass", in_log("redis://:", "@redis-state:6379/0")),
    "password with a slash in a URL": ("a/b/c-9Zk", in_log("amqp://user:", "@queue/")),
    "bearer token": ("mF_9.B5f-4.1JqM", in_log("Authorization: Bearer ")),
    "bearer token in a sentence": ("dGhpcyBpcyBh0123", in_log("sent bearer ", " to the API")),
    "basic credentials": ("YWRhOmh1bnRlcjI=", in_log("authorization: Basic ")),
    "JWT": ("eyJhbGciOiJIUzI1NiJ9.eyJzaWQiOjF9.c2lnbmF0dXJl", in_log("token was ")),
    "session cookie": ("s3ss10n1dv4lu3", in_log("Cookie: theme=dark; __Host-session=")),
    "cookie that is set": ("csrft0kenv4lue", in_log("Set-Cookie: __Host-csrf=", "; Secure")),
    "password in a form": ("correct-horse-9", in_log("POST email=x&password=", "&next=/")),
    "password in JSON": ("hunter2-hunter2", in_json_log("password")),
    "token in JSON": ("0123456789abcdef", in_json_log("cart_token")),
    "JSON within JSON": ("inner-s3cret-1", in_log('{"body": "{\\"api_key\\": \\"', '\\"}"}')),
    "API key in an address": ("k3y-0f-the-api", in_log("GET /hook?api_key=", " 200")),
    "link to reset a password": (
        "Mg-c5x2-0f8d9e7a6b5c4d3e2f1a",
        in_log("GET /password/reset/", " 200"),
    ),
    "key of a payment provider": ("sk_live_51HxYzAbCdEfGh", in_log("using ")),
    "secret of a webhook": ("whsec_5f4dcc3b5aa765d61d83", in_log("signed with ")),
    "access key of a cloud": ("AKIAIOSFODNN7EXAMPLE", in_log("as ")),
    "token of a code host": ("ghp_16C7e42F292c6912E7710c838347Ae178B4a", in_log("cloned with ")),
    "digest of a password": (
        "argon2$argon2id$v=19$m=102400,t=2,p=8$c29tZXNhbHQ$aGFzaA",
        in_log("stored "),
    ),
    "private key": (
        KEY_LINE,
        in_log("-----BEGIN PRIVATE KEY-----\n", "\n-----END PRIVATE KEY-----"),
    ),
    "identity of age": (
        "AGE-SECRET-KEY-1QQPQRYF9LGQYZKJ8TZUXD5X5K0ZWVW7X5GYK6JXQYJ",
        in_log("read "),
    ),
    "card number": ("4111111111111111", in_log("paid with ", " today")),
    "card number with blanks": ("5500 0000 0000 0004", in_log("paid with ", " today")),
    "e-mail address": ("ada.lovelace@shop.test", in_log("mail to ", " bounced")),
    "encoded e-mail address": ("grace%40shop.test", in_log("GET /?user=", " 200")),
    "e-mail address among the settings": ("grace.hopper@shop.test", in_settings("ACME_EMAIL")),
    "secret's file": ("Zx8Qm2Lw6Vn4Xs1Hd9Kb3Rf7Jy5Mc0Pg", in_secret("django_secret_key")),
    "password within a URL's file": (
        "ur1-0nly-pass",
        in_secret("database_url", "postgresql://nexus_app:{}@db:5432/nexus"),
    ),
    "value of a configuration's file": (
        "rcl0ne-s3cret-v4lue",
        in_secret("rclone_config", "[offsite]\ntype = s3\nsecret_access_key = {}\n"),
    ),
    "short secret of an operator": ("s3cr3t", in_secret("rclone_config", "pass = {}")),
    "setting that is named a secret": ("s3tt1ng-value", in_settings("SHOP_SANDBOX_WEBHOOK_SECRET")),
    "password of a setting's URL": (
        "p1ng-pass-w0rd",
        in_settings("BACKUP_PING_URL", "https://ping:{}@hc.shop.test/x"),
    ),
    "container's environment": ("env-v4lue-0f-key", in_environment("STRIPE_API_KEY")),
    "command of the journal": ("t0k3n-0n-a-line", in_journal("init --set SENTRY_TOKEN=")),
    "comment in nginx's files": ("c0mm3nt-pass", in_nginx("proxy password: ")),
    "output of a healthcheck": (
        "h34lth-pass",
        in_health("redis://:", "@redis-state:6379"),
    ),
}


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    machine = standing(tmp_path)
    monkeypatch.setenv("PATH", machine.path)
    yield machine
    machine.close()


def standing(folder: Path) -> Host:
    """Return a machine on which a release runs."""
    machine = Host(folder)
    save(machine.site, State(color="blue", release="1.4.0", image="nexus:1.4.0"))
    row = {"ID": "1", "Name": "nexus-worker-1", "Service": "worker", "State": "running"}
    machine.docker("processes", json.dumps(row))
    machine.docker("numbers", "1")
    machine.docker("inspect", "[]")
    machine.docker("logs", "")
    return machine


def packed(host: Host, target: Path, *, is_redacting: bool) -> str:
    """Return everything that is in a bundle, one text."""
    redactor = Redactor(host.site.secrets, is_on=is_redacting)
    bundle.pack(target, contents(host.site, redactor, since="1h"))
    return text_of(target)


def text_of(path: Path) -> str:
    with tarfile.open(path) as archive:
        members = [archive.extractfile(member) for member in archive]
        return "\n".join(member.read().decode() for member in members if member)


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A bundle of an installation full of secrets: with redaction off, and as it is sent."""
    folder = tmp_path_factory.mktemp("planted")
    machine, ground = standing(folder), Ground()
    for secret, plant in PLANTED.values():
        plant(ground, secret)
    ground.lay(machine)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", machine.path)
        return (
            packed(machine, folder / "open.tar.gz", is_redacting=False),
            packed(machine, folder / "safe.tar.gz", is_redacting=True),
        )


def test_more_than_thirty_kinds_are_planted() -> None:
    assert len(PLANTED) >= 30
    assert len({secret for secret, _ in PLANTED.values()}) == len(PLANTED)


@pytest.mark.parametrize("kind", PLANTED)
def test_no_secret_is_in_the_bundle_and_without_redaction_it_would_be(
    kind: str, bundles: tuple[str, str]
) -> None:
    secret, _ = PLANTED[kind]
    as_it_is, as_it_is_sent = bundles

    assert secret in as_it_is
    assert secret not in as_it_is_sent


def test_what_is_of_use_is_left(host: Host, tmp_path: Path) -> None:
    line = "2026-05-04T10:00:00Z SHOP_CURRENCY must be an ISO 4217 code, not 'EURO'."
    host.docker("logs", line + "\n")

    text = packed(host, tmp_path / "safe.tar.gz", is_redacting=True)

    assert line in text
    assert '"DOMAIN": "shop.test"' in text
    assert '"docker": "28.2.2"' in text
    assert '"DJANGO_SECRET_KEY_FILE": "/run/secrets/django_secret_key"' in text


def test_the_command_writes_one_file_for_its_owner_alone(
    host: Host, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--site", str(host.site.root), "support-bundle", "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    path = Path(told["file"])
    assert path.parent == host.site.production / "support"
    assert list(path.parent.iterdir()) == [path]
    assert path.stat().st_mode & 0o777 == 0o600
    with tarfile.open(path) as archive:
        folder = path.name.removesuffix(".tar.gz")
        names = [name.removeprefix(f"{folder}/") for name in archive.getnames()]
    assert names == [
        "README.txt",
        "versions.json",
        "settings.json",
        "preflight.json",
        "status.json",
        "doctor.json",
        "compose.json",
        "containers.json",
        "deploys.jsonl",
        "machine.txt",
        "state.json",
        "logs/worker.log",
    ]
    assert told["missing"] == []


def test_what_cannot_be_had_is_left_out_and_named(
    host: Host, capsys: pytest.CaptureFixture[str]
) -> None:
    host.docker("config", error="services.web-blue must be a mapping")

    assert main(["--site", str(host.site.root), "support-bundle", "--json"]) == 0

    assert json.loads(capsys.readouterr().out)["missing"] == ["compose.json"]


def test_a_folder_that_is_not_there_is_said(host: Host, capsys: pytest.CaptureFixture[str]) -> None:
    target = str(host.site.root / "nowhere" / "x.tar.gz")

    assert main(["--site", str(host.site.root), "support-bundle", "--output", target]) == 1

    assert f"{target} cannot be written: No such file or directory" in capsys.readouterr().err
