"""Changing secrets, with processes of both colours that have to understand each other meanwhile."""

import pytest

from scripts.deploy import secret_files
from scripts.deploy.outcome import Code, Stop
from scripts.deploy.rotation import running
from scripts.deploy.rotation.recipes import MADE_OF, SEALING, SIGNING, Rotation
from scripts.deploy.site import Site
from scripts.deploy.tests.rotations import Process, Processes, rotation_that_stops, value


@pytest.mark.parametrize("name", SIGNING)
def test_while_both_colours_run_each_accepts_what_the_other_signs(
    name: str, secrets_site: Site
) -> None:
    stack = Processes(secrets_site)
    old_key = value(secrets_site, name)
    seen = []

    def look(old: Process, new: Process) -> None:
        seen.append(
            old.secrets[name] in new.accepts(name) and new.secrets[name] in old.accepts(name)
        )

    stack.when_both_run = look
    running.rotate(secrets_site, Rotation(secrets_site, stack, name))

    assert seen == [True, True]
    assert stack.shops[-1].secrets[name] == value(secrets_site, name) != old_key
    assert value(secrets_site, f"{name}_previous") == old_key
    assert not list(secrets_site.secrets.glob("*.next"))
    assert not list(secrets_site.secrets.glob("*.old"))


def test_a_key_that_is_simply_replaced_is_refused_by_the_other_colour(secrets_site: Site) -> None:
    """The control: what the steps are for."""
    stack = Processes(secrets_site)
    seen = []
    stack.when_both_run = lambda old, new: seen.append(
        new.secrets["jwt_signing_key"] in old.accepts("jwt_signing_key")
    )

    secret_files.write(secrets_site, "jwt_signing_key", "another-3kF8sLq0ZtYw7VbN1xRc5MgHd")
    stack.restart_shop()

    assert seen == [False]


def test_a_key_that_somebody_knows_is_good_for_nothing_afterwards(secrets_site: Site) -> None:
    stack = Processes(secrets_site)
    old_key = value(secrets_site, "jwt_signing_key")

    running.rotate(secrets_site, Rotation(secrets_site, stack, "jwt_signing_key", at_once=True))

    assert old_key not in stack.shops[-1].accepts("jwt_signing_key")
    assert stack.restarted == ["shop"]


@pytest.mark.parametrize("at_once", [False, True])
def test_what_the_key_sealed_is_sealed_anew_by_who_knows_both(
    at_once: bool,  # noqa: FBT001
    secrets_site: Site,
) -> None:
    stack = Processes(secrets_site)
    old_key = value(secrets_site, SEALING)

    running.rotate(secrets_site, Rotation(secrets_site, stack, SEALING, at_once=at_once))

    (sealer,) = stack.resealed_by
    assert sealer.secrets[SEALING] == value(secrets_site, SEALING) != old_key
    assert sealer.secrets[f"{SEALING}_previous"] == old_key
    assert (old_key in stack.shops[-1].accepts(SEALING)) is not at_once


def test_the_key_of_tokens_sealed_nothing(secrets_site: Site) -> None:
    stack = Processes(secrets_site)

    running.rotate(secrets_site, Rotation(secrets_site, stack, "jwt_signing_key"))

    assert stack.resealed_by == []


@pytest.mark.parametrize("name", [*SIGNING, "redis_password", "sandbox_webhook_secret"])
@pytest.mark.parametrize("at", range(8))
def test_a_run_that_was_stopped_anywhere_is_gone_on_with(
    at: int, name: str, secrets_site: Site
) -> None:
    stack = Processes(secrets_site)
    old = value(secrets_site, name)
    if at >= len(Rotation(secrets_site, stack, name).steps()):
        return
    with pytest.raises(Stop, match="the power went"):
        running.rotate(secrets_site, rotation_that_stops(secrets_site, stack, name, at=at))
    if running.under_way(secrets_site):
        with pytest.raises(Stop, match=f"the change of {name} was stopped half-way"):
            running.rotate(secrets_site, Rotation(secrets_site, stack, "db_owner_password"))

    running.rotate(secrets_site, Rotation(secrets_site, stack, name))

    assert value(secrets_site, name) != old
    assert stack.shops[-1].secrets[name] == value(secrets_site, name)
    if name in SIGNING:
        assert value(secrets_site, f"{name}_previous") == old
    assert running.under_way(secrets_site) is None
    assert not [path for path in secrets_site.secrets.iterdir() if "." in path.name]


def test_redis_knows_both_passwords_while_the_shop_changes(secrets_site: Site) -> None:
    stack = Processes(secrets_site)
    digests = []
    stack.when_both_run = lambda old, new: digests.append(
        [
            secret_files.redis_acl(process.secrets["redis_password"]).split("#")[1].split()[0]
            in stack.redis[-1].secrets["redis_acl"]
            for process in (old, new)
        ]
    )
    old = value(secrets_site, "redis_password")

    running.rotate(secrets_site, Rotation(secrets_site, stack, "redis_password"))

    assert digests == [[True, True]]
    assert value(secrets_site, "redis_password") in value(secrets_site, "redis_state_url")
    assert (
        stack.redis[-1].secrets["redis_acl"]
        == secret_files.redis_acl(value(secrets_site, "redis_password")).strip()
    )
    assert secret_files.redis_acl(old).split("#")[1].split()[0] not in value(
        secrets_site, "redis_acl"
    )


@pytest.mark.parametrize("name", sorted(MADE_OF))
def test_what_is_made_of_another_is_not_changed_by_itself(name: str, secrets_site: Site) -> None:
    with pytest.raises(Stop) as stop:
        Rotation(secrets_site, Processes(secrets_site), name).steps()

    assert stop.value.code is Code.USAGE
    assert stop.value.hint == f"scripts/deploy.sh secrets rotate {MADE_OF[name]}"


def test_files_are_the_containers_groups_and_nobody_elses(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[object] = []
    monkeypatch.setattr("os.chown", lambda *arguments: given.append(arguments[-1]))
    site.prepare()
    secret_files.make_missing(site)
    given.clear()

    running.rotate(site, Rotation(site, Processes(site), "sandbox_webhook_secret"))

    path = site.secrets / "sandbox_webhook_secret"
    assert path.stat().st_mode & 0o777 == 0o440
    assert set(given) == {10010}
