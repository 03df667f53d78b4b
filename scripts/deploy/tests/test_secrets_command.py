import json

import pytest

from scripts.deploy import secret_files
from scripts.deploy.__main__ import main
from scripts.deploy.site import Site


def run(site: Site, *options: str) -> int:
    return main(["--site", str(site.root), "secrets", *options])


def values(site: Site) -> list[str]:
    texts = [path.read_text().strip() for path in site.secrets.iterdir()]
    return [text for text in texts if text]


def test_the_list_names_every_secret_and_shows_none(
    secrets_site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(secrets_site, "list") == 0
    assert run(secrets_site, "list", "--json") == 0

    printed = "".join(capsys.readouterr())
    assert all(name in printed for name in secret_files.MADE_HERE)
    assert not any(value in printed for value in values(secrets_site))


def test_a_secret_that_others_may_read_is_marked(
    secrets_site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    (secrets_site.secrets / "redis_password").chmod(0o444)

    run(secrets_site, "list")

    (line,) = [row for row in capsys.readouterr().out.splitlines() if "✗" in row]
    assert "redis_password" in line
    assert "mode 0444 instead of 0440" in line


def test_a_dry_run_says_the_steps_and_changes_nothing(
    secrets_site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(values(secrets_site))

    assert run(secrets_site, "rotate", "jwt_signing_key", "--dry-run") == 0

    assert capsys.readouterr().out.splitlines() == [
        "1. Make the next one",
        "2. Let the next one verify",
        "3. Tell the shop of the next one",
        "4. Sign with the next one",
        "5. Tell the shop to sign with it",
        "6. Tidy up",
    ]
    assert sorted(values(secrets_site)) == before
    assert not secrets_site.journal.exists()


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["rotate"], 2, "which secret?"),
        (["rotate", "nothing"], 2, "nothing is not changed here"),
        (["rotate", "database_url"], 2, "database_url is made of another secret"),
        (["rotate", "redis_password", "--at-once"], 2, "--at-once is for"),
        (["retire", "redis_password"], 2, "only django_secret_key and jwt_signing_key"),
    ],
)
def test_what_makes_no_sense_is_refused(
    options: list[str], code: int, said: str, secrets_site: Site,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    before = sorted(values(secrets_site))

    assert run(secrets_site, *options) == code

    assert said in capsys.readouterr().err
    assert sorted(values(secrets_site)) == before


def test_a_change_that_was_stopped_is_told_and_comes_first(
    secrets_site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    note = {"secret": "redis_password", "at_once": False, "done": ["Make the next one"]}
    (secrets_site.production / "rotation.json").write_text(json.dumps(note))

    assert run(secrets_site, "list") == 0
    assert "! redis_password" in capsys.readouterr().out
    assert run(secrets_site, "rotate", "jwt_signing_key") == 3
    assert "First: scripts/deploy.sh secrets rotate redis_password" in capsys.readouterr().err
